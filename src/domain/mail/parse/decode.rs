//! Transfer encodings and charsets: any bytes become text, nothing fails.

use std::borrow::Cow;

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;

/// A `Content-Transfer-Encoding`; what is unknown is taken as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TransferEncoding {
    Identity,
    Base64,
    QuotedPrintable,
}

impl TransferEncoding {
    pub(super) fn from_header(value: &str) -> Self {
        let token = value.trim();
        if token.eq_ignore_ascii_case("base64") {
            Self::Base64
        } else if token.eq_ignore_ascii_case("quoted-printable") {
            Self::QuotedPrintable
        } else {
            Self::Identity
        }
    }

    /// Undoes the encoding; garbage in it is skipped (B4).
    pub(super) fn decode(self, body: &[u8]) -> Cow<'_, [u8]> {
        match self {
            Self::Identity => Cow::Borrowed(body),
            Self::Base64 => Cow::Owned(base64_decode(body).unwrap_or_else(|| base64_lenient(body))),
            Self::QuotedPrintable => Cow::Owned(
                quoted_printable_decode(body).unwrap_or_else(|| quoted_printable_lenient(body)),
            ),
        }
    }
}

fn base64_lenient(body: &[u8]) -> Vec<u8> {
    let mut clean: Vec<u8> = body
        .iter()
        .copied()
        .filter(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'))
        .collect();
    // A single left-over character carries six bits: no byte.
    if clean.len() % 4 == 1 {
        clean.pop();
    }
    base64_decode(&clean).unwrap_or_default()
}

/// Keeps every escape that is none as the text it is.
fn quoted_printable_lenient(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte != b'=' {
            out.push(byte);
        } else if let [b'\r', b'\n', after @ ..] | [b'\n', after @ ..] = tail {
            rest = after;
        } else if let [high, low, after @ ..] = tail
            && let (Some(high), Some(low)) = (
                char::from(*high).to_digit(16),
                char::from(*low).to_digit(16),
            )
        {
            out.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
            rest = after;
        } else {
            out.push(b'=');
        }
    }
    out
}

/// Bytes without a charset label: UTF-8 if they are, else windows-1252 (B1).
pub(super) fn unlabelled(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => charset_decoder(b"windows-1252").map_or_else(
            || String::from_utf8_lossy(bytes),
            |decode| Cow::Owned(decode(bytes)),
        ),
    }
}

/// Decodes text by its label as far as the bytes bear it out (B1, B2); line ends become LF, NULs go.
pub(super) fn text(bytes: &[u8], charset: Option<&str>, encoding: TransferEncoding) -> String {
    normal_lines(&by_label(bytes, charset, encoding))
}

fn by_label<'x>(
    bytes: &'x [u8],
    charset: Option<&str>,
    encoding: TransferEncoding,
) -> Cow<'x, str> {
    if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        return unlabelled(rest);
    }
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return charset_decoder(b"utf-16")
            .map_or_else(|| unlabelled(bytes), |decode| Cow::Owned(decode(bytes)));
    }
    let label = charset
        .unwrap_or_default()
        .trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\''))
        .to_ascii_lowercase();
    if matches!(label.as_str(), "" | "utf-8" | "utf8" | "us-ascii" | "ascii") {
        return unlabelled(bytes);
    }
    // Some relays recode 8 bit text to UTF-8 and leave the label: bytes that are UTF-8 by chance are rare (B1).
    let is_wide =
        label.starts_with("utf-16") || label.starts_with("utf-32") || label.starts_with("ucs");
    // Senders, too, label UTF-8 as Latin-1 (B2), of which no written text is UTF-8 as well.
    let is_latin = matches!(
        label.as_str(),
        "iso-8859-1" | "latin1" | "windows-1252" | "cp1252"
    );
    if (encoding == TransferEncoding::Identity || is_latin)
        && !is_wide
        && !bytes.is_ascii()
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return Cow::Borrowed(text);
    }
    let label = match label.as_str() {
        "unicode-1-1-utf-7" => "utf-7",
        other => other,
    };
    charset_decoder(label.as_bytes())
        .map_or_else(|| unlabelled(bytes), |decode| Cow::Owned(decode(bytes)))
}

/// CRLF and lone CR become LF (B2); NUL and byte order marks are dropped.
fn normal_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut last_was_cr = false;
    for c in text.chars() {
        match c {
            '\r' => out.push('\n'),
            '\n' if last_was_cr => {}
            '\0' | '\u{FEFF}' => {}
            other => out.push(other),
        }
        last_was_cr = c == '\r';
    }
    out
}

/// Joins the lines of `format=flowed` text again (B4); a signature delimiter stays a line.
pub(super) fn unflow(text: &str, joins: FlowJoin) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open_depth = None;
    for line in text.split('\n') {
        let depth = line.bytes().take_while(|b| *b == b'>').count();
        let content = line.get(depth..).unwrap_or_default();
        let content = content.strip_prefix(' ').unwrap_or(content);
        if open_depth == Some(depth) {
            out.push_str(content);
        } else {
            if open_depth.is_some() {
                out.push('\n');
            }
            out.extend(std::iter::repeat_n('>', depth));
            if depth > 0 {
                out.push(' ');
            }
            out.push_str(content);
        }
        let flows = content.ends_with(' ') && content != "-- ";
        if flows {
            if joins == FlowJoin::DeleteSpace {
                out.pop();
            }
            open_depth = Some(depth);
        } else {
            out.push('\n');
            open_depth = None;
        }
    }
    if out.ends_with('\n') {
        out.pop();
    }
    out
}

/// What becomes of the space before a soft line break: the `DelSp` parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FlowJoin {
    KeepSpace,
    DeleteSpace,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn b1_text_is_decoded_by_label_and_by_what_the_bytes_are() {
        use TransferEncoding::{Base64, Identity};
        for (bytes, label, encoding, expected) in [
            (&b"caf\xe9"[..], Some("iso-8859-1"), Identity, "caf\u{e9}"),
            (b"\x80", Some("iso-8859-1"), Identity, "\u{20ac}"),
            (
                "caf\u{e9}".as_bytes(),
                Some("iso-8859-1"),
                Identity,
                "caf\u{e9}",
            ),
            ("\u{e9}".as_bytes(), Some("iso-8859-1"), Base64, "\u{e9}"),
            (b"caf\xe9", Some("utf-8"), Identity, "caf\u{e9}"),
            (b"caf\xe9", None, Identity, "caf\u{e9}"),
            (
                "caf\u{e9}".as_bytes(),
                Some(" \"UTF-8\" "),
                Identity,
                "caf\u{e9}",
            ),
            (
                "caf\u{e9}".as_bytes(),
                Some("x-unknown"),
                Identity,
                "caf\u{e9}",
            ),
            (b"\xbe\xc8", Some("ks_c_5601-1987"), Identity, "\u{c548}"),
            (b"\xc4\xe3", Some("gb2312"), Identity, "\u{4f60}"),
            (
                b"+ZYeB9FH6ckh5Pg-",
                Some("unicode-1-1-utf-7"),
                Identity,
                "\u{6587}\u{81f4}\u{51fa}\u{7248}\u{793e}",
            ),
            (b"\xff\xfea\0b\0", None, Identity, "ab"),
            (b"\xef\xbb\xbfab", Some("utf-8"), Identity, "ab"),
            (b"a\r\nb\rc\nd\0", None, Identity, "a\nb\nc\nd"),
        ] {
            assert_eq!(
                text(bytes, label, encoding),
                expected,
                "{bytes:?} {label:?}"
            );
        }
    }

    #[test]
    fn b4_broken_transfer_encodings_still_give_text() {
        use TransferEncoding::{Base64, QuotedPrintable};
        for (encoding, body, expected) in [
            (QuotedPrintable, "a=3Db=\r\nc", "a=bc"),
            (QuotedPrintable, "50% =XY of it =\nx=", "50% =XY of it x="),
            (Base64, "aGVsbG8=", "hello"),
            (Base64, "aGVs\r\nbG8", "hello"),
            (Base64, "aG*Vs!bG8=\n-- footer", "hello"),
        ] {
            let got = encoding.decode(body.as_bytes()).into_owned();
            let got = String::from_utf8_lossy(&got).into_owned();
            assert!(got.starts_with(expected), "{body:?} gave {got:?}");
        }
    }

    #[test]
    fn b4_flowed_lines_are_joined() {
        use FlowJoin::{DeleteSpace, KeepSpace};
        for (given, joins, expected) in [
            ("one \ntwo\nthree", KeepSpace, "one two\nthree"),
            ("one \ntwo", DeleteSpace, "onetwo"),
            ("> a \n> b\nc", KeepSpace, "> a b\nc"),
            ("> a \nb", KeepSpace, "> a \nb"),
            ("x\n-- \nAmelia", KeepSpace, "x\n-- \nAmelia"),
            (" >not a quote", KeepSpace, ">not a quote"),
            ("a\n\nb", KeepSpace, "a\n\nb"),
        ] {
            assert_eq!(unflow(given, joins), expected, "{given:?}");
        }
    }

    #[test]
    fn b4_soft_line_breaks_may_have_space_behind_them() {
        let decode = |body: &[u8]| TransferEncoding::QuotedPrintable.decode(body).into_owned();
        for (body, expected) in [
            (&b"a=\r\nb"[..], &b"ab"[..]),
            (b"a= \r\nb", b"ab"),
            (b"a=\t\nb", b"ab"),
            (b"a=", b"a"),
            (b"a=3D=e9=XY", b"a=\xe9=XY"),
        ] {
            assert_eq!(decode(body), expected, "{}", String::from_utf8_lossy(body));
        }
    }

    proptest! {
        #[test]
        fn b1_any_bytes_become_text(bytes in proptest::collection::vec(any::<u8>(), 0..200), label in "[a-z0-9-]{0,12}") {
            for encoding in [TransferEncoding::Identity, TransferEncoding::Base64, TransferEncoding::QuotedPrintable] {
                let decoded = encoding.decode(&bytes);
                let _text = text(&decoded, Some(&label), encoding);
            }
        }
    }
}
