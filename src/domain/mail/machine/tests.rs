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
        "From: noreplymann@example.com",
        "From: auto.reply-garage@example.com",
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
        ("MAILER-DAEMON (Mail Delivery System)", MachineKind::Bounce),
        (
            "\"Courier mail server at example.com\" <@>",
            MachineKind::Bounce,
        ),
        ("<>", MachineKind::Bounce),
        ("no-reply@example.com", MachineKind::AutoReply),
        ("noreply+x@example.com", MachineKind::AutoReply),
        ("do-not-reply@example.com", MachineKind::AutoReply),
        ("donotreply@example.com", MachineKind::AutoReply),
        ("no-reply-1234@example.com", MachineKind::AutoReply),
        ("noreply.shop@example.com", MachineKind::AutoReply),
        ("donotreply_x@example.com", MachineKind::AutoReply),
        ("ne-pas-repondre@example.com", MachineKind::AutoReply),
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

/// What a mail from `from` is taken for.
fn taken(from: &str, fields: &str, subject: &str, text: &str) -> Option<Machine> {
    let raw = format!(
        "From: {from}\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n{fields}\n{text}"
    );
    classify(&parse(raw.as_bytes()).unwrap(), &own())
}

#[test]
fn l3_bounces_are_known_by_what_they_say() {
    for (from, subject, text) in [
        (
            "u7@example.com",
            "failure notice",
            "Hi. This is the qmail-send program at mx.example.com.\nI'm afraid I wasn't able to deliver your message.\n\n<a@b.example>:\n550 5.1.1 unknown\n",
        ),
        (
            "System Administrator <adm@example.com>",
            "Undeliverable: Hours",
            "Your message\n\n  To:      a@b.example\n  Subject: Hours\n\ndid not reach the following recipient(s):\n\na@b.example\n",
        ),
        (
            "mmdf@example.com",
            "Failed mail  (msg.aa04213)",
            "    Your message could not be delivered to\n'joe (host: b.example)' for the following\nreason:  ' Unknown user'\n\n    Your message follows:\n\nReceived: from y\n",
        ),
        (
            "mail@example.com",
            "Mensagem não entregue",
            "A sua mensagem não pôde ser entregue ao destinatário a@b.example.\n\n550 5.1.1\n",
        ),
        (
            "mail@example.com",
            "系统退信",
            "抱歉，您的邮件被退回来了\n收件人：a@b.example\n",
        ),
        (
            "mail@example.com",
            "メールを配信できませんでした",
            "次のあて先へのメッセージはエラーのため送信できませんでした。\n>>> a@b.example\n",
        ),
        (
            "mail@example.com",
            "Unzustellbar: Termin",
            "Ihre Nachricht\n\n  An:      a@b.example\n  Betreff: Termin\n\nhat folgende(n) Empfänger nicht erreicht:\n\na@b.example\n",
        ),
    ] {
        let machine = taken(from, "", subject, text);
        assert_eq!(
            machine.map(|machine| machine.kind),
            Some(MachineKind::Bounce),
            "{subject}"
        );
    }
}

#[test]
fn l3_who_writes_about_a_bounce_is_a_person() {
    for (from, fields, subject, text) in [
        (
            "Anna Berg <anna.berg@example.com>",
            "",
            "Mail delivery failed on contact form",
            "Hi,\n\nour customers get this:\n\nThis message was created automatically by mail delivery software.\nA message that you sent could not be delivered. 550 5.1.1\n\nPlease fix it.\n",
        ),
        (
            "info@example.com",
            "",
            "Mail delivery failed",
            "our form says 550 user unknown. Please fix\n",
        ),
        (
            "bob@example.com",
            "",
            "Fwd: Undelivered Mail Returned to Sender",
            "\n---------- Forwarded message ---------\nFrom: Mail Delivery System <MAILER-DAEMON@example.com>\n\nThis is the mail system at host x.\n",
        ),
        (
            "bob@example.com",
            "In-Reply-To: <a@b.c>\n",
            "Re: failure notice",
            "Please put a hint on the page.\n\n> Hi. This is the qmail-send program at x\n> 550 5.1.1\n",
        ),
        (
            "bob@example.com",
            "",
            "Mail error",
            "Sorry, your message could not be delivered. That is what my page says, please repair. 550 5.1.1\n",
        ),
        (
            "bob@example.com",
            "",
            "Delivery status page",
            "The delivery of your message page should say: your message could not be delivered.\n",
        ),
        (
            "lena@example.com",
            "",
            "Nicht zustellbar",
            "Bitte auf der Kontaktseite ergänzen: Briefe an das Postfach sind nicht zustellbar.\n",
        ),
    ] {
        assert_eq!(
            taken(from, fields, subject, text),
            None,
            "{subject}: {text}"
        );
    }
}

#[test]
fn l12_who_writes_about_being_away_is_a_person() {
    let away = "I will be out of the office until Monday. Please put a note on the home page.\n";
    for (fields, subject) in [
        ("", "Out of office until Monday"),
        ("Precedence: bulk\n", "Out of office page"),
        ("X-Auto-Response-Suppress: All\n", "Out of office page"),
        ("In-Reply-To: <a@b.c>\n", "Re: Automatic reply: hours"),
        (
            "Precedence: bulk\nX-Auto-Response-Suppress: All\n",
            "Banner",
        ),
    ] {
        assert_eq!(
            taken("bob@example.com", fields, subject, away),
            None,
            "{subject}"
        );
    }
    let answer = taken(
        "bob@example.com",
        "",
        "Out of Office AutoReply: Re: Hours",
        "I am out of the office until Monday.\n",
    );
    assert_eq!(answer.map(|machine| machine.rule), Some(RuleId::L12));
}

#[test]
fn the_kind_is_told_by_everything_that_is_seen() {
    for (fields, kind) in [
        (
            "Return-Path: <>\nAuto-Submitted: auto-replied\nSubject: Out of office: hours",
            MachineKind::AutoReply,
        ),
        (
            "Return-Path: <> (added by mx.example.com)\nContent-Type: multipart/report; report-type=disposition-notification; boundary=x",
            MachineKind::Report,
        ),
        (
            "From: noreply@example.com\nSubject: Mail System Error - Returned Mail\n\nYour mail sent on: Thu, 29 Apr 2010\nCould not be delivered to: <a@b.example>\n",
            MachineKind::Bounce,
        ),
        (
            "From: noreply@example.com\nList-Id: <x.example.com>",
            MachineKind::List,
        ),
        (
            "From: noreply@example.com\nSubject: Report Domain: b.example Submitter: example.com Report-ID: <1>",
            MachineKind::Report,
        ),
        (
            "Content-Type: multipart/report; report-type=disposition-notification; boundary=x\n\n--x\n\nYour message was automatically rejected.\n--x\nContent-Type: message/disposition-notification\n\nDisposition: automatic-action/MDN-sent-automatically; deleted\n--x\nContent-Type: message/rfc822\n\nSubject: x\n--x--",
            MachineKind::Bounce,
        ),
        (
            "Content-Type: multipart/report; report-type=disposition-notification; boundary=x\n\n--x\n\nYour message was deleted without being read.\n--x\nContent-Type: message/disposition-notification\n\nDisposition: manual-action/MDN-sent-automatically; deleted\n--x--",
            MachineKind::Report,
        ),
    ] {
        let from = if fields.contains("From:") {
            ""
        } else {
            "From: amelia@example.com\n"
        };
        let mail = parse(format!("{from}{fields}\n\nHello").as_bytes()).unwrap();
        let machine = classify(&mail, &own()).unwrap();
        assert_eq!(machine.kind, kind, "{fields}");
        assert!(!machine.sign.is_empty());
    }
}

#[test]
fn a_mail_of_any_size_is_read_in_part() {
    for raw in [
        format!(
            "From: a@b.c\n{}\n\nx",
            "X-Foo: auto reply to all\n".repeat(100_000)
        ),
        format!(
            "From: a@b.c\n\n{}",
            "your message could not\n".repeat(100_000)
        ),
        format!(
            "From: a@b.c\n\n{}",
            "your message could not ".repeat(100_000)
        ),
        format!("From: a@b.c\nSubject: {}\n\nx", "[a] ".repeat(100_000)),
    ] {
        assert_eq!(classify(&parse(raw.as_bytes()).unwrap(), &own()), None);
    }
}
