//! Mails at and beyond every limit.

use std::fmt::Write as _;

use hermes::domain::journal::Verdict;

use super::explained::explained;

const HEAD: &str = "From: a@b.example\r\nTo: edit@hermes.localhost\r\nSubject: Title\r\nMessage-ID: <t@b.example>\r\n";
const WORDS: &str = "Please change the title.";

fn with(fields: &str, body: &str) -> Vec<u8> {
    format!("{HEAD}{fields}\r\n{body}").into_bytes()
}

fn repeated(count: usize, one: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut all, n| {
        write!(all, "{}", one(n)).unwrap();
        all
    })
}

/// Multiparts in one another, the innermost a text; most never end.
fn nested(depth: usize, kind: &str) -> Vec<u8> {
    let opened = repeated(depth, |n| {
        format!("Content-Type: {kind}; boundary=\"b{n}\"\r\n\r\n--b{n}\r\n")
    });
    format!("{HEAD}{opened}Content-Type: text/plain\r\n\r\n{WORDS}").into_bytes()
}

#[test]
fn b5_depth_parts_and_headers_have_limits_that_lose_no_mail() {
    let part = "--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n".repeat(20_000);
    let picture = "--x\r\nContent-Type: image/png; name=a.png\r\n\r\n\u{89}PNG\r\n".repeat(20_000);
    let mixed = "Content-Type: multipart/mixed; boundary=x\r\n";
    for (name, raw) in [
        ("10,000 deep", nested(10_000, "multipart/mixed")),
        (
            "10,000 alternatives deep",
            nested(10_000, "multipart/alternative"),
        ),
        ("20,000 texts", with(mixed, &part)),
        (
            "20,000 pictures",
            with(mixed, &format!("--x\r\n\r\n{WORDS}\r\n{picture}")),
        ),
        (
            "mails in mails",
            with(
                &"Content-Type: message/rfc822\r\n\r\n".repeat(10_000),
                WORDS,
            ),
        ),
    ] {
        let told = explained(&raw);
        assert_ne!(told.verdict, Verdict::Poison, "{name}");
        assert_eq!(told.from.as_deref(), Some("a@b.example"), "{name}");
    }
    assert!(explained(&nested(10_000, "multipart/mixed")).is_truncated);
    assert_eq!(explained(&nested(10, "multipart/mixed")).instruction, WORDS);
}

#[test]
fn a1_headers_of_any_number_and_length_hide_nothing() {
    let fields = repeated(100_000, |n| format!("X-Field-{n}: v\r\n"));
    let long =
        |name: &str, unit: &str| format!("{name}: {}\r\n", unit.repeat(4_000_000 / unit.len()));
    for fields in [
        fields.clone(),
        "Received: from a by b; today\r\n".repeat(100_000),
        long("X-Long", "a"),
        long("X-Words", "=?utf-8?q?a?= "),
        long("References", "<a@b> "),
        format!("X-Folded: a{}\r\n", "\r\n b".repeat(100_000)),
        long("Content-Type", "text/plain; a=b; "),
        format!(
            "Content-Disposition: inline; {}\r\n",
            repeated(100_000, |n| format!("x*{n}*=%41; "))
        ),
    ] {
        let told = explained(&with(&fields, WORDS));
        assert_eq!(
            (told.verdict, told.from.as_deref()),
            (Verdict::Instruct, Some("a@b.example"))
        );
        assert_eq!(told.instruction, WORDS);
    }
    let told = explained(&with(&format!("{fields}From: second@b.example\r\n"), WORDS));
    assert_eq!(
        (told.verdict, told.from),
        (Verdict::Silent, None),
        "two senders are none"
    );
}

#[test]
fn a1_senders_that_cannot_be_read_are_nobody() {
    for from in [
        format!("From: \"{}\" <a@b.c>\r\n", "a".repeat(4_000_000)),
        format!("From: {}\r\n", "a@b.c, ".repeat(600_000)),
        format!("From: {}\r\n", "(".repeat(4_000_000)),
        "From: a@b.c\r\nFrom: d@e.f\r\n".to_owned(),
        "From: a\0@b.c, d@e.f\r\n".to_owned(),
    ] {
        let told = explained(format!("{from}Subject: x\r\n\r\n{WORDS}").as_bytes());
        assert_eq!(
            (told.verdict, told.from),
            (Verdict::Silent, None),
            "{from:.40}"
        );
    }
}

#[test]
fn b2_b4_broken_encodings_keep_what_can_be_read() {
    let utf16: Vec<u8> = WORDS.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let encoded = |fields: &str, body: &[u8]| [with(fields, "").as_slice(), body].concat();
    for (name, raw) in [
        (
            "bare cr",
            format!("{HEAD}\r\n{WORDS}")
                .replace("\r\n", "\r")
                .into_bytes(),
        ),
        (
            "bare lf",
            format!("{HEAD}\r\n{WORDS}")
                .replace("\r\n", "\n")
                .into_bytes(),
        ),
        ("nul", with("", "Please\0 change the\0 title.")),
        (
            "utf-16",
            encoded("Content-Type: text/plain; charset=utf-16le\r\n", &utf16),
        ),
        (
            "unknown charset",
            with("Content-Type: text/plain; charset=x-klingon\r\n", WORDS),
        ),
        (
            "no charset",
            with("Content-Type: text/plain; charset=\"\"\r\n", WORDS),
        ),
        (
            "base64 without padding",
            with(
                "Content-Transfer-Encoding: base64\r\n",
                "UGxlYXNl\r\nIGNoYW5nZSB0aGUgdGl0bGUu=",
            ),
        ),
        (
            "base64 with garbage",
            with(
                "Content-Transfer-Encoding: base64\r\n",
                "!UGxlY*XNlIGNoYW5nZSB0aGUgd\u{7f}Gl0bGUu",
            ),
        ),
        (
            "quoted-printable with bad hex",
            with(
                "Content-Transfer-Encoding: quoted-printable\r\n",
                "Please=\r\n change the title.=",
            ),
        ),
    ] {
        let told = explained(&raw);
        assert_eq!(
            (told.verdict, told.instruction.as_str()),
            (Verdict::Instruct, WORDS),
            "{name}"
        );
    }
}

#[test]
fn b3_no_header_can_be_smuggled_in_and_no_path_out() {
    let raw = "From: a@b.c\r\nSubject: =?utf-8?q?x=0D=0ABcc:_evil@x.y?=\r\n\r\nx";
    let told = explained(raw.as_bytes());
    assert!(!told.subject.contains(['\r', '\n']), "{}", told.subject);
    let names = [
        "../../etc/passwd",
        "..\\..\\win.ini",
        "/etc/passwd",
        ".htaccess",
        "=?utf-8?q?..=2F..=2Fx?=",
        "a/b/c",
        "\u{202e}gpj.exe",
        &"x".repeat(1000),
    ];
    let parts = repeated(names.len(), |n| {
        format!(
            "--x\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=\"{}\"\r\n\r\nx\r\n",
            names[n]
        )
    });
    let told = explained(&with(
        "Content-Type: multipart/mixed; boundary=x\r\n",
        &parts,
    ));
    assert_eq!(told.attachments.len(), names.len());
    for file in told.attachments {
        let name = file.name;
        assert!(
            !name.contains(['/', '\\', '\u{202e}']) && !name.starts_with('.') && name.len() <= 120,
            "{name}"
        );
    }
}

#[test]
fn bodies_without_end_are_decided_on_their_beginning() {
    let html = "Content-Type: text/html\r\n";
    let big = |unit: &str| unit.repeat(300_000 / unit.len());
    for (fields, body) in [
        ("", big("> quoted\r\n")),
        ("", big("From: x\r\n")),
        ("In-Reply-To: <x@y>\r\n", big("On 20 Nov 2026\r\n")),
        ("In-Reply-To: <x@y>\r\n", big("text wrote:\r\n")),
        ("", big("-- \r\n")),
        ("", big("\r\n")),
        ("", big("a")),
        (html, big("<div>")),
        (html, big("<blockquote type=cite>")),
        (html, big("<ul><li>a")),
        (html, big("<table><tr><td>")),
        (html, big("<a href=\"")),
        (html, big("<!-- ")),
        (html, big("&")),
        (html, big("<")),
    ] {
        let told = explained(&with(fields, &format!("{WORDS}\r\n\r\n{body}")));
        assert!(
            told.instruction.starts_with(WORDS),
            "{body:.40}: {:.80}",
            told.instruction
        );
        assert!(told.instruction.len() <= 32 * 1024);
    }
}

#[test]
fn what_is_no_mail_is_said_to_be_none() {
    for raw in [
        &b""[..],
        b"\r\n\r\n",
        b"just words",
        b"{}",
        &[0xFF; 1000],
        b": x\r\n\r\n",
    ] {
        assert_eq!(explained(raw).verdict, Verdict::Poison, "{raw:?}");
    }
    for raw in [
        "From: a@b.c",
        "From me Sat Nov 21\r\nFrom: a@b.c\r\n\r\nx",
        "\r\n\r\nFrom: a@b.c\r\n\r\nx",
    ] {
        assert_ne!(
            explained(raw.as_bytes()).verdict,
            Verdict::Poison,
            "{raw:?}"
        );
    }
}
