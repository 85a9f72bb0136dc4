use proptest::prelude::*;

use super::*;

fn mail(text: &str) -> InboundMail {
    parse(text.as_bytes()).unwrap()
}

fn from(header: &str) -> Sender {
    mail(&format!("{header}\nSubject: x\n\nbody")).from
}

fn one(address: &str, name: Option<&str>) -> Sender {
    Sender::One {
        address: address.parse().unwrap(),
        name: name.map(str::to_owned),
    }
}

#[test]
fn a1_the_sender_is_exactly_one_mailbox() {
    for (header, expected) in [
        ("From: amelia@example.com", one("amelia@example.com", None)),
        (
            "From: Amelia <Amelia@Example.com>",
            one("amelia@example.com", Some("Amelia")),
        ),
        (
            "from : <amelia@example.com>",
            one("amelia@example.com", None),
        ),
        (
            "From: =?utf-8?q?Am=C3=A9lie?= <a@b.c>",
            one("a@b.c", Some("Am\u{e9}lie")),
        ),
        (
            "From: \"boss@client.com\" <evil@x.y>",
            one("evil@x.y", Some("boss@client.com")),
        ),
        (
            "From: a@b.c (boss@client.com)",
            one("a@b.c", Some("boss@client.com")),
        ),
        ("From: a@b.c, d@e.f", Sender::Several),
        ("From: a@b.c\nFrom: d@e.f", Sender::Several),
        ("From: a@b.c\nFROM: a@b.c", Sender::Several),
        ("From: a@b.c\n \nFrom: d@e.f", Sender::Several),
        ("From: team: a@b.c;", Sender::Several),
        ("From: undisclosed:;", Sender::Several),
        ("From: Amelia", Sender::None),
        ("From:", Sender::None),
        ("X-From: a@b.c", Sender::None),
        ("Resent-From: a@b.c", Sender::None),
    ] {
        assert_eq!(from(header), expected, "{header:?}");
    }
}

#[test]
fn a1_tricks_with_two_addresses_in_one_mailbox_are_no_identity() {
    for header in [
        "From: boss@client.com <evil@x.y>",
        "From: <boss@client.com><evil@x.y>",
        "From: boss@client.com evil@x.y",
        "From: <boss@client.com> evil@x.y",
    ] {
        assert_ne!(from(header), one("boss@client.com", None), "{header}");
        assert_eq!(
            from(header)
                .address()
                .map_or("evil@x.y", EmailAddress::as_str),
            "evil@x.y",
            "{header}"
        );
    }
    let padded = format!("From: a@b.c,{} <d@e.f>", " x".repeat(20_000));
    assert_eq!(from(&padded), Sender::Several);
}

#[test]
fn t1_recipients_come_in_the_order_of_belief() {
    let mail = mail(
        "X-Original-To: o@x.y\nDelivered-To: d@x.y\nCc: c@x.y, T@x.y\nTo: t@x.y, \"A, B\" <u@x.y>\n\
         Envelope-To: e@x.y\nX-Forwarded-To: f@x.y\nX-Envelope-To: xe@x.y\nFrom: a@b.c\n\n",
    );
    let order: Vec<&str> = mail.recipients.iter().map(EmailAddress::as_str).collect();
    assert_eq!(
        order,
        [
            "t@x.y", "u@x.y", "c@x.y", "d@x.y", "f@x.y", "e@x.y", "xe@x.y", "o@x.y"
        ]
    );
    assert_eq!(mail.routed(), mail.recipients);
    let first = mail.with_handover(Handover {
        recipients: vec!["rcpt@x.y".parse().unwrap(), "d@x.y".parse().unwrap()],
        is_bounce: false,
    });
    let order: Vec<&str> = first
        .recipients
        .iter()
        .take(3)
        .map(EmailAddress::as_str)
        .collect();
    assert_eq!(order, ["rcpt@x.y", "d@x.y", "t@x.y"]);
    assert_eq!(first.routed(), first.handover.recipients);
}

#[test]
fn e10_a_mail_without_an_id_gets_the_same_one_each_time() {
    let raw = "From: a@b.c\n\nhello";
    let (first, second) = (mail(raw), mail(raw));
    assert!(!first.has_own_id && first.message_id.domain() == "missing.hermes");
    assert_eq!(first.message_id, second.message_id);
    let given = mail("From: a@b.c\nMessage-Id: <X@y>\n\n");
    assert!(given.has_own_id && given.message_id.as_str() == "X@y");
}

#[test]
fn e9_the_content_hash_ignores_transport() {
    let hash = |text: &str| mail(text).content_hash;
    let plain = hash("From: a@b.c\n\ncaf\u{e9}\n");
    for same in [
        "From: a@b.c\r\nReceived: x\r\n\r\ncaf\u{e9}\r\n\r\n",
        "From: a@b.c\nContent-Transfer-Encoding: quoted-printable\nContent-Type: text/plain; charset=utf-8\n\ncaf=C3=A9\n",
        "From: a@b.c\nContent-Transfer-Encoding: base64\nContent-Type: text/plain; charset=iso-8859-1\n\nY2Fm6Q==\n",
    ] {
        assert_eq!(hash(same), plain, "{same}");
    }
    assert_ne!(hash("From: a@b.c\n\ncafe\n"), plain);
    let with_file = |file: &str| {
        hash(&format!(
            "From: a@b.c\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nhi\n--x\nContent-Type: image/png\n\n{file}\n--x--"
        ))
    };
    assert_ne!(with_file("one"), with_file("two"));
}

#[test]
fn t2_in_reply_to_and_references_are_read() {
    let mail =
        mail("From: a@b.c\nIn-Reply-To: Your mail <r@x>\nReferences: <1@x>\n <2@x><3@x>\n\n");
    assert_eq!(mail.in_reply_to[0].as_str(), "r@x");
    assert_eq!(mail.references.len(), 3);
}

#[test]
fn b5_the_text_is_plain_unless_plain_says_next_to_nothing() {
    let alternative = |plain: &str, html: &str| {
        mail(&format!(
            "From: a@b.c\nContent-Type: multipart/alternative; boundary=x\n\n--x\nContent-Type: text/plain\n\n{plain}\n\
             --x\nContent-Type: text/html\n\n{html}\n--x--"
        ))
    };
    let long = "<p>Please change the opening hours on the contact page to nine to five, Monday to Friday</p>";
    for (plain, html, text, source) in [
        (
            "Plain words",
            "<p>Html words</p>",
            "Plain words",
            BodySource::Plain,
        ),
        ("  \n", "<p>Html words</p>", "Html words", BodySource::Html),
        ("View", long, &long[3..long.len() - 4], BodySource::Html),
        (
            "Short",
            "<p>Shorter</p><style>very long style sheet that nobody ever sees, at all</style>",
            "Short",
            BodySource::Plain,
        ),
    ] {
        let body = alternative(plain, html).body;
        assert_eq!((body.text.trim(), body.source), (text, source), "{plain:?}");
    }
    let only = mail("From: a@b.c\nContent-Type: text/html\n\n<p>Html</p>");
    assert!(only.is_html_only() && only.body.text == "Html");
    assert_eq!(mail("From: a@b.c\n\n").body.source, BodySource::Nothing);
}

#[test]
fn b5_texts_around_a_picture_are_joined_and_named_texts_are_files() {
    let mail = mail(
        "From: a@b.c\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nbefore\n--x\nContent-Type: image/png; name=p.png\n\
         Content-Transfer-Encoding: base64\n\naGk=\n--x\nContent-Type: text/plain\n\nafter\n--x\n\
         Content-Type: text/plain\nContent-Disposition: attachment; filename*=utf-8''n%C3%B6te.txt\n\nnote\n--x\n\
         Content-Type: message/rfc822\n\nFrom: e@v.il\n\nnot an instruction\n--x\nContent-Type: text/calendar\n\nBEGIN\n--x--",
    );
    assert_eq!(mail.body.text, "before\n\nafter");
    let files: Vec<(&str, &[u8])> = mail
        .attachments
        .iter()
        .map(|a| (a.name.as_str(), a.content.as_slice()))
        .collect();
    assert_eq!(files[0], ("p.png", &b"hi"[..]));
    assert_eq!(files[1], ("n\u{f6}te.txt", &b"note"[..]));
    assert_eq!((files[2].0, files.len()), ("attachment.eml", 3));
    assert_eq!(mail.media.len(), 7);
}

#[test]
fn b2_bare_carriage_returns_and_leading_blank_lines_are_forgiven() {
    let mail = mail("\r\rFrom: a@b.c\rSubject: Hi\r\rline one\rline two\r");
    assert_eq!(
        (mail.subject.as_str(), mail.body.text.trim()),
        ("Hi", "line one\nline two")
    );
}

#[test]
fn b14_encrypted_mail_is_told() {
    assert!(
        mail("From: a@b.c\nContent-Type: multipart/encrypted; boundary=x\n\n--x--").is_encrypted()
    );
    assert!(!mail("From: a@b.c\n\nx").is_encrypted());
}

#[test]
fn what_is_no_mail_is_refused() {
    for (bytes, expected) in [
        (&b""[..], NotAMail::Empty),
        (b" \r\n\t\n", NotAMail::Empty),
        (b"{\"from\": \"a@b.c\"}", NotAMail::NoHeader),
        (b"{\n  \"From\": \"a@b.c\"\n}", NotAMail::NoHeader),
        (b"Dear all,\nFrom: me\n\nhello", NotAMail::NoHeader),
        (b"Please note: this is prose\n", NotAMail::NoHeader),
        (b"<html><body>From: x</body></html>", NotAMail::NoHeader),
        (b"\x00\x01\x02\xff", NotAMail::NoHeader),
        (b"PK\x03\x04zip", NotAMail::NoHeader),
    ] {
        assert_eq!(parse(bytes), Err(expected), "{bytes:?}");
    }
}

#[test]
fn b5_hostile_mails_are_read_in_linear_time() {
    let nested = "Content-Type: message/rfc822\n\n".repeat(200_000);
    assert!(parse(format!("From: a@b.c\n{nested}").as_bytes()).is_ok());
    let words = format!("From: a@b.c\nSubject: {}\n\nx", "=?x?q? ".repeat(50_000));
    assert!(parse(words.as_bytes()).is_ok());
    let many = format!("From: a@b.c\n{}\nx", "To: a@b.c\n".repeat(100_000));
    assert_eq!(mail(&many).body.text, "x");
    let attributes = format!(
        "From: a@b.c\nContent-Type: text/plain{}\n\nx",
        "; a*0*=b".repeat(50_000)
    );
    assert!(parse(attributes.as_bytes()).is_ok());
}

proptest! {
    #[test]
    fn any_bytes_are_read_the_same_twice(
        head in "(From|To|Content-Type|Subject|Date|References): [a-z@<>;=/\"?*,.\\PC]{0,40}\r?\n",
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
    ) {
        let raw = [head.as_bytes(), &bytes].concat();
        prop_assert_eq!(parse(&raw), parse(&raw));
        prop_assert_eq!(parse(&bytes), parse(&bytes));
    }

    #[test]
    fn b5_multiparts_of_any_shape_are_read(parts in proptest::collection::vec(
        "(--x(--)?|Content-Type: (text/html|multipart/mixed; boundary=x|multipart/alternative; boundary=y|message/rfc822)|--y|<p>|)\r?\n",
        0..30,
    )) {
        let raw = format!("From: a@b.c\nContent-Type: multipart/mixed; boundary=x\n\n{}", parts.concat());
        prop_assert!(parse(raw.as_bytes()).is_ok());
    }

    #[test]
    fn b5_plain_text_survives_whole(text in "[a-z][a-zA-Z0-9 .,:!?\u{e9}\u{4f60}\n-]{1,300}") {
        let raw = format!("From: a@b.c\n\n{text}");
        prop_assert_eq!(parse(raw.as_bytes()).unwrap().body.text, text);
    }
}

#[test]
fn b2_a_mail_that_is_utf16_as_a_whole_is_read() {
    let text = "From: a@b.c\r\nSubject: Café\r\n\r\nMake it blue 🎨";
    for (mark, order) in [
        ([0xFF, 0xFE], u16::to_le_bytes as fn(u16) -> [u8; 2]),
        ([0xFE, 0xFF], u16::to_be_bytes),
    ] {
        let raw: Vec<u8> = mark
            .into_iter()
            .chain(text.encode_utf16().flat_map(order))
            .collect();
        let mail = parse(&raw).unwrap();
        assert_eq!(
            (mail.subject.as_str(), mail.body.text.as_str()),
            ("Café", "Make it blue 🎨")
        );
    }
}
