//! Mails that no person wrote are never answered (L1 to L14).
//!
//! The rules run in their order and the first that hits wins. L8 and L12 are soft: each needs a second sign.

use std::sync::LazyLock;

use regex::Regex;

use super::{EmailAddress, HermesAddress, InboundMail, RuleId};

/// Everything that is us, so that our own mail is known when it comes back (L1).
#[derive(Debug, Clone)]
pub struct OwnIdentity {
    /// The mailbox that Hermes reads.
    pub hermes: HermesAddress,
    /// The addresses of projects; mail to them is mail to us as well.
    pub addresses: Vec<EmailAddress>,
    /// The name of this installation in `X-Hermes-Loop`.
    pub instance: String,
}

impl OwnIdentity {
    /// Whether an address is one of ours, plus tag or not.
    pub fn is_ours(&self, address: &EmailAddress) -> bool {
        self.hermes.is_ours(address)
            || self
                .addresses
                .iter()
                .any(|own| own.domain() == address.domain() && own.base() == address.base())
    }
}

/// What kind of machine wrote a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MachineKind {
    /// An automatic answer or notice.
    AutoReply,
    /// A mail of ours that could not be delivered.
    Bounce,
    /// A mailing list.
    List,
    /// A receipt, an abuse report, a calendar answer.
    Report,
    /// Our own mail.
    Own,
}

/// A mail that no person wrote, and the rule that told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Machine {
    /// What wrote it.
    pub kind: MachineKind,
    /// How we know.
    pub rule: RuleId,
}

/// Fields that only mailing lists write (L11).
const LIST: [&str; 5] = [
    "List-Id",
    "List-Unsubscribe",
    "List-Post",
    "Mailing-List",
    "X-Mailing-List",
];

/// Which machine wrote a mail; none for a person's.
pub fn classify(mail: &InboundMail, own: &OwnIdentity) -> Option<Machine> {
    let hit = |kind, rule| Some(Machine { kind, rule });
    if is_own(mail, own) {
        return hit(MachineKind::Own, RuleId::L1);
    }
    let has_empty_path = |path: &str| path.replace(' ', "") == "<>";
    if mail.handover.is_bounce || mail.headers.all("Return-Path").any(has_empty_path) {
        return hit(MachineKind::Bounce, RuleId::L2);
    }
    if is_delivery_report(mail) {
        return hit(MachineKind::Bounce, RuleId::L3);
    }
    if mail.headers.get("X-Failed-Recipients").is_some() {
        return hit(MachineKind::Bounce, RuleId::L4);
    }
    if let Some(kind) = daemon(mail) {
        return hit(kind, RuleId::L5);
    }
    if mail
        .headers
        .all("Auto-Submitted")
        .any(|value| token(value) != "no")
    {
        return hit(MachineKind::AutoReply, RuleId::L6);
    }
    if is_autoresponder(mail) {
        return hit(MachineKind::AutoReply, RuleId::L7);
    }
    if is_bulk(mail) && has_auto_subject(mail) {
        return hit(MachineKind::AutoReply, RuleId::L8);
    }
    if is_out_of_office(mail) {
        return hit(MachineKind::AutoReply, RuleId::L9);
    }
    if LIST.iter().any(|name| mail.headers.get(name).is_some()) {
        return hit(MachineKind::List, RuleId::L11);
    }
    if has_auto_subject(mail) && suppresses(mail) {
        return hit(MachineKind::AutoReply, RuleId::L12);
    }
    if mail
        .headers
        .iter()
        .any(|(name, value)| says_automatic(name, value))
    {
        return hit(MachineKind::AutoReply, RuleId::L13);
    }
    if is_report(mail) {
        return hit(MachineKind::Report, RuleId::L14);
    }
    None
}

/// The rules that weigh but do not decide: the soft signs that were seen (L8, L10, L12).
pub fn soft_signs(mail: &InboundMail) -> Vec<RuleId> {
    [
        (is_bulk(mail), RuleId::L8),
        (suppresses(mail), RuleId::L10),
        (has_auto_subject(mail), RuleId::L12),
    ]
    .into_iter()
    .filter_map(|(seen, rule)| seen.then_some(rule))
    .collect()
}

/// The value before its parameters, lower-case.
fn token(value: &str) -> String {
    value
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

fn is_own(mail: &InboundMail, own: &OwnIdentity) -> bool {
    let names_us = |value: &str| {
        let value = value.trim();
        value.eq_ignore_ascii_case(&own.instance)
            || value
                .parse::<EmailAddress>()
                .is_ok_and(|address| own.is_ours(&address))
    };
    mail.from.address().is_some_and(|from| own.is_ours(from))
        || mail.has_own_id && has_our_id(mail, own.hermes.domain())
        || mail.headers.all("X-Hermes-Loop").any(names_us)
        || mail.headers.all("X-Loop").any(names_us)
}

/// Whether the Message-ID is one of ours. A person whose mailbox is on our domain may have a mailer that makes ids of
/// that domain too: of those only the ids that we make count.
fn has_our_id(mail: &InboundMail, domain: &str) -> bool {
    let id = &mail.message_id;
    let made_by_us = id.as_str().starts_with("turn.") || id.as_str().starts_with("thread.");
    let neighbour = mail
        .from
        .address()
        .is_some_and(|from| from.domain() == domain);
    id.domain().eq_ignore_ascii_case(domain) && (made_by_us || !neighbour)
}

fn is_delivery_report(mail: &InboundMail) -> bool {
    let is_report = mail.media.first().is_some_and(|media| {
        media.essence == "multipart/report"
            && media.report_type.as_deref() == Some("delivery-status")
    });
    is_report
        || mail.media.iter().any(|media| {
            matches!(
                media.essence.as_str(),
                "message/delivery-status" | "message/global-delivery-status"
            )
        })
}

#[expect(
    clippy::unwrap_used,
    reason = "literal patterns, compiled in every test run"
)]
static DAEMON: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("mailer[-_]?daemon|post[-_]?master").unwrap());

#[expect(
    clippy::unwrap_used,
    reason = "literal patterns, compiled in every test run"
)]
static NO_REPLY: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("no[-_]?reply|do[-_]?not[-_]?reply").unwrap());

fn daemon(mail: &InboundMail) -> Option<MachineKind> {
    let local = mail.from.address()?.local();
    if DAEMON.is_match(local) {
        Some(MachineKind::Bounce)
    } else {
        NO_REPLY.is_match(local).then_some(MachineKind::AutoReply)
    }
}

fn is_autoresponder(mail: &InboundMail) -> bool {
    const ANY: [&str; 3] = ["X-Autoreply", "X-Autorespond", "X-Autoresponse"];
    ANY.iter()
        .any(|name| mail.headers.all(name).any(|value| token(value) != "no"))
        || mail
            .headers
            .all("Delivered-To")
            .any(|value| value.trim().eq_ignore_ascii_case("autoresponder"))
}

fn is_bulk(mail: &InboundMail) -> bool {
    let bulk = |value: &str| {
        matches!(
            token(value).as_str(),
            "bulk" | "junk" | "list" | "auto_reply"
        )
    };
    mail.headers.all("Precedence").any(bulk) || mail.headers.all("X-Precedence").any(bulk)
}

fn suppresses(mail: &InboundMail) -> bool {
    mail.headers.get("X-Auto-Response-Suppress").is_some()
}

fn is_out_of_office(mail: &InboundMail) -> bool {
    let suppresses_all = mail.headers.all("X-Auto-Response-Suppress").any(|value| {
        value
            .split(',')
            .any(|word| word.trim().eq_ignore_ascii_case("all"))
    });
    suppresses_all && mail.headers.get("X-MS-Exchange-Inbox-Rules-Loop").is_some()
}

#[expect(
    clippy::unwrap_used,
    reason = "literal patterns, compiled in every test run"
)]
static AUTO_SUBJECT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^(?:auto:|automatic reply|auto[ -]?response|out of (?:the )?office|autosvar|automatisk svar|automatisch antwoord|automatische antwort|abwesenheitsnotiz|réponse automatique|respuesta automática|fuori sede|risposta (?:non al computer|automatica)|frånvaro)",
    )
    .unwrap()
});

fn has_auto_subject(mail: &InboundMail) -> bool {
    AUTO_SUBJECT.is_match(&mail.subject)
}

#[expect(
    clippy::unwrap_used,
    reason = "literal patterns, compiled in every test run"
)]
static AUTOMATIC: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\bauto[-_]?(?:response|submitted|replied|reply|generated|respond)|holidayreply|machinegenerated")
        .unwrap()
});

/// Fields whose words are people's or relays' and say nothing about who wrote the mail (L13).
const FREE_TEXT: [&str; 18] = [
    "Precedence",
    "X-Precedence",
    "X-Auto-Response-Suppress",
    "Auto-Submitted",
    "Subject",
    "Thread-Topic",
    "From",
    "To",
    "Cc",
    "Reply-To",
    "Received",
    "Message-ID",
    "In-Reply-To",
    "References",
    "DKIM-Signature",
    "ARC-Message-Signature",
    "Content-Type",
    "X-Hermes-Loop",
];

fn says_automatic(name: &str, value: &str) -> bool {
    !FREE_TEXT.iter().any(|free| free.eq_ignore_ascii_case(name))
        && (AUTOMATIC.is_match(name) && token(value) != "no" || AUTOMATIC.is_match(value))
}

fn is_report(mail: &InboundMail) -> bool {
    let is_report = mail.media.first().is_some_and(|media| {
        media.essence == "multipart/report"
            && matches!(
                media.report_type.as_deref(),
                Some("disposition-notification" | "feedback-report")
            )
    });
    is_report
        || mail.media.iter().any(|media| {
            matches!(
                media.essence.as_str(),
                "message/disposition-notification" | "message/feedback-report"
            ) || media.essence == "text/calendar" && media.method.as_deref() == Some("reply")
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::mail::{Handover, parse};

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
            assert_eq!(
                classify(&mail, &own()),
                Some(Machine {
                    kind,
                    rule: RuleId::L5
                }),
                "{from}"
            );
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
}
