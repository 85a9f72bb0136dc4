//! Mail out, to an SES that keeps what it takes.

use bytes::Bytes;
use hermes::adapters::aws::ses::SesMailer;
use hermes::ports::fault::FaultKind;
use hermes::ports::mailer::{Mailer as _, MailerError, OutgoingMail};
use serde_json::Value;

use crate::support::emulator;
use crate::support::emulator::Account;

trials![
    a_mail_is_taken_whole_and_has_an_id_of_its_own,
    a_copy_goes_to_its_reader_too,
    a_sender_that_is_not_verified_holds_the_mail_up,
    a_sandbox_holds_mail_to_others_up,
];

const SENDER: &str = "edit@site.example";

fn a_mail(to: &str) -> OutgoingMail {
    OutgoingMail {
        id: "cmd-1".parse().unwrap(),
        from: SENDER.to_owned(),
        to: vec![to.to_owned()],
        raw: Bytes::from(format!(
            "From: Hermes <{SENDER}>\r\nTo: {to}\r\nSubject: Re: Hours\r\n\
             Message-ID: <turn.cmd-1@site.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nDone.\r\n"
        )),
    }
}

async fn verify(account: &Account, identity: &str) {
    let ses = account.clients().ses;
    let request = ses.create_email_identity().email_identity(identity);
    request.send().await.unwrap();
}

fn mailer(account: &Account) -> SesMailer {
    SesMailer::new(&account.clients(), &account.settings)
}

/// What was sent from this account.
async fn sent(account: &Account) -> Vec<Value> {
    let url = format!(
        "{}/_ministack/ses/messages?account={}",
        emulator().endpoint(),
        account.id()
    );
    // plain HTTP only, but the client wants a provider; another test may have been first
    rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .ok();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.get(url).send().await.unwrap();
    let answer: Value = answer.json().await.unwrap();
    let of_account = answer["messages"][account.id()].as_array();
    of_account.cloned().unwrap_or_default()
}

async fn a_mail_is_taken_whole_and_has_an_id_of_its_own() {
    let account = emulator().account();
    verify(&account, SENDER).await;
    let mailer = mailer(&account);
    let id = mailer.send(a_mail("amelia@example.com")).await.unwrap();
    assert!(mailer.replaced_id(&id).is_some());
    let sent = sent(&account).await;
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert_eq!(sent[0]["MessageId"], id);
    assert_eq!(sent[0]["Source"], SENDER);
    assert_eq!(sent[0]["To"][0], "amelia@example.com");
    assert_eq!(sent[0]["Subject"], "Re: Hours");
}

async fn a_copy_goes_to_its_reader_too() {
    let account = emulator().account();
    verify(&account, SENDER).await;
    let mut mail = a_mail("amelia@example.com");
    mail.to.push("bob@example.com".to_owned());
    mailer(&account).send(mail).await.unwrap();
    let sent = sent(&account).await;
    assert_eq!(sent.len(), 1, "one mail for both: {sent:?}");
    let to: Vec<_> = sent[0]["To"].as_array().unwrap().iter().collect();
    assert_eq!(to, ["amelia@example.com", "bob@example.com"]);
}

fn denied(error: MailerError) -> String {
    let MailerError::Backend(fault) = error else {
        panic!("{error:?}");
    };
    assert_eq!(fault.kind, FaultKind::Denied);
    fault.source.to_string()
}

async fn a_sender_that_is_not_verified_holds_the_mail_up() {
    let account = emulator().account();
    let error = mailer(&account).send(a_mail("amelia@example.com")).await;
    let told = denied(error.unwrap_err());
    assert!(
        told.contains("domain site.example is not verified"),
        "{told}"
    );
    assert!(!told.contains('@'), "{told}");
    assert!(sent(&account).await.is_empty());
}

async fn a_sandbox_holds_mail_to_others_up() {
    let account = emulator().account();
    verify(&account, SENDER).await;
    let ses = account.clients().ses;
    let details = ses.put_account_details().production_access_enabled(false);
    let details = details.mail_type(aws_sdk_sesv2::types::MailType::Transactional);
    details
        .website_url("https://site.example")
        .send()
        .await
        .unwrap();
    let error = mailer(&account).send(a_mail("amelia@example.com")).await;
    let told = denied(error.unwrap_err());
    assert!(told.contains("production access"), "{told}");
}
