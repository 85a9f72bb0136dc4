//! The rules of who may command, as tables.

use proptest::prelude::*;

use super::*;
use crate::domain::mail::{EmailAddress, InboundMail, RuleId, parse};

fn mail(head: &str) -> InboundMail {
    parse(format!("{head}From: Ann <ann@example.com>\r\n\r\nMake it blue.").as_bytes()).unwrap()
}

fn ours() -> TrustedServers {
    TrustedServers::new(vec![
        "mx.example.net".to_owned(),
        "mx2.example.net".to_owned(),
    ])
}

/// What our own mail server's results in this header prove of ann@example.com.
fn by_header(head: &str) -> Judged {
    let mail = mail(head);
    judge(&Evidence::Checked(ours().findings(&mail)), &mail, &[])
}

fn results(text: &str) -> String {
    format!("Authentication-Results: {text}\r\n")
}

const fn found(dmarc: Dmarc) -> Findings {
    Findings {
        dmarc,
        signers: Vec::new(),
        path: None,
    }
}

#[test]
fn a3_dmarc_decides_and_alignment_counts_only_where_there_is_no_policy() {
    use Authentication::{Aligned, Proven, Unproven};
    let from: EmailAddress = "ann@news.example.com".parse().unwrap();
    for (dmarc, bare, signed) in [
        (Dmarc::Pass, Proven, Proven),
        (Dmarc::NoPolicy, Unproven, Aligned),
        (Dmarc::Fail, Unproven, Unproven),
        (Dmarc::Unknown, Unproven, Unproven),
    ] {
        assert_eq!(found(dmarc).prove(&from), bare, "{dmarc:?}");
        for (domain, is_aligned) in [
            ("news.example.com", true),
            ("example.com", true),
            ("mail.example.com", true),
            ("example.com.evil.example", false),
            ("com", false),
        ] {
            let signer = Findings {
                signers: vec!["esp.example".to_owned(), domain.to_owned()],
                ..found(dmarc)
            };
            let sent = Findings {
                path: Some(domain.to_owned()),
                ..found(dmarc)
            };
            let expected = if is_aligned { signed } else { bare };
            assert_eq!(signer.prove(&from), expected, "{dmarc:?} {domain}");
            assert_eq!(sent.prove(&from), expected, "{dmarc:?} {domain}");
        }
    }
}

#[test]
fn p4_only_dmarc_or_a_word_that_says_so_publishes() {
    use Authentication::{Aligned, Confirmed, Proven, ThroughGroup, Unproven, Vouched};
    for (authentication, edits, by_dmarc, by_alignment) in [
        (Proven, true, true, true),
        (Aligned, true, false, true),
        (Vouched { may_publish: true }, true, true, true),
        (Vouched { may_publish: false }, true, false, false),
        (ThroughGroup, true, false, false),
        (Confirmed, true, false, false),
        (Unproven, false, false, false),
    ] {
        assert_eq!(authentication.may_edit(), edits, "{authentication:?}");
        let may = |needed| authentication.may_publish(needed);
        assert_eq!(may(PublishProof::DmarcPass), by_dmarc, "{authentication:?}");
        assert_eq!(
            may(PublishProof::Aligned),
            by_alignment,
            "{authentication:?}"
        );
    }
    assert_eq!(PublishProof::default(), PublishProof::DmarcPass);
}

/// What our server may have written, by what it proves.
const PROVEN: [&str; 4] = [
    "mx.example.net; dmarc=pass header.from=example.com",
    "MX2.example.net 1; dmarc=Pass (p=reject) header.from=Example.COM",
    "\"mx.example.net\";\r\n\tspf=fail smtp.mailfrom=x.y;\r\n\tdkim=none;\r\n\tdmarc=pass",
    "mx.example.net; dmarc=pass header.from=mail.example.com",
];
const ALIGNED: [&str; 5] = [
    "mx.example.net; dmarc=none; dkim=pass header.d=example.com",
    "mx.example.net; dmarc=bestguesspass; dkim=pass header.i=@example.com",
    "mx.example.net; dkim=pass header.d=mail.example.com",
    "mx.example.net; dkim=fail header.d=example.com; dkim=pass header.d=example.com",
    "mx.example.net; spf=pass smtp.mailfrom=bounce+a=b@example.com",
];
const UNPROVEN: [&str; 15] = [
    "mx.example.net; dmarc=pass header.from=evil.example",
    "mx.example.net; dmarc=pass header.from=example.com header.from=evil.example",
    "mx.example.net; dmarc=pass; dmarc=fail",
    "mx.example.net; dmarc=fail; dkim=pass header.d=example.com; spf=pass smtp.mailfrom=example.com",
    "mx.example.net; dmarc=temperror; dkim=pass header.d=example.com",
    "mx.example.net; dmarc=permerror; dkim=pass header.d=example.com",
    "mx.example.net; dmarc=none; spf=pass smtp.helo=example.com",
    "mx.example.net; dmarc=none; spf=softfail smtp.mailfrom=example.com",
    "mx.example.net; dmarc=none; dkim=pass header.d=esp.example header.i=@example.com",
    "mx.example.net; dmarc=none; dkim=pass header.d=esp.example header.d=example.com",
    "mx.example.net; dmarc=none (dkim=pass header.d=example.com)",
    "mx.example.net; arc=pass; auth=pass smtp.auth=ann@example.com",
    "mx.example.net; none",
    "mx.example.net",
    "mx.example.net 2; dmarc=pass",
];

#[test]
fn a3_our_own_servers_results_are_read() {
    for (texts, expected) in [
        (&PROVEN[..], Authentication::Proven),
        (&ALIGNED, Authentication::Aligned),
        (&UNPROVEN, Authentication::Unproven),
        (&[""], Authentication::Unproven),
    ] {
        for text in texts {
            let judged = by_header(&results(text));
            assert_eq!(judged.authentication, expected, "{text}");
        }
    }
    let silent = by_header("");
    assert_eq!(silent.authentication, Authentication::Unproven);
    assert_eq!(silent.ignored, None);
}

#[test]
fn a4_only_the_topmost_results_count_and_only_from_our_own_server() {
    let good = "dmarc=pass header.from=example.com";
    let forged = results(&format!("mx.example.net; {good}"));
    let failed = results("mx.example.net; dmarc=fail header.from=example.com");
    for (head, authentication, ignored) in [
        // what the sender has written stands below what our server has
        (
            format!("{failed}{forged}"),
            Authentication::Unproven,
            Some(RuleId::A4),
        ),
        (format!("{forged}{failed}"), Authentication::Proven, None),
        // a stranger's on top: our server has not spoken
        (
            results(&format!("evil.example; {good}")),
            Authentication::Unproven,
            Some(RuleId::A4),
        ),
        (
            results("evil.example; none") + &forged,
            Authentication::Unproven,
            Some(RuleId::A4),
        ),
        // and one that cannot be read might be anybody's
        (
            results("mx.example.net (; dmarc=pass") + &forged,
            Authentication::Unproven,
            Some(RuleId::A4),
        ),
        (
            results("mx.example.net.evil.example; dmarc=pass"),
            Authentication::Unproven,
            Some(RuleId::A4),
        ),
        (
            results("evil.example; dmarc=fail")
                + &results("also.evil.example; spf=pass smtp.mailfrom=x.y"),
            Authentication::Unproven,
            None,
        ),
        (
            results("mx.example.net; dkim=pass header.d=example.com") + &forged,
            Authentication::Aligned,
            Some(RuleId::A4),
        ),
        (
            format!("ARC-{failed}X-{failed}Original-{forged}"),
            Authentication::Unproven,
            None,
        ),
    ] {
        let judged = by_header(&head);
        assert_eq!(
            (judged.authentication, judged.ignored),
            (authentication, ignored),
            "{head}"
        );
    }
}

#[test]
fn a1_findings_about_nobody_prove_nothing() {
    let mail = parse(b"From: ann@example.com, evil@x.y\r\n\r\nx").unwrap();
    let judged = judge(&Evidence::Checked(found(Dmarc::Pass)), &mail, &[]);
    assert_eq!(judged.authentication, Authentication::Unproven);
}

#[test]
fn a10_a_group_speaks_for_a_sender_only_where_it_is_trusted_and_has_signed() {
    let group: EmailAddress = "team@group.example".parse().unwrap();
    let signed = Findings {
        signers: vec!["group.example".to_owned()],
        ..found(Dmarc::Pass)
    };
    let by = |signer: &str| Findings {
        signers: vec![signer.to_owned()],
        ..found(Dmarc::NoPolicy)
    };
    let failed = Findings {
        dmarc: Dmarc::Fail,
        ..signed.clone()
    };
    let own = "X-Original-From: Ann <ann@example.com>\r\nReply-To: Ann <ann@example.com>\r\n";
    let other = "X-Original-From: ann@example.com\r\nReply-To: evil@x.y\r\n";
    let two = "X-Original-From: ann@example.com\r\nX-Original-From: evil@x.y\r\nReply-To: ann@example.com\r\n";
    let both = "X-Original-From: ann@example.com\r\nReply-To: ann@example.com, evil@x.y\r\n";
    let trusted = [group.clone()];
    for (head, findings, groups, expected) in [
        (own, &signed, &trusted[..], true),
        (own, &by("mail.group.example"), &trusted, true),
        (own, &signed, &[], false),
        (own, &by("evil.example"), &trusted, false),
        (own, &found(Dmarc::Pass), &trusted, false),
        (own, &failed, &trusted, false),
        (other, &signed, &trusted, false),
        (two, &signed, &trusted, false),
        (both, &signed, &trusted, false),
        ("Reply-To: ann@example.com\r\n", &signed, &trusted, false),
        (
            "X-Original-From: ann@example.com\r\n",
            &signed,
            &trusted,
            false,
        ),
    ] {
        let raw =
            format!("{head}From: \"'Ann' via Team\" <team@group.example>\r\n\r\nMake it blue.");
        let mail = parse(raw.as_bytes()).unwrap();
        let judged = judge(&Evidence::Checked(findings.clone()), &mail, groups);
        let original = judged.original.as_ref().map(EmailAddress::as_str);
        assert_eq!(
            original,
            expected.then_some("ann@example.com"),
            "{head} {findings:?}"
        );
        let through = judged.authentication == Authentication::ThroughGroup;
        assert_eq!(through, expected, "{head} {findings:?}");
    }
}

#[test]
fn a10_what_the_group_says_of_itself_is_gone() {
    let raw = "List-Id: <team.group.example>\r\nPrecedence: list\r\nMailing-list: list team\r\nAuto-Submitted: auto-replied\r\n\
               From: team@group.example\r\n\r\nx";
    let mail = parse(raw.as_bytes()).unwrap();
    let mail = mail.on_behalf_of("ann@example.com".parse().unwrap());
    assert_eq!(mail.from.address().unwrap().as_str(), "ann@example.com");
    let left: Vec<_> = mail.headers.iter().map(|(name, _)| name).collect();
    assert_eq!(
        left,
        ["Auto-Submitted", "From"],
        "what its writer's machine says stays"
    );
}

proptest! {
    /// Whatever a sender writes below the field of our own server, it proves nothing.
    #[test]
    fn a4_what_a_sender_writes_proves_nothing(
        written in proptest::collection::vec("(mx.example.net|evil.example|amazonses.com)[ ;a-z=.@\"()]{0,40}(; dmarc=pass header.from=example.com)?", 0..4),
    ) {
        let forged: String = written.iter().map(|text| results(text)).collect();
        let judged = by_header(&(results("mx.example.net; dmarc=none; dkim=none; spf=none") + &forged));
        prop_assert_eq!(judged.authentication, Authentication::Unproven);
    }
}
