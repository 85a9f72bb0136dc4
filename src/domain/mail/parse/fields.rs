//! The header block: splitting it into fields, and reading single fields.

use std::borrow::Cow;

use mail_parser::parsers::MessageStream;
use mail_parser::{Addr, Address, ContentType, HeaderValue};

use super::decode;

/// Bytes of a header block in which every field is kept; behind them only the [`VITAL`] ones are.
const MAX_BLOCK: usize = 1024 * 1024;
/// Fields of one header block that are kept, and as many vital ones behind them.
const MAX_FIELDS: usize = 2000;
/// Fields that are seen wherever they stand: without them nobody would know what a mail is, or a second `From` could hide
/// behind a hundred thousand fields (A1).
const VITAL: [&str; 20] = [
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Return-Path",
    "Delivered-To",
    "Auto-Submitted",
    "Authentication-Results",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "Content-Disposition",
    "X-Failed-Recipients",
    "X-Hermes-Loop",
];
/// Longest value that is given to a decoder, whose worst cases are not linear.
const MAX_DECODED: usize = 16 * 1024;

/// One field as it stands in the mail: the value still folded and encoded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field<'x> {
    pub(super) name: &'x str,
    pub(super) value: &'x [u8],
}

impl Field<'_> {
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// Whether the value is too long to be decoded whole.
    pub(super) const fn is_overlong(&self) -> bool {
        self.value.len() > MAX_DECODED
    }

    /// The value as the decoders want it: bounded, UTF-8 (B3: some write raw 8 bit), ended by a line end.
    fn for_decoder(&self) -> Vec<u8> {
        let bounded = self.value.get(..MAX_DECODED).unwrap_or(self.value);
        let mut text = decode::unlabelled(bounded).into_owned().into_bytes();
        while text.last().is_some_and(u8::is_ascii_whitespace) {
            text.pop();
        }
        text.push(b'\n');
        text
    }

    /// Unfolded text with encoded words decoded (B3) and control characters gone.
    pub(super) fn text(&self) -> String {
        let input = self.for_decoder();
        let value = MessageStream::new(&input).parse_unstructured();
        clean(value.as_text().unwrap_or_default())
    }

    /// Unfolded text, nothing decoded.
    pub(super) fn raw_text(&self) -> String {
        let text = decode::unlabelled(self.value);
        let mut out = String::with_capacity(text.len());
        for line in text.split('\n') {
            let line = line.trim_end_matches('\r');
            // A fold is one space, whatever whitespace made it.
            let piece = if out.is_empty() {
                line
            } else {
                line.trim_start()
            };
            if !out.is_empty() && !piece.is_empty() {
                out.push(' ');
            }
            out.push_str(piece);
        }
        clean(&out)
    }

    /// The mailboxes of an address list, and whether group syntax was used.
    pub(super) fn mailboxes(&self) -> (Vec<Mailbox>, bool) {
        let input = self.for_decoder();
        match MessageStream::new(&input).parse_address() {
            HeaderValue::Address(Address::List(list)) => {
                (list.into_iter().map(mailbox).collect(), false)
            }
            HeaderValue::Address(Address::Group(groups)) => {
                let members = groups.into_iter().flat_map(|group| group.addresses);
                (members.map(mailbox).collect(), true)
            }
            HeaderValue::Text(_)
            | HeaderValue::TextList(_)
            | HeaderValue::DateTime(_)
            | HeaderValue::ContentType(_)
            | HeaderValue::Received(_)
            | HeaderValue::Empty => (Vec::new(), false),
        }
    }

    /// Seconds since the epoch of a date field.
    pub(super) fn date(&self) -> Option<i64> {
        let input = self.for_decoder();
        let value = MessageStream::new(&input).parse_date();
        value
            .as_datetime()
            .filter(|date| date.is_valid())
            .map(mail_parser::DateTime::to_timestamp)
    }

    /// A `Content-Type` or `Content-Disposition` value.
    pub(super) fn content_type(&self) -> Option<ContentType<'static>> {
        let input = self.for_decoder();
        MessageStream::new(&input)
            .parse_content_type()
            .into_content_type()
            .map(|value| ContentType {
                c_type: value.c_type.into_owned().into(),
                c_subtype: value.c_subtype.map(|text| text.into_owned().into()),
                attributes: value.attributes.map(|list| {
                    list.into_iter()
                        .map(|a| mail_parser::Attribute {
                            name: a.name.into_owned().into(),
                            value: a.value.into_owned().into(),
                        })
                        .collect()
                }),
            })
    }
}

/// One entry of an address list.
#[derive(Debug, Clone)]
pub(super) struct Mailbox {
    pub(super) name: Option<String>,
    pub(super) address: Option<String>,
}

fn mailbox(addr: Addr<'_>) -> Mailbox {
    let text = |value: Cow<'_, str>| Some(clean(&value)).filter(|text| !text.is_empty());
    Mailbox {
        name: addr.name.and_then(text),
        address: addr.address.and_then(text),
    }
}

/// Trims, and drops what could end a line or hide text.
fn clean(text: &str) -> String {
    text.trim().chars().filter(|c| !c.is_control()).collect()
}

/// Splits an entity into its fields and its body.
///
/// Lines that are no field are skipped, so that a second `From` behind one is still seen. An entity whose first line is
/// no field has no header block: all of it is body.
pub(super) fn split(entity: &[u8]) -> (Vec<Field<'_>>, &[u8]) {
    let mut fields: Vec<Field<'_>> = Vec::new();
    let mut rest = entity;
    let is_kept = |field: &Field<'_>, kept: usize, at: usize| {
        kept < MAX_FIELDS && at < MAX_BLOCK
            || kept < 2 * MAX_FIELDS && VITAL.iter().any(|name| field.is(name))
    };
    loop {
        let (line, after) = split_line(rest);
        if line.is_empty() {
            return (fields, after);
        }
        let (value_end, next) = unfolded_end(after);
        let field_bytes = rest
            .get(..line_len(rest, after) + value_end)
            .unwrap_or_default();
        match field(field_bytes) {
            Some(field) if is_kept(&field, fields.len(), entity.len() - rest.len()) => {
                fields.push(field);
            }
            None if fields.is_empty() && !is_mailbox_line(line) => return (fields, entity),
            // Odd lines, and fields beyond the limits, are skipped: the body is still found.
            Some(_) | None => {}
        }
        if next.is_empty() {
            return (fields, next);
        }
        rest = next;
    }
}

const fn line_len(rest: &[u8], after: &[u8]) -> usize {
    rest.len() - after.len()
}

/// The first line without its end, and what follows it.
pub(super) fn split_line(text: &[u8]) -> (&[u8], &[u8]) {
    let (line, after) = match text.iter().position(|b| *b == b'\n') {
        Some(at) => (text.get(..at), text.get(at + 1..)),
        None => (Some(text), None),
    };
    let line = line.unwrap_or_default();
    (
        line.strip_suffix(b"\r").unwrap_or(line),
        after.unwrap_or_default(),
    )
}

/// How many bytes of continuation lines follow, and what comes behind them.
fn unfolded_end(after: &[u8]) -> (usize, &[u8]) {
    let mut rest = after;
    while matches!(rest.first(), Some(b' ' | b'\t')) {
        // A line of blanks is a fold too, as it is for whoever authenticated the sender: another reading could hide a
        // second `From` from one of the two.
        let (_, next) = split_line(rest);
        rest = next;
    }
    (after.len() - rest.len(), rest)
}

fn field(bytes: &[u8]) -> Option<Field<'_>> {
    let colon = bytes.iter().take(128).position(|b| *b == b':')?;
    let name = bytes.get(..colon)?.trim_ascii_end();
    let is_name = !name.is_empty() && name.iter().all(|b| (33..=126).contains(b));
    Some(Field {
        name: std::str::from_utf8(name).ok().filter(|_| is_name)?,
        value: bytes.get(colon + 1..)?,
    })
}

/// The fields of a mail as text: names as written, values unfolded but not decoded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    pub(super) fn from_fields(fields: &[Field<'_>]) -> Self {
        Self(
            fields
                .iter()
                .map(|f| (f.name.to_owned(), f.raw_text()))
                .collect(),
        )
    }

    /// The first value of a field; names are compared without case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|(given, _)| given.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Every value of a field, top first.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.iter()
            .filter(move |(given, _)| given.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Without the fields of these names.
    pub(super) fn without(mut self, is_out: impl Fn(&str) -> bool) -> Self {
        self.0.retain(|(name, _)| !is_out(name));
        self
    }

    /// Every field, top first.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// The line with which mailbox files begin a mail, quoted as some programs do when they return one.
fn is_mailbox_line(line: &[u8]) -> bool {
    line.strip_prefix(b">")
        .unwrap_or(line)
        .starts_with(b"From ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(entity: &str) -> (Vec<String>, String) {
        let (fields, body) = split(entity.as_bytes());
        let names = fields.iter().map(|f| f.name.to_owned()).collect();
        (names, String::from_utf8_lossy(body).into_owned())
    }

    #[test]
    fn b2_any_line_end_and_odd_lines_are_tolerated() {
        for (entity, fields, body) in [
            ("A: 1\r\nB: 2\r\n\r\nbody\r\n", vec!["A", "B"], "body\r\n"),
            ("A: 1\nB : 2\n\nbody", vec!["A", "B"], "body"),
            ("A: 1\n folded\n\tmore\nB: 2\n\nx", vec!["A", "B"], "x"),
            ("A: 1\nno field here\nB: 2\n\nx", vec!["A", "B"], "x"),
            ("A: 1\n \t\nB: 2\n\nbody", vec!["A", "B"], "body"),
            ("\nbody", vec![], "body"),
            ("no field\n\nbody", vec![], "no field\n\nbody"),
            ("From me Sat Nov 21\nA: 1\n\nx", vec!["A"], "x"),
            (">From me Sat Nov 21\nA: 1\n\nx", vec!["A"], "x"),
            ("A: 1", vec!["A"], ""),
            ("", vec![], ""),
        ] {
            let (got, rest) = names(entity);
            assert_eq!(got, fields, "{entity:?}");
            assert_eq!(rest, body, "{entity:?}");
        }
    }

    #[test]
    fn a1_a_sender_is_seen_wherever_it_stands() {
        let many = "X-Filler: x\r\n".repeat(100_000);
        let long = format!("Subject: {}\r\n", "a".repeat(4_000_000));
        for (before, kept) in [(many, MAX_FIELDS + 1), (long, 2)] {
            let (fields, body) = names(&format!("{before}From: a@b.c\r\nX-Last: y\r\n\r\nbody"));
            assert_eq!((fields.len(), body.as_str()), (kept, "body"));
            assert_eq!(fields.last().unwrap(), "From");
        }
    }

    #[test]
    fn b3_header_text_is_decoded() {
        for (value, expected) in [
            (&b" plain\r\n"[..], "plain"),
            (b" =?utf-8?q?caf=C3=A9_au_lait?=\r\n", "caf\u{e9} au lait"),
            (b" =?UTF-8?B?w6k=?=\r\n =?UTF-8?B?w6k=?=", "\u{e9}\u{e9}"),
            (b" =?iso-8859-1?Q?=E9?= x", "\u{e9} x"),
            (b" caf\xe9", "caf\u{e9}"),
            (" caf\u{e9}".as_bytes(), "caf\u{e9}"),
            (b" a\r\n b", "a b"),
            (b" a\0b", "ab"),
            (b"", ""),
        ] {
            assert_eq!(
                Field {
                    name: "Subject",
                    value
                }
                .text(),
                expected
            );
        }
    }

    #[test]
    fn folded_values_become_one_line() {
        let field = Field {
            name: "X",
            value: b" a;\r\n\t b=\"c\"\r\n",
        };
        assert_eq!(field.raw_text(), "a; b=\"c\"");
    }
}
