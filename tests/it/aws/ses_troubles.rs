//! What SES says when it does not take a mail, and what becomes of the mail.

use bytes::Bytes;
use hermes::adapters::aws::ses::SesMailer;
use hermes::config::AwsSettings;
use hermes::ports::fault::{Fault, FaultKind};
use hermes::ports::mailer::{Mailer as _, MailerError, OutgoingMail};
use serde_json::json;
use tokio::net::TcpListener;

use crate::support::scripted::rest::{Reply, ScriptedRest, clients};

fn a_mail() -> OutgoingMail {
    OutgoingMail {
        id: "cmd-1".parse().unwrap(),
        from: "edit@site.example".to_owned(),
        to: vec!["amelia@example.com".to_owned()],
        raw: Bytes::from_static(
            b"Message-ID: <turn.cmd-1@site.example>\r\nSubject: Re: Hours\r\n\r\nDone.\r\n",
        ),
    }
}

fn sent(id: &str) -> Reply {
    Reply::ok(json!({"MessageId": id}))
}

async fn mailer(ses: &ScriptedRest) -> SesMailer {
    let (clients, settings) = ses.clients().await;
    SesMailer::new(&clients, &settings)
}

async fn refused(reply: Reply) -> MailerError {
    let ses = ScriptedRest::start([reply.clone(), reply.clone(), reply]).await;
    mailer(&ses).await.send(a_mail()).await.unwrap_err()
}

fn fault(error: MailerError) -> Fault {
    match error {
        MailerError::Backend(fault) => fault,
        MailerError::Rejected(why) => panic!("rejected: {why}"),
    }
}

#[tokio::test]
async fn the_whole_mail_goes_to_the_one_recipient() {
    let ses = ScriptedRest::start([sent("0101-a")]).await;
    let (clients, settings) = ses.clients().await;
    let settings = AwsSettings {
        configuration_set: Some("hermes".to_owned()),
        ..settings
    };
    let mailer = SesMailer::new(&clients, &settings);
    assert_eq!(mailer.send(a_mail()).await.unwrap(), "0101-a");
    assert!(!mailer.is_repeatable(), "C21");
    let heard = ses.heard();
    assert_eq!(heard[0].call, "POST /v2/email/outbound-emails");
    let body = &heard[0].body;
    assert_eq!(body["FromEmailAddress"], "edit@site.example");
    assert_eq!(
        body["Destination"],
        json!({"ToAddresses": ["amelia@example.com"]})
    );
    assert_eq!(body["ConfigurationSetName"], "hermes");
    assert_eq!(
        body["EmailTags"],
        json!([{"Name": "hermes-reply", "Value": "cmd-1"}])
    );
    let raw = body["Content"]["Raw"]["Data"].as_str().unwrap();
    let raw = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, raw).unwrap();
    assert_eq!(raw, a_mail().raw);
}

#[tokio::test]
async fn t4_the_id_that_readers_see_is_known() {
    let ses = ScriptedRest::start([]).await;
    for (region, expected) in [
        ("us-east-1", "0101-a@email.amazonses.com"),
        ("us-west-2", "0101-a@us-west-2.amazonses.com"),
    ] {
        let settings = AwsSettings {
            region: region.to_owned(),
            endpoint_url: Some(ses.endpoint().to_owned()),
            ..AwsSettings::default()
        };
        let mailer = SesMailer::new(&clients(&settings).await, &settings);
        let id = mailer.replaced_id("0101-a").unwrap();
        assert_eq!(id.as_str(), expected);
        assert_eq!(mailer.replaced_id(""), None);
        let whole = mailer.replaced_id("a@b.c").unwrap();
        assert_eq!(whole.as_str(), "a@b.c");
    }
}

#[tokio::test]
async fn account_and_identity_hold_a_mail_up_and_say_what_to_do() {
    let unverified = "Email address is not verified. The following identities failed the check in region US-WEST-2: ";
    for (status, code, message, advice) in [
        (400, "AccountSuspendedException", "", "Support Center"),
        (400, "SendingPausedException", "", "resume"),
        (400, "MailFromDomainNotVerifiedException", "", "MX record"),
        (
            400,
            "MessageRejected",
            &*format!("{unverified}edit@site.example"),
            "verify it there",
        ),
        (
            400,
            "MessageRejected",
            &*format!("{unverified}amelia@example.com"),
            "production access",
        ),
        (
            403,
            "AccessDeniedException",
            "User arn:aws:iam::1:user/x is not authorized on identity/edit@site.example",
            "ses:SendRawEmail",
        ),
    ] {
        let fault = fault(refused(Reply::error(status, code, message)).await);
        let told = fault.source.to_string();
        assert_eq!(fault.kind, FaultKind::Denied, "{code}");
        assert!(told.contains(advice) && told.contains(code), "{told}");
        assert!(told.contains("req-1"), "{told}");
        assert!(!told.contains('@'), "no addresses: {told}");
    }
}

#[tokio::test]
async fn a_mail_that_ses_will_never_take_is_rejected() {
    for (code, message) in [
        ("MessageRejected", "Address blacklisted."),
        (
            "BadRequestException",
            "Local address contains control or whitespace: a b@example.com",
        ),
    ] {
        let error = refused(Reply::error(400, code, message)).await;
        let MailerError::Rejected(why) = error else {
            panic!("{error:?}");
        };
        assert!(why.contains(code) && !why.contains('@'), "{why}");
    }
    let ses = ScriptedRest::start([]).await;
    let mut mail = a_mail();
    mail.raw = Bytes::from(vec![b'x'; 40 * 1024 * 1024 + 1]);
    let error = mailer(&ses).await.send(mail).await.unwrap_err();
    assert!(matches!(error, MailerError::Rejected(why) if why.contains("bytes")));
    assert!(ses.heard().is_empty());
}

#[tokio::test]
async fn a_throttle_is_waited_out_and_a_used_up_quota_waits_longer() {
    let rate = || {
        Reply::error(
            429,
            "TooManyRequestsException",
            "Maximum sending rate exceeded.",
        )
    };
    let ses = ScriptedRest::start([rate(), sent("0101-a")]).await;
    mailer(&ses).await.send(a_mail()).await.unwrap();
    assert_eq!(ses.heard().len(), 2);
    let rate = fault(refused(rate()).await);
    assert_eq!((rate.kind, rate.retry_after), (FaultKind::Throttled, None));
    let quota = Reply::error(
        400,
        "LimitExceededException",
        "Daily message quota exceeded.",
    );
    let quota = fault(refused(quota).await);
    assert_eq!(quota.kind, FaultKind::Throttled);
    assert_eq!(quota.retry_after.unwrap().as_secs(), 600);
}

#[tokio::test]
async fn c21_what_was_not_answered_is_not_sent_again_by_the_sdk() {
    let unavailable = Reply::error(503, "ServiceUnavailable", "busy");
    let ses = ScriptedRest::start([unavailable, sent("0101-a")]).await;
    mailer(&ses).await.send(a_mail()).await.unwrap();
    assert_eq!(
        ses.heard().len(),
        2,
        "an answer of 503 says that it was not taken"
    );

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = AwsSettings {
        endpoint_url: Some(format!("http://{}", listener.local_addr().unwrap())),
        ..AwsSettings::default()
    };
    let mailer = SesMailer::new(&clients(&settings).await, &settings);
    let mut taken = 0;
    let mut mail = std::pin::pin!(mailer.send(a_mail()));
    let error = loop {
        tokio::select! {
            connection = listener.accept() => {
                // takes the connection and closes it without an answer
                taken += 1;
                drop(connection.unwrap());
            }
            error = &mut mail => break error.unwrap_err(),
        }
    };
    assert_eq!(fault(error).kind, FaultKind::Transient);
    assert_eq!(taken, 1);
}
