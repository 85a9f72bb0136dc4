use super::*;
use crate::domain::mail::{Handover, RuleId, parse};

fn own() -> OwnIdentity {
    OwnIdentity {
        hermes: "edit@hermes.example".parse().unwrap(),
        addresses: vec!["bakery@sites.example".parse().unwrap()],
        instance: "hermes-1".to_owned(),
    }
}

/// The rule for a mail with these fields; `From` is a person's unless given.
fn rule(fields: &str) -> &'static str {
    let from = if fields.contains("From:") {
        ""
    } else {
        "From: amelia@example.com\n"
    };
    let mail = parse(format!("{from}{fields}\n\nHello").as_bytes()).unwrap();
    classify(&mail, &own()).map_or("", |machine| machine.rule.as_str())
}

#[test]
fn a_persons_mail_is_no_machines() {
    for fields in [
        "Subject: Re: opening hours",
        "Return-Path: <amelia@example.com>",
        "Subject: Please autoreply to enquiries, and mention the holidayreply page",
        "From: postman@example.com",
        "From: norah@example.com",
        "Message-ID: <1@mail.example>",
        "X-Loop: other@example.com",
        "DKIM-Signature: v=1; h=auto-submitted; bh=autoreply=",
    ] {
        assert_eq!(rule(fields), "", "{fields}");
    }
}

#[test]
fn l1_our_own_mail_is_silent() {
    for fields in [
        "From: edit@hermes.example",
        "From: edit+abcdefghijklmnopqrstuvwxyz@hermes.example",
        "From: reply+abcdefghijklmnopqrstuvwxyz@hermes.example",
        "From: Bakery@Sites.example",
        "From: bakery+x@sites.example",
        "Message-ID: <turn.cmd-1@hermes.example>",
        "X-Hermes-Loop: hermes-1",
        "X-Loop: edit@hermes.example",
    ] {
        assert_eq!(rule(fields), "L1", "{fields}");
    }
    let neighbour = "From: ann@hermes.example\nMessage-ID: <4f2a@hermes.example>";
    assert_eq!(rule(neighbour), "", "a person on our domain is no machine");
}

#[test]
fn l2_an_empty_return_path_is_a_bounce() {
    for fields in ["Return-Path: <>", "return-path:<>", "Return-Path: < >"] {
        assert_eq!(rule(fields), "L2", "{fields}");
    }
    assert_eq!(rule("Return-Path:"), "");
    let mail = parse(b"From: a@b.c\nSubject: x\n\nx").unwrap();
    let bounce = mail.with_handover(Handover {
        is_bounce: true,
        ..Handover::default()
    });
    let machine = classify(&bounce, &own()).unwrap();
    assert_eq!(machine.rule, RuleId::L2);
}

#[test]
fn l3_delivery_reports_are_bounces() {
    for fields in [
        "Content-Type: multipart/report; report-type=delivery-status; boundary=x",
        "Content-Type: multipart/report;\n\tboundary=\"x\";\n\treport-type=\"delivery-status\"",
        "Content-Type: Multipart/Report; Report-Type=Delivery-Status",
        "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\nAction: failed\n--x--",
    ] {
        assert_eq!(rule(fields), "L3", "{fields}");
    }
}

#[test]
fn l4_failed_recipients_are_bounces() {
    assert_eq!(rule("X-Failed-Recipients: a@b.c"), "L4");
}

#[test]
fn l5_daemons_and_senders_without_ears() {
    for (from, kind) in [
        ("MAILER-DAEMON@example.com", MachineKind::Bounce),
        ("mailer_daemon@example.com", MachineKind::Bounce),
        ("postmaster@example.com", MachineKind::Bounce),
        ("post-master@example.com", MachineKind::Bounce),
        ("no-reply@example.com", MachineKind::AutoReply),
        ("noreply+x@example.com", MachineKind::AutoReply),
        ("do-not-reply@example.com", MachineKind::AutoReply),
        ("donotreply@example.com", MachineKind::AutoReply),
    ] {
        let mail = parse(format!("From: {from}\n\nx").as_bytes()).unwrap();
        let machine = classify(&mail, &own()).unwrap();
        assert_eq!((machine.kind, machine.rule), (kind, RuleId::L5), "{from}");
    }
}

#[test]
fn l6_auto_submitted_other_than_no() {
    for (value, expected) in [
        ("auto-replied", "L6"),
        ("auto-generated; type=x", "L6"),
        ("Auto-Notified", "L6"),
        ("", "L6"),
        ("no", ""),
        (" NO ; x=y", ""),
    ] {
        assert_eq!(
            rule(&format!("Auto-Submitted: {value}")),
            expected,
            "{value:?}"
        );
    }
}

#[test]
fn l7_headers_of_autoresponders() {
    for fields in [
        "X-Autoreply: yes",
        "X-Autorespond: x",
        "X-AutoResponse: 1",
        "Delivered-To: Autoresponder",
    ] {
        assert_eq!(rule(fields), "L7", "{fields}");
    }
}

#[test]
fn l8_l12_soft_signs_need_a_second_one() {
    for (fields, expected) in [
        ("Precedence: Bulk", ""),
        ("X-Precedence: auto_reply", ""),
        ("Subject: Automatic reply: hours", ""),
        ("Precedence: bulk\nSubject: Out of Office: hours", "L8"),
        (
            "X-Auto-Response-Suppress: OOF\nSubject: Abwesenheitsnotiz",
            "L12",
        ),
    ] {
        assert_eq!(rule(fields), expected, "{fields}");
    }
}

#[test]
fn l9_inbox_rules_that_answer() {
    let fields = "X-Auto-Response-Suppress: DR, All\nX-MS-Exchange-Inbox-Rules-Loop: a@b.c";
    assert_eq!(rule(fields), "L9");
    assert_eq!(rule("X-MS-Exchange-Inbox-Rules-Loop: a@b.c"), "");
}

#[test]
fn l10_suppress_alone_is_a_persons_mail() {
    let mail = parse(b"From: a@b.c\nX-Auto-Response-Suppress: All\n\nx").unwrap();
    assert_eq!(classify(&mail, &own()), None);
    assert_eq!(soft_signs(&mail), [RuleId::L10]);
}

#[test]
fn l11_mailing_lists() {
    for fields in [
        "List-Id: <x.y>",
        "List-Unsubscribe: <mailto:a@b.c>",
        "List-Post: x",
        "Mailing-List: x",
        "X-Mailing-List: x",
    ] {
        assert_eq!(rule(fields), "L11", "{fields}");
    }
}

#[test]
fn l13_headers_that_say_automatic() {
    for (fields, expected) in [
        ("X-Foo-Autogenerated: yes", "L13"),
        ("X-Mailer: HolidayReply 2.0", "L13"),
        ("X-Type: auto_replied", "L13"),
        ("X-Autosubmitted: no", ""),
    ] {
        assert_eq!(rule(fields), expected, "{fields}");
    }
}

#[test]
fn l14_receipts_abuse_reports_and_calendar_answers() {
    for fields in [
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=x",
        "Content-Type: multipart/report; report-type=feedback-report; boundary=x",
        "Content-Type: text/calendar; method=REPLY",
    ] {
        assert_eq!(rule(fields), "L14", "{fields}");
    }
    assert_eq!(rule("Content-Type: text/calendar; method=REQUEST"), "");
}
