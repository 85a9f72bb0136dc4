use super::*;
use crate::domain::mail::parse;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x01\x00\0\0\x01\x00\x08";

fn png(more: &str) -> Vec<u8> {
    [PNG, more.as_bytes()].concat()
}

fn file(name: &str, content: &[u8]) -> Attachment {
    let mail = format!(
        "From: a@b.c\nContent-Type: application/octet-stream; name=\"{name}\"\nContent-Transfer-Encoding: base64\n\n{}\n",
        base64(content)
    );
    parse(mail.as_bytes()).unwrap().attachments.remove(0)
}

fn base64(content: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(content)
}

/// Sorts files of a mail that says this.
fn sorted<'a>(files: &'a [Attachment], text: &'a str) -> Sorted<'a> {
    sort(&Arrived {
        files,
        text,
        forwarded: None,
        screening: Screening::Clean,
        seen: Box::leak(Box::default()),
    })
}

fn kept<'a>(sorted: &Sorted<'a>) -> Vec<(&'a str, Option<u32>)> {
    let names = sorted.kept.iter();
    names
        .map(|kept| (kept.file.name.as_str(), kept.image))
        .collect()
}

fn refused<'s>(sorted: &'s Sorted<'_>) -> Vec<(&'s str, FileRefusal)> {
    let names = sorted.refused.iter();
    names.map(|one| (one.name.as_str(), one.reason)).collect()
}

#[test]
fn b12_what_is_kept_and_what_is_refused() {
    use FileRefusal as R;
    let table: &[(&str, &[u8], Option<FileRefusal>)] = &[
        ("logo.png", PNG, None),
        ("photo.heic", b"\0\0\0\x18ftypheic\0\0", None),
        ("photo.webp", b"RIFF\0\0\0\0WEBPVP8X", None),
        ("menu.pdf", b"%PDF-1.7\n", None),
        ("prices.csv", b"a;b\n1;2\n", None),
        ("old.doc", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", None),
        ("mail.eml", b"From: a@b.c\n\nx", None),
        ("page.html", b"<!doctype html><script>x()</script>", None),
        ("icon.svg", b"<svg><path d='M0 0'/></svg>", None),
        ("drawing.ai", b"\x01\x02\0\x03", None),
        ("icon2.svg", b"<svg onload='x()'/>", Some(R::ActiveSvg)),
        ("icon3.svg", b"\0\0<svg/>", Some(R::ActiveSvg)),
        ("picture.png", b"<svg onload='x()'/>", Some(R::ActiveSvg)),
        ("setup.exe", b"MZ\x90", Some(R::Program)),
        ("photo.jpg", b"MZ\x90", Some(R::Program)),
        ("invoice.pdf.scr", b"%PDF-1.7", Some(R::Program)),
        ("tool", b"\x7FELF", Some(R::Program)),
        ("run.txt", b"#!/bin/sh\nrm", Some(R::Script)),
        ("a.js", b"x()", Some(R::Script)),
        ("a.vbs", b"x", Some(R::Script)),
        ("a.bat", b"x", Some(R::Script)),
        ("a.ps1", b"x", Some(R::Script)),
        ("a.py", b"x", Some(R::Script)),
        ("all.zip", b"PK\x03\x04", Some(R::Archive)),
        ("all.docx", b"PK\x03\x04", Some(R::Archive)),
        ("all.rar", b"x", Some(R::Archive)),
        ("all.bin", b"7z\xBC\xAF\x27\x1C", Some(R::Archive)),
        ("sheet.xlsm", b"PK\x03\x04", Some(R::Macros)),
        ("winmail.dat", b"\x78\x9F\x3E\x22", Some(R::Tnef)),
        ("secret.pgp", b"x", Some(R::Encrypted)),
        ("nothing.pdf", b"", Some(R::Empty)),
    ];
    for (name, content, expected) in table {
        let files = [file(name, content)];
        let sorted = sorted(&files, "x");
        let refused = sorted.refused.first().map(|one| one.reason);
        assert_eq!(refused, *expected, "{name}");
        assert_eq!(sorted.kept.len(), usize::from(expected.is_none()), "{name}");
    }
}

#[test]
fn b12_the_type_is_what_the_bytes_say() {
    for (name, content, expected) in [
        ("logo.png", b"\xFF\xD8\xFF\xE0".as_slice(), "image/jpeg"),
        ("menu", b"%PDF-1.4", "application/pdf"),
        ("a.csv", b"x;y", "text/csv"),
        ("a.txt", b"x", "text/plain"),
        ("a.odd", b"\0\x01\x02", "application/octet-stream"),
        (
            "old.xls",
            b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
            "application/vnd.ms-excel",
        ),
        ("x.heic", b"\0\0\0\x18ftypheic\0\0", "image/heic"),
    ] {
        let files = [file(name, content)];
        assert_eq!(sorted(&files, "x").kept[0].content_type, expected, "{name}");
    }
    let heic = [file("x.heic", b"\0\0\0\x18ftypheic\0\0")];
    assert_eq!(sorted(&heic, "x").kept[0].notes, [FileNote::NotForBrowsers]);
}

#[test]
fn b12_b15_what_nobody_meant_to_send_is_ignored() {
    for (name, content, expected) in [
        (
            "p.gif",
            b"GIF89a\x01\0\x01\0".as_slice(),
            Ignored::TrackingPixel,
        ),
        ("invite.ics", b"BEGIN:VCALENDAR", Ignored::Invite),
        ("odd.txt", b"BEGIN:VCALENDAR", Ignored::Invite),
        ("me.vcf", b"BEGIN:VCARD", Ignored::Contact),
        ("smime.p7s", b"x", Ignored::MailSignature),
        (
            "key.asc",
            b"-----BEGIN PGP PUBLIC KEY BLOCK-----",
            Ignored::MailSignature,
        ),
    ] {
        let files = [file(name, content)];
        let sorted = sorted(&files, "x");
        assert_eq!(sorted.ignored, [(name, expected)]);
        assert!(sorted.kept.is_empty() && sorted.refused.is_empty());
    }
}

#[test]
fn b12_the_same_file_twice_is_one() {
    let files = [
        file("a.png", &png("1")),
        file("b.png", &png("2")),
        file("c.png", &png("1")),
    ];
    let sorted = sorted(&files, "see [image: c.png] and [image: b.png]");
    assert_eq!(kept(&sorted), [("a.png", Some(1)), ("b.png", Some(2))]);
    assert_eq!(sorted.ignored, [("c.png", Ignored::Twice)]);
    assert_eq!(sorted.text, "see [image 1: a.png] and [image 2: b.png]");
}

#[test]
fn b13_number_and_size_are_limited() {
    let many: Vec<_> = (0..27)
        .map(|n| file(&format!("{n}.txt"), format!("{n}").as_bytes()))
        .collect();
    let sorted_many = sorted(&many, "x");
    assert_eq!(sorted_many.kept.len(), 25);
    let over = [
        ("25.txt", FileRefusal::TooMany),
        ("26.txt", FileRefusal::TooMany),
    ];
    assert_eq!(refused(&sorted_many), over);

    let mut large: Vec<_> = ["a.txt", "b.txt", "c.txt", "d.txt"]
        .map(|name| file(name, name.as_bytes()))
        .into();
    for (file, mega) in large.iter_mut().zip([21, 19, 19, 3]) {
        file.content = vec![b'x'; mega * 1024 * 1024];
    }
    let sorted_large = sorted(&large, "x");
    let over = [
        ("a.txt", FileRefusal::TooLarge),
        ("d.txt", FileRefusal::TooLargeTogether),
    ];
    assert_eq!(refused(&sorted_large), over);
}

#[test]
fn e6_without_a_scan_nothing_is_opened() {
    let files = [
        file("logo.png", PNG),
        file("invite.ics", b"BEGIN:VCALENDAR"),
    ];
    let seen = HashSet::new();
    let sorted = sort(&Arrived {
        files: &files,
        text: "x",
        forwarded: None,
        screening: Screening::Unscanned,
        seen: &seen,
    });
    assert_eq!(refused(&sorted), [("logo.png", FileRefusal::NotScanned)]);
    assert_eq!(sorted.ignored, [("invite.ics", Ignored::Invite)]);
}

/// A mail as Outlook, Apple Mail or Gmail write it: HTML with images, and perhaps a plain text.
fn a_mail(plain: Option<&str>, html: &str, images: &[(&str, &str)]) -> Vec<Attachment> {
    parse(raw(plain, html, images).as_bytes())
        .unwrap()
        .attachments
}

fn raw(plain: Option<&str>, html: &str, images: &[(&str, &str)]) -> String {
    use std::fmt::Write as _;
    let mut mail = "From: a@b.c\nContent-Type: multipart/related; boundary=r\n\n--r\n".to_owned();
    if let Some(plain) = plain {
        write!(mail, "Content-Type: multipart/alternative; boundary=a\n\n--a\nContent-Type: text/plain\n\n{plain}\n--a\nContent-Type: text/html\n\n{html}\n--a--\n").unwrap();
    } else {
        write!(mail, "Content-Type: text/html\n\n{html}\n").unwrap();
    }
    for (name, id) in images {
        write!(mail, "--r\nContent-Type: image/png; name=\"{name}\"\nContent-ID: <{id}>\nContent-Disposition: inline; filename=\"{name}\"\nContent-Transfer-Encoding: base64\n\n{}\n", base64(&png(id))).unwrap();
    }
    mail + "--r--\n"
}

/// Words, kept files with their numbers, ignored files.
type Read = (String, Vec<(String, Option<u32>)>, Vec<(String, Ignored)>);

/// The words of a mail with its images, as intake sees them.
fn read(raw: &str) -> Read {
    let mail = parse(raw.as_bytes()).unwrap();
    let own = crate::domain::mail::visible(&mail);
    let seen = HashSet::new();
    let sorted = sort(&Arrived {
        files: &mail.attachments,
        text: &own.text,
        forwarded: own.forwarded.as_deref(),
        screening: Screening::Clean,
        seen: &seen,
    });
    (
        sorted.text.clone(),
        kept(&sorted)
            .into_iter()
            .map(|(name, n)| (name.to_owned(), n))
            .collect(),
        sorted
            .ignored
            .iter()
            .map(|(name, why)| ((*name).to_owned(), *why))
            .collect(),
    )
}

fn one(name: &str, number: u32) -> (String, Option<u32>) {
    (name.to_owned(), Some(number))
}

#[test]
fn b12_images_are_named_where_they_stand() {
    let html = "<p>Put <img src=\"cid:two@x\"> above <img src='cid:one@x' alt=odd>.</p>";
    let (text, kept, ignored) = read(&raw(None, html, &[("a.png", "one@x"), ("b.png", "two@x")]));
    assert_eq!(text, "Put [image 1: b.png] above [image 2: a.png].");
    assert_eq!(kept, [one("a.png", 2), one("b.png", 1)]);
    assert_eq!(ignored, []);
}

#[test]
fn b12_outlook_and_gmail_say_it_in_plain_text() {
    let html = "<p>Use <img src=\"cid:image001.png@01DA\"> as logo, please, on every page</p>";
    for plain in [
        "Use [cid:image001.png@01DA] as logo, please, on every page",
        "Use [image: logo.png] as logo, please, on every page",
        "Use as logo, please, on every page",
    ] {
        let (text, kept, _) = read(&raw(
            Some(plain),
            html,
            &[("logo.png", "image001.png@01DA")],
        ));
        assert_eq!(
            text, "Use [image 1: logo.png] as logo, please, on every page",
            "{plain}"
        );
        assert_eq!(kept, [one("logo.png", 1)]);
    }
}

#[test]
fn b12_images_of_quotes_and_signatures_come_with_the_quoted_mail() {
    let html = "<p>Use <img src=\"cid:new@x\"></p><div class=\"gmail_signature\">Ann <img src=\"cid:logo@x\"></div>\
                <blockquote type=\"cite\">old <img src=\"cid:old@x\"></blockquote>";
    let images = [
        ("logo.png", "logo@x"),
        ("old.png", "old@x"),
        ("new.png", "new@x"),
        ("extra.png", "extra@x"),
    ];
    let (text, kept, ignored) = read(&raw(None, html, &images));
    assert_eq!(text, "Use [image 1: new.png]");
    assert_eq!(kept, [one("new.png", 1), one("extra.png", 2)]);
    let quoted = |name: &str| (name.to_owned(), Ignored::Quoted);
    assert_eq!(ignored, [quoted("logo.png"), quoted("old.png")]);
}

#[test]
fn b5_an_image_of_a_signature_does_not_turn_plain_text_into_html() {
    let html =
        "<p>Use <b>this</b></p><div class=\"gmail_signature\"><img src=\"cid:logo@x\"></div>";
    let mail = raw(Some("Use *this*"), html, &[("logo.png", "logo@x")]);
    let (text, kept, ignored) = read(&mail);
    assert_eq!(text, "Use *this*");
    assert_eq!(kept, []);
    assert_eq!(ignored, [("logo.png".to_owned(), Ignored::Quoted)]);
}

#[test]
fn b12_a_logo_that_the_conversation_has_seen_is_ignored() {
    let html = "<p>Thanks<br>Ann <img src=\"cid:logo@x\"></p>";
    let files = a_mail(None, html, &[("logo.png", "logo@x"), ("new.png", "new@x")]);
    assert_eq!(recurring(&files).len(), 2);
    let seen = HashSet::from([files[0].sha256]);
    let sorted = sort(&Arrived {
        files: &files,
        text: "Thanks\nAnn [image: logo.png]",
        forwarded: None,
        screening: Screening::Clean,
        seen: &seen,
    });
    assert_eq!(sorted.text, "Thanks\nAnn");
    assert_eq!(sorted.ignored, [("logo.png", Ignored::SeenBefore)]);
    assert_eq!(kept(&sorted), [("new.png", Some(1))]);
    // what is attached is meant, however often
    let attached = [file("logo.png", &png("logo@x"))];
    assert_eq!(attached[0].sha256, files[0].sha256);
    assert!(recurring(&attached).is_empty());
}

#[test]
fn b12_files_that_are_left_out_are_said_to_be_in_the_text() {
    let files = [
        file("a.svg", b"<svg onload='x()'/>"),
        file("menu.pdf", b"%PDF-1.4"),
    ];
    let sorted = sorted(
        &files,
        "[image: a.svg] and [image: menu.pdf] and [image: other]",
    );
    assert_eq!(
        sorted.text,
        "[left out: a.svg] and [file: menu.pdf] and [image: other]"
    );
}

#[test]
fn b3_long_and_foreign_names_are_put_together() {
    for (field, expected) in [
        (
            "filename*0*=utf-8''M%C3%BC; filename*1*=nchen%20; filename*2=menu.pdf",
            "M\u{fc}nchen menu.pdf",
        ),
        ("filename=\"=?utf-8?B?TcO8LnBkZg==?=\"", "M\u{fc}.pdf"),
        ("filename=\"..\\\\..\\\\boot.ini\"", "boot.ini"),
        ("filename=\"../../etc/passwd\"", "passwd"),
    ] {
        let mail = format!(
            "From: a@b.c\nContent-Type: application/pdf\nContent-Disposition: attachment; {field}\n\nx"
        );
        assert_eq!(
            parse(mail.as_bytes()).unwrap().attachments[0].name,
            expected,
            "{field}"
        );
    }
}
