//! What a file is, by its first bytes.

use super::reason::Ignored;

/// What kind of thing a file is, as far as the policy asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// A picture of pixels.
    Image,
    /// A picture that may hold code.
    Svg,
    /// Anything else that is looked at or read.
    Material,
    Program,
    Script,
    Archive,
    /// A zip: an archive, unless its content makes it a document.
    Zip,
    /// The container of older office documents, and of more.
    Ole,
    Tnef,
    Encrypted,
    /// What nobody attached on purpose.
    Left(Ignored),
}

/// The class, and the type for the agent; none when the bytes do not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) class: Class,
    pub(super) content_type: Option<&'static str>,
}

/// Bytes at a place, and what begins so. The first row that fits counts.
type Row = (usize, &'static [u8], Class, &'static str);

const PROGRAM: &str = "application/x-executable";
const MAGIC: [Row; 62] = [
    (0, b"MZ", Class::Program, PROGRAM),
    (0, b"\x7FELF", Class::Program, PROGRAM),
    (0, b"\xFE\xED\xFA\xCE", Class::Program, PROGRAM), // Mach-O
    (0, b"\xFE\xED\xFA\xCF", Class::Program, PROGRAM),
    (0, b"\xCE\xFA\xED\xFE", Class::Program, PROGRAM),
    (0, b"\xCF\xFA\xED\xFE", Class::Program, PROGRAM),
    (0, b"\xCA\xFE\xBA\xBE", Class::Program, PROGRAM), // Mach-O for several machines, and Java
    (0, b"\xBE\xBA\xFE\xCA", Class::Program, PROGRAM),
    (0, b"\0asm", Class::Program, PROGRAM),
    (0, b"dex\n", Class::Program, PROGRAM),
    (0, b"L\0\0\0\x01\x14\x02\0", Class::Program, PROGRAM), // a shortcut of Windows
    (0, b"!<arch>\n", Class::Program, PROGRAM),
    (0, b"\xED\xAB\xEE\xDB", Class::Program, PROGRAM), // an RPM
    (0, b"ITSF", Class::Program, PROGRAM),             // compiled help
    (0, b"Cr24", Class::Program, PROGRAM),             // a browser's extension
    (0, b"#!", Class::Script, "text/x-script"),
    (0, b"\xEF\xBB\xBF#!", Class::Script, "text/x-script"),
    (0, b"\x78\x9F\x3E\x22", Class::Tnef, "application/ms-tnef"),
    (0, b"PK\x03\x04", Class::Zip, "application/zip"),
    (0, b"PK\x05\x06", Class::Archive, "application/zip"),
    (0, b"PK\x07\x08", Class::Archive, "application/zip"),
    (0, b"Rar!\x1A\x07", Class::Archive, "application/vnd.rar"),
    (
        0,
        b"7z\xBC\xAF\x27\x1C",
        Class::Archive,
        "application/x-7z-compressed",
    ),
    (0, b"\x1F\x8B", Class::Archive, "application/gzip"),
    (0, b"\x1F\x9D", Class::Archive, "application/x-compress"),
    (0, b"\x1F\xA0", Class::Archive, "application/x-compress"),
    (0, b"BZh", Class::Archive, "application/x-bzip2"),
    (0, b"\xFD7zXZ\0", Class::Archive, "application/x-xz"),
    (0, b"\x28\xB5\x2F\xFD", Class::Archive, "application/zstd"),
    (0, b"\x04\x22\x4D\x18", Class::Archive, "application/x-lz4"),
    (0, b"LZIP", Class::Archive, "application/x-lzip"),
    (
        0,
        b"MSCF",
        Class::Archive,
        "application/vnd.ms-cab-compressed",
    ),
    (0, b"MSWIM\0\0\0", Class::Archive, "application/x-ms-wim"),
    (0, b"xar!", Class::Archive, "application/x-xar"),
    (2, b"-lh", Class::Archive, "application/x-lzh"),
    (7, b"**ACE**", Class::Archive, "application/x-ace"),
    (257, b"ustar", Class::Archive, "application/x-tar"),
    (
        0x8001,
        b"CD001",
        Class::Archive,
        "application/x-iso9660-image",
    ),
    (
        0,
        b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
        Class::Ole,
        "application/x-ole-storage",
    ),
    (0, b"\x89PNG\r\n\x1A\n", Class::Image, "image/png"),
    (0, b"\xFF\xD8\xFF", Class::Image, "image/jpeg"),
    (0, b"GIF87a", Class::Image, "image/gif"),
    (0, b"GIF89a", Class::Image, "image/gif"),
    (8, b"WEBP", Class::Image, "image/webp"),
    (0, b"\0\0\x01\0", Class::Image, "image/x-icon"),
    (0, b"II*\0", Class::Image, "image/tiff"),
    (0, b"MM\0*", Class::Image, "image/tiff"),
    (
        0,
        b"8BPS\0\x01",
        Class::Material,
        "image/vnd.adobe.photoshop",
    ),
    (0, b"%PDF-", Class::Material, "application/pdf"),
    (0, b"%!PS", Class::Material, "application/postscript"),
    (0, b"{\\rtf", Class::Material, "application/rtf"),
    (0, b"wOFF", Class::Material, "font/woff"),
    (0, b"wOF2", Class::Material, "font/woff2"),
    (0, b"OTTO", Class::Material, "font/otf"),
    (0, b"\0\x01\0\0\0", Class::Material, "font/ttf"),
    (8, b"WAVE", Class::Material, "audio/wav"),
    (8, b"AVI ", Class::Material, "video/x-msvideo"),
    (0, b"OggS", Class::Material, "audio/ogg"),
    (0, b"fLaC", Class::Material, "audio/flac"),
    (0, b"ID3", Class::Material, "audio/mpeg"),
    (0, b"\x1A\x45\xDF\xA3", Class::Material, "video/webm"),
    (0, b"\0\0\x01\xBA", Class::Material, "video/mpeg"),
];

/// Brands of the container that photos and films of phones come in.
const BRANDS: [(&[u8], Class, &str); 12] = [
    (b"heic", Class::Image, "image/heic"),
    (b"heix", Class::Image, "image/heic"),
    (b"heim", Class::Image, "image/heic"),
    (b"heis", Class::Image, "image/heic"),
    (b"hevc", Class::Image, "image/heic"),
    (b"mif1", Class::Image, "image/heif"),
    (b"msf1", Class::Image, "image/heif"),
    (b"avif", Class::Image, "image/avif"),
    (b"avis", Class::Image, "image/avif"),
    (b"qt  ", Class::Material, "video/quicktime"),
    (b"M4A ", Class::Material, "audio/mp4"),
    (b"", Class::Material, "video/mp4"),
];

/// How each kind of text begins, lower-case. The first row that fits counts.
const TEXTS: [(&str, Class, Option<&str>); 13] = [
    (
        "begin:vcalendar",
        Class::Left(Ignored::Invite),
        Some("text/calendar"),
    ),
    (
        "begin:vcard",
        Class::Left(Ignored::Contact),
        Some("text/vcard"),
    ),
    (
        "-----begin pgp signature",
        Class::Left(Ignored::MailSignature),
        None,
    ),
    (
        "-----begin pgp public key",
        Class::Left(Ignored::MailSignature),
        None,
    ),
    ("-----begin pgp message", Class::Encrypted, None),
    ("-----begin pkcs7", Class::Encrypted, None),
    ("<?php", Class::Script, Some("text/x-script")),
    ("<script", Class::Script, Some("text/x-script")),
    ("<svg", Class::Svg, Some("image/svg+xml")),
    ("<!doctype svg", Class::Svg, Some("image/svg+xml")),
    ("<!doctype html", Class::Material, Some("text/html")),
    ("<html", Class::Material, Some("text/html")),
    ("", Class::Material, Some("text/plain")),
];

/// Bytes at the front that are looked at to tell text from the rest.
const HEAD: usize = 8 * 1024;

/// What a file is by its bytes; none when they tell nothing.
pub(super) fn sniff(content: &[u8]) -> Option<Kind> {
    let is_text = is_text(content);
    let row = MAGIC.iter().find(|(at, magic, ..)| {
        let begins = content
            .get(*at..)
            .is_some_and(|tail| tail.starts_with(magic));
        begins && (!is_text || is_of_text(magic))
    });
    if let Some((.., class, content_type)) = row {
        return Some(Kind {
            class: *class,
            content_type: Some(content_type),
        });
    }
    boxed(content).or_else(|| text(content))
}

/// Whether the front has no byte that a text has not: a menu that begins with `MZ` is no program.
fn is_text(content: &[u8]) -> bool {
    const FRONT: usize = 1024;
    let front = content.get(..FRONT).unwrap_or(content);
    let is_odd = |b: &u8| b.is_ascii_control() && !b.is_ascii_whitespace() && *b != 0x1B;
    let begins_as_utf8 = match std::str::from_utf8(content.get(..4).unwrap_or(content)) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(), // cut within a letter
    };
    begins_as_utf8 && !front.iter().any(is_odd)
}

/// Whether this is a magic number of a text.
fn is_of_text(magic: &[u8]) -> bool {
    matches!(
        magic,
        b"#!"
            | b"\xEF\xBB\xBF#!"
            | b"%PDF-"
            | b"%!PS"
            | b"{\\rtf"
            | b"!<arch>\n"
            | b"GIF87a"
            | b"GIF89a"
    )
}

/// `....ftyp<brand>`.
fn boxed(content: &[u8]) -> Option<Kind> {
    let brand = content.get(4..12)?.strip_prefix(b"ftyp")?;
    let (_, class, content_type) = BRANDS.iter().find(|(known, ..)| brand.starts_with(known))?;
    Some(Kind {
        class: *class,
        content_type: Some(content_type),
    })
}

fn text(content: &[u8]) -> Option<Kind> {
    let head = content.get(..HEAD).unwrap_or(content);
    let is_wide = head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF");
    if is_wide {
        return wide(content, head);
    }
    if head.contains(&0) {
        return None;
    }
    let start = first_words(&String::from_utf8_lossy(head));
    let is_svg = || start.starts_with('<') && has_svg_root(&start);
    TEXTS
        .iter()
        .find(|(begin, ..)| start.starts_with(begin))
        .map(|(_, class, content_type)| {
            let (class, content_type) = if *class == Class::Material && is_svg() {
                (Class::Svg, Some("image/svg+xml"))
            } else {
                (*class, *content_type)
            };
            Kind {
                class,
                content_type,
            }
        })
}

/// UTF-16: what is markup there cannot be checked, and is no picture.
fn wide(content: &[u8], head: &[u8]) -> Option<Kind> {
    let shown: Vec<u8> = head.iter().copied().filter(|b| *b != 0).collect();
    let start = first_words(&String::from_utf8_lossy(shown.get(2..)?));
    let class = if has_svg_root(&start) {
        Class::Svg
    } else {
        Class::Material
    };
    (content.len() > 2).then_some(Kind {
        class,
        content_type: Some("text/plain"),
    })
}

/// The front without what may stand before the words, lower-case.
fn first_words(head: &str) -> String {
    head.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}')
        .to_ascii_lowercase()
}

/// Whether the root element of markup is an SVG's, with or without a prefix.
fn has_svg_root(start: &str) -> bool {
    let mut rest = start;
    while let Some(at) = rest.find('<') {
        rest = rest.get(at + 1..).unwrap_or_default();
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, behind)| behind);
        } else if rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            let name = rest
                .split(|c: char| c.is_whitespace() || matches!(c, '>' | '/'))
                .next()
                .unwrap_or_default();
            return name == "svg" || name.ends_with(":svg");
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(content: &[u8]) -> Option<Class> {
        sniff(content).map(|kind| kind.class)
    }

    #[test]
    fn b12_the_bytes_tell_what_a_file_is() {
        let tar = [&[b'a'; 257][..], b"ustar\0"].concat();
        for (content, expected) in [
            (b"MZ\x90\0".as_slice(), Some(Class::Program)),
            (b"MZ is open on Mondays", Some(Class::Material)),
            ("MZ \u{e9}t\u{e9}".as_bytes(), Some(Class::Material)),
            (b"OTTO's pizza", Some(Class::Material)),
            (b"\x7FELF\x02", Some(Class::Program)),
            (b"\xCF\xFA\xED\xFE\x07", Some(Class::Program)),
            (b"\xCA\xFE\xBA\xBE\0", Some(Class::Program)),
            (b"#!/bin/sh\n", Some(Class::Script)),
            (b"<?php echo 1;", Some(Class::Script)),
            (b"PK\x03\x04\x14", Some(Class::Zip)),
            (b"Rar!\x1A\x07\x01", Some(Class::Archive)),
            (&tar, Some(Class::Archive)),
            (b"\x78\x9F\x3E\x22xx", Some(Class::Tnef)),
            (b"\0\0\0\x18ftypheic\0", Some(Class::Image)),
            (b"\0\0\0\x18ftypisom\0", Some(Class::Material)),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some(Class::Image)),
            (b"%PDF-1.7\n", Some(Class::Material)),
            (b"BEGIN:VCALENDAR\r\n", Some(Class::Left(Ignored::Invite))),
            (b"-----BEGIN PGP MESSAGE-----\n", Some(Class::Encrypted)),
            (b"<svg xmlns='x'/>", Some(Class::Svg)),
            (
                b"<?xml version='1.0'?>\n<!-- <a> -->\n<s:svg>",
                Some(Class::Svg),
            ),
            (
                b"<?xml version='1.0'?><menu><svg/></menu>",
                Some(Class::Material),
            ),
            (b"\xFF\xFE<\0s\0v\0g\0>\0", Some(Class::Svg)),
            (b"Monday 9-5\n", Some(Class::Material)),
            (b"\0\x02\x03", None),
            (b"", Some(Class::Material)),
        ] {
            assert_eq!(
                class(content),
                expected,
                "{:?}",
                String::from_utf8_lossy(content)
            );
        }
    }

    #[test]
    fn b12_text_of_another_charset_is_text() {
        assert_eq!(class(b"caf\xE9 ouvert\n"), Some(Class::Material));
        assert_eq!(class(b"\xFF\xFEh\0i\0"), Some(Class::Material));
    }
}
