use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::domain::mail::{
    Authentication, EmailAddress, Evidence, InboundMail, Screening, judge, parse,
};

const RAW: &str =
    "From: ann@example.com\r\nTo: site@sites.example\r\nSubject: Hi\r\n\r\nMake it blue.\r\n";

/// A notification as SES sends it for an SNS action.
fn received() -> Value {
    json!({
        "notificationType": "Received",
        "content": RAW,
        "mail": {
            "timestamp": "2026-11-21T14:00:00.000Z",
            "source": "prvs=1234=ann@example.com",
            "messageId": "k3v9q0",
            "destination": ["site@sites.example", "else@sites.example"],
            "headersTruncated": false,
            "headers": [],
            "commonHeaders": {}
        },
        "receipt": {
            "timestamp": "2026-11-21T14:00:01.500Z",
            "processingTimeMillis": 300,
            "recipients": ["bcc@sites.example", "no address"],
            "spamVerdict": {"status": "PASS"},
            "virusVerdict": {"status": "PASS"},
            "spfVerdict": {"status": "PASS"},
            "dkimVerdict": {"status": "PASS"},
            "dmarcVerdict": {"status": "PASS"},
            "action": {"type": "SNS", "topicArn": "arn:aws:sns:x", "encoding": "UTF-8"}
        }
    })
}

fn in_sns(message: &Value) -> Value {
    json!({
        "Type": "Notification", "MessageId": "m", "TopicArn": "t", "Subject": "Amazon SES Email Receipt Notification",
        "Message": message.to_string(), "Timestamp": "2026-11-21T14:00:02Z", "SignatureVersion": "1",
    })
}

fn one(document: &Value) -> SesMail {
    let mut mails = open(&document.to_string()).unwrap();
    assert_eq!(mails.len(), 1);
    mails.remove(0)
}

/// The document with one of its fields changed.
fn with(path: &str, value: Value) -> Value {
    let mut document = received();
    *document.pointer_mut(path).unwrap() = value;
    document
}

#[test]
fn e1_every_wrapping_is_the_same_mail() {
    let bare = one(&received());
    assert_eq!(bare.content, MailContent::Inline(RAW.as_bytes().to_vec()));
    assert_eq!(bare.ses_id.as_deref(), Some("k3v9q0"));
    assert_eq!(
        bare.received_at.unwrap().rfc3339(),
        "2026-11-21T14:00:01.5Z"
    );
    let lambda_sns = json!({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": received().to_string()}}]});
    for wrapped in [
        in_sns(&received()),
        lambda_sns.clone(),
        in_sns(&lambda_sns),
        json!({"Type": "Notification", "Message": received()}),
    ] {
        assert_eq!(one(&wrapped), bare);
    }
}

#[test]
fn e1_a_lambda_event_says_where_the_mail_is_by_its_id() {
    let document = received();
    let lambda = json!({"Records": [{
        "eventSource": "aws:ses", "eventVersion": "1.0",
        "ses": {"mail": document["mail"], "receipt": document["receipt"]},
    }]});
    let lambda = one(&lambda);
    let named = ObjectRef::Named("k3v9q0".to_owned());
    assert_eq!(lambda.content, MailContent::Object(named));
    assert_eq!(lambda.recipients, one(&document).recipients);
}

#[test]
fn e1_an_s3_event_has_an_encoded_key_and_no_verdicts() {
    let event = json!({"Records": [{
        "eventSource": "aws:s3",
        "s3": {"bucket": {"name": "mail-1"}, "object": {"key": "in/a+b%2Bc%C3%A9", "size": 5}},
    }]});
    let mail = one(&event);
    let at = ObjectRef::At {
        bucket: "mail-1".to_owned(),
        key: "in/a b+cé".to_owned(),
    };
    assert_eq!(mail.content, MailContent::Object(at));
    assert_eq!(mail.verdicts, Verdicts::default());
    let sender = parse(RAW.as_bytes()).unwrap();
    assert_eq!(prove(&mail, &sender), Authentication::Unproven);
    let two = json!({"Records": [event["Records"][0], event["Records"][0]]});
    assert_eq!(open(&two.to_string()).unwrap().len(), 2);
}

#[test]
fn e2_content_is_text_or_base64_or_an_object() {
    let raw = b"From: a@b.c\r\n\r\n\xff\xfe\x00";
    let mut document = with("/receipt/action/encoding", json!("base64"));
    let mut text = BASE64_STANDARD.encode(raw);
    text.insert_str(8, "\r\n");
    document["content"] = json!(text.trim_end_matches('='));
    assert_eq!(one(&document).content, MailContent::Inline(raw.to_vec()));
    document["content"] = json!("no base64!");
    assert_eq!(open(&document.to_string()), Err(Unreadable::Encoding));

    let mut stored = received();
    stored.as_object_mut().unwrap().remove("content");
    stored["receipt"]["action"] = json!({
        "type": "S3", "bucketName": "mail-1", "objectKeyPrefix": "in", "objectKey": "in/k3v9q0",
    });
    let at = ObjectRef::At {
        bucket: "mail-1".to_owned(),
        key: "in/k3v9q0".to_owned(),
    };
    assert_eq!(one(&in_sns(&stored)).content, MailContent::Object(at));
}

#[test]
fn e3_a_truncated_header_is_said_in_two_ways() {
    for (value, is_truncated) in [
        (json!(true), true),
        (json!("true"), true),
        (json!("True"), true),
        (json!(false), false),
        (json!("false"), false),
        (json!(null), false),
    ] {
        let mail = one(&with("/mail/headersTruncated", value));
        assert_eq!(mail.is_header_truncated, is_truncated);
    }
}

#[test]
fn e4_the_envelope_says_for_whom_it_is_and_nothing_about_the_sender() {
    let mail = one(&received());
    let to: Vec<&str> = mail.recipients.iter().map(EmailAddress::as_str).collect();
    assert_eq!(to, ["bcc@sites.example"]);
    let inbound = parse(RAW.as_bytes())
        .unwrap()
        .with_handover(mail.handover());
    assert_eq!(inbound.routed(), mail.recipients);
    assert_eq!(inbound.from.address().unwrap().as_str(), "ann@example.com");
    for (source, is_bounce) in [
        ("", true),
        ("<>", true),
        ("ann@example.com", false),
        ("?", false),
    ] {
        let mail = one(&with("/mail/source", json!(source)));
        assert_eq!(mail.handover().is_bounce, is_bounce, "{source}");
    }
}

#[test]
fn e5_verdicts_are_read_in_any_case_and_unknown_words_prove_nothing() {
    for (status, checked) in [
        (json!({"status": "PASS"}), Checked::Pass),
        (json!({"status": "pass"}), Checked::Pass),
        (json!({"status": "Fail"}), Checked::Fail),
        (json!({"status": "GRAY"}), Checked::Gray),
        (json!({"status": "processing_failed"}), Checked::Failed),
        (json!({"status": "DISABLED"}), Checked::Disabled),
        (json!({"status": "SOFTPASS"}), Checked::Gray),
        (json!({"status": 7}), Checked::Gray),
        (json!({}), Checked::Gray),
        (json!("PASS"), Checked::Pass),
        (json!(null), Checked::Missing),
    ] {
        let mail = one(&with("/receipt/dmarcVerdict", status));
        assert_eq!(mail.verdicts.dmarc, checked);
    }
    for (word, policy) in [
        ("reject", Some(DmarcPolicy::Reject)),
        ("QUARANTINE", Some(DmarcPolicy::Quarantine)),
        ("None", Some(DmarcPolicy::None)),
        ("?", None),
    ] {
        let mut document = received();
        document["receipt"]["dmarcPolicy"] = json!(word);
        assert_eq!(one(&document).verdicts.dmarc_policy, policy);
    }
}

#[test]
fn e6_a_virus_outweighs_everything() {
    for (virus, spam, screening) in [
        ("PASS", "PASS", Screening::Clean),
        ("FAIL", "FAIL", Screening::Virus),
        ("GRAY", "FAIL", Screening::Spam),
        ("PROCESSING_FAILED", "GRAY", Screening::Unscanned),
        ("PROCESSING_FAILED", "FAIL", Screening::Spam),
        ("DISABLED", "PASS", Screening::Clean),
    ] {
        let mut document = with("/receipt/virusVerdict/status", json!(virus));
        document["receipt"]["spamVerdict"]["status"] = json!(spam);
        assert_eq!(one(&document).screening(), screening);
    }
}

#[test]
fn e1_what_is_no_mail_is_named() {
    let missing = |field: &str| {
        let mut document = received();
        document.as_object_mut().unwrap().remove(field);
        document
    };
    let setup = with("/mail/messageId", json!("AMAZON_SES_SETUP_NOTIFICATION"));
    let setup_object = json!({"Records": [{"s3": {
        "bucket": {"name": "b"}, "object": {"key": "in/AMAZON_SES_SETUP_NOTIFICATION"}}}]});
    let deep = (0..5).fold(received(), |document, _| in_sns(&document));
    let many = json!({"Records": vec![json!({"s3": {"bucket": {"name": "b"}, "object": {"key": "k"}}}); 11]});
    let mut odd_id = with("/mail/messageId", json!("../x"));
    odd_id["content"] = json!(7);
    let other = |kind: &str| json!({"notificationType": kind, "mail": {}});
    for (document, why) in [
        (
            json!({"Type": "SubscriptionConfirmation", "SubscribeURL": "https://x/"}),
            Unreadable::Subscription,
        ),
        (
            json!({"Type": "UnsubscribeConfirmation"}),
            Unreadable::Subscription,
        ),
        (setup, Unreadable::Setup),
        (setup_object, Unreadable::Setup),
        (
            json!({"Service": "Amazon S3", "Event": "s3:TestEvent"}),
            Unreadable::Setup,
        ),
        (
            json!({"Type": "Notification", "Message": "Successfully validated SNS topic for Amazon SES event publishing."}),
            Unreadable::Setup,
        ),
        (other("AmazonSnsSubscriptionSucceeded"), Unreadable::Setup),
        (other("Bounce"), Unreadable::OtherEvent("Bounce".to_owned())),
        (
            other("<a href>\n"),
            Unreadable::OtherEvent("ahref".to_owned()),
        ),
        (
            json!({"eventType": "Delivery"}),
            Unreadable::OtherEvent("Delivery".to_owned()),
        ),
        (missing("mail"), Unreadable::Lacks("mail")),
        (missing("receipt"), Unreadable::Lacks("receipt")),
        (odd_id, Unreadable::Lacks("content")),
        (
            json!({"Type": "Notification"}),
            Unreadable::Lacks("Message"),
        ),
        (
            json!({"Type": "Notification", "Message": "hello"}),
            Unreadable::NotJson,
        ),
        (json!({"Records": []}), Unreadable::Unknown),
        (json!({"Records": [{}]}), Unreadable::Unknown),
        (json!({"Records": {}}), Unreadable::Unknown),
        (json!({}), Unreadable::Unknown),
        (json!([]), Unreadable::NotJson),
        (deep, Unreadable::TooDeep),
        (many, Unreadable::TooMany),
    ] {
        assert_eq!(open(&document.to_string()), Err(why), "{document}");
    }
    assert_eq!(open(""), Err(Unreadable::NotJson));
    assert_eq!(open(&"[".repeat(10_000)), Err(Unreadable::NotJson));
    assert_eq!(open(&" ".repeat(MAX_BODY + 1)), Err(Unreadable::TooLong));
}

fn prove(notice: &SesMail, mail: &InboundMail) -> Authentication {
    judge(&Evidence::Checked(notice.findings(mail)), mail, &[]).authentication
}

/// What is known of a sender: the verdicts, the envelope, and what SES has written into the mail.
struct Known {
    dmarc: &'static str,
    spf: &'static str,
    dkim: &'static str,
    source: &'static str,
    results: &'static str,
}

const NOTHING: Known = Known {
    dmarc: "GRAY",
    spf: "GRAY",
    dkim: "GRAY",
    source: "bounce@esp.example",
    results: "",
};

impl Known {
    fn proves(&self) -> bool {
        let mut document = with("/receipt/dmarcVerdict/status", json!(self.dmarc));
        document["receipt"]["spfVerdict"]["status"] = json!(self.spf);
        document["receipt"]["dkimVerdict"]["status"] = json!(self.dkim);
        document["mail"]["source"] = json!(self.source);
        let raw = format!("{}{RAW}", self.results);
        let mail = parse(raw.as_bytes()).unwrap();
        prove(&one(&document), &mail).may_edit()
    }
}

#[test]
fn a3_dmarc_decides_wherever_there_is_one() {
    let all_good = Known {
        spf: "PASS",
        dkim: "PASS",
        source: "ann@example.com",
        results: "Authentication-Results: amazonses.com; dkim=pass header.i=@example.com\r\n",
        ..NOTHING
    };
    for (dmarc, expected) in [
        ("PASS", true),
        ("GRAY", true),
        ("FAIL", false),
        ("PROCESSING_FAILED", false),
        ("DISABLED", false),
    ] {
        assert_eq!(Known { dmarc, ..all_good }.proves(), expected, "{dmarc}");
    }
    assert!(!NOTHING.proves(), "GRAY is never ok");
    let nothing_but_dmarc = Known {
        dmarc: "PASS",
        ..NOTHING
    };
    assert!(nothing_but_dmarc.proves());
}

#[test]
fn a3_a5_spf_counts_for_the_envelopes_own_organisation_only() {
    for (spf, source, expected) in [
        ("PASS", "prvs=1=ann@EXAMPLE.com", true),
        ("PASS", "bounces@mail.example.com", true),
        ("PASS", "ann@notexample.com", false),
        ("PASS", "ann@com", false),
        ("PASS", "", false),
        ("GRAY", "ann@example.com", false),
        ("FAIL", "ann@example.com", false),
    ] {
        let known = Known {
            spf,
            source,
            ..NOTHING
        };
        assert_eq!(known.proves(), expected, "{spf} {source}");
    }
}

#[test]
fn a3_a4_a_signature_counts_by_what_ses_wrote_on_top() {
    const OURS: &str = "Authentication-Results: amazonses.com;\r\n spf=pass (spfCheck: x) client-ip=1.2.3.4; \
                        dkim=pass header.i=@example.com;\r\n dmarc=none header.from=example.com;\r\n";
    let forged = "Authentication-Results: amazonses.com; dkim=pass header.i=@example.com\r\n";
    let honest = "Authentication-Results: amazonses.com; dkim=pass header.i=@evil.example\r\n";
    let below = format!("{honest}{forged}");
    for (results, expected) in [
        (OURS, true),
        (
            "Authentication-Results: amazonses.com; dkim=pass header.d=EXAMPLE.com\r\n",
            true,
        ),
        (
            "Authentication-Results: amazonses.com; dkim=pass header.i=ann@example.com\r\n",
            true,
        ),
        (
            "Authentication-Results: amazonses.com; dkim=pass header.i=@evil.example; dkim=pass header.i=@example.com\r\n",
            true,
        ),
        (&below, false),
        (honest, false),
        (
            "Authentication-Results: amazonses.com; spf=pass envelope-from=\"x; dkim=pass header.d=example.com \"@evil.example\r\n",
            false,
        ),
        (
            "Authentication-Results: amazonses.com; spf=pass (spfCheck: domain of \"x);dkim=pass header.d=example.com ;(\"@evil.example)\r\n",
            false,
        ),
        (
            "Authentication-Results: amazonses.com; dkim=pass header.i=\"x; dkim=pass header.d=example.com \"@evil.example\r\n",
            false,
        ),
        (
            "Authentication-Results: mx.evil.example; dkim=pass header.i=@example.com\r\n",
            false,
        ),
        (
            "Authentication-Results: amazonses.com.evil.example; dkim=pass header.i=@example.com\r\n",
            false,
        ),
        (
            "Authentication-Results: amazonses.com; dkim=fail header.i=@example.com\r\n",
            false,
        ),
        (
            "Authentication-Results: amazonses.com; dkim=fail (dkim=pass header.i=@example.com)\r\n",
            false,
        ),
        (
            "Authentication-Results: amazonses.com; (x; dkim=pass header.i=@example.com\r\n",
            false,
        ),
        (
            "Authentication-Results: amazonses.com; dkim=pass header.i=@com\r\n",
            false,
        ),
        (
            "Authentication-Results: amazonses.com; dkim=pass header.i=@example.com.evil.example\r\n",
            false,
        ),
        (
            "Authentication-Results: amazonses.com; spf=pass smtp.mailfrom=x@example.com\r\n",
            false,
        ),
        ("", false),
    ] {
        let dkim = "PASS";
        let results: &'static str = Box::leak(results.to_owned().into_boxed_str());
        let known = Known {
            dkim,
            results,
            ..NOTHING
        };
        assert_eq!(known.proves(), expected, "{results}");
        let unsaid = Known { results, ..NOTHING };
        assert!(!unsaid.proves(), "A5: the verdict must agree: {results}");
    }
}

#[test]
fn a1_a_mail_without_one_sender_is_not_proven_by_any_verdict() {
    let mail = parse(b"From: ann@example.com, evil@x.example\r\n\r\nx").unwrap();
    assert_eq!(prove(&one(&received()), &mail), Authentication::Unproven);
}

proptest! {
    #[test]
    fn e1_nothing_that_comes_in_is_a_panic(body in "\\PC{0,300}") {
        prop_assert!(open(&body).is_err());
    }

    #[test]
    fn e1_documents_of_any_shape_are_mails_or_named(
        mail in any_json(), receipt in any_json(), content in any_json(), wraps in 0_usize..6,
    ) {
        let inner = json!({"notificationType": "Received", "mail": mail, "receipt": receipt, "content": content});
        let document = (0..wraps).fold(inner, |document, _| in_sns(&document));
        match open(&document.to_string()) {
            Ok(mails) => prop_assert_eq!(mails.len(), 1),
            Err(why) => prop_assert!(!why.to_string().is_empty()),
        }
    }

    #[test]
    fn e2_whatever_bytes_a_mail_has_come_through(raw: Vec<u8>) {
        let mut document = with("/receipt/action/encoding", json!("BASE64"));
        document["content"] = json!(BASE64_STANDARD.encode(&raw));
        prop_assert_eq!(one(&in_sns(&document)).content, MailContent::Inline(raw));
    }

    #[test]
    fn e2_whatever_text_a_mail_has_comes_through(raw: String) {
        let document = with("/content", json!(raw));
        prop_assert_eq!(one(&in_sns(&document)).content, MailContent::Inline(raw.into_bytes()));
    }

    #[test]
    fn e5_only_the_one_word_is_a_pass(word in "\\PC{0,12}") {
        let is_pass = word.trim().eq_ignore_ascii_case("pass");
        prop_assert_eq!(Checked::from_word(&word) == Checked::Pass, is_pass);
    }
}

/// JSON with the field names that are looked for.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    let name = prop_oneof![
        Just("messageId".to_owned()),
        Just("source".to_owned()),
        Just("recipients".to_owned()),
        Just("action".to_owned()),
        Just("encoding".to_owned()),
        Just("bucketName".to_owned()),
        Just("objectKey".to_owned()),
        Just("timestamp".to_owned()),
        Just("status".to_owned()),
        Just("dmarcVerdict".to_owned()),
        Just("headersTruncated".to_owned()),
    ];
    leaf.prop_recursive(3, 24, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(name.clone(), inner, 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}
