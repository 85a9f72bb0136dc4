//! Many mails, a line of JSON each: read one at a time, so that memory does not grow with their number.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, BufRead, Read};

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::cli::mail::LARGEST_MAIL;
use crate::domain::mail::envelope::base64_of;

/// Longest line: the largest mail in base64, or as text with some escapes.
pub(super) const LONGEST_LINE: u64 = 64 << 20;

/// A mail of a batch, or why there is none.
#[derive(Debug)]
pub(super) struct Entry {
    /// What the line calls it; null when the line cannot be read.
    pub(super) id: Value,
    /// Its bytes.
    pub(super) raw: Result<Vec<u8>, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    #[serde(default)]
    id: Value,
    raw: Option<RawText>,
    #[serde(borrow)]
    raw_base64: Option<Cow<'a, str>>,
}

/// The next entry; blank lines are none. `None` at the end.
pub(super) fn next(input: &mut impl BufRead) -> io::Result<Option<Entry>> {
    loop {
        let mut line = Vec::new();
        if input
            .by_ref()
            .take(LONGEST_LINE + 1)
            .read_until(b'\n', &mut line)?
            == 0
        {
            return Ok(None);
        }
        if line.len() as u64 > LONGEST_LINE && !line.ends_with(b"\n") {
            input.skip_until(b'\n')?;
            let why = format!("the line is longer than {} MB", LONGEST_LINE >> 20);
            return Ok(Some(Entry {
                id: Value::Null,
                raw: Err(why),
            }));
        }
        if !line.trim_ascii().is_empty() {
            return Ok(Some(read(&line)));
        }
    }
}

fn read(line: &[u8]) -> Entry {
    let unreadable = |why: String| Entry {
        id: Value::Null,
        raw: Err(why),
    };
    let line: Line<'_> = match serde_json::from_slice(line) {
        Ok(line) => line,
        Err(error) => return unreadable(format!("the line is not {{id, raw}}: {error}")),
    };
    let raw = match (line.raw, line.raw_base64) {
        (Some(raw), None) => Ok(raw.0),
        (None, Some(text)) => {
            base64_of(&text).map_err(|error| format!("rawBase64 is not base64: {error}"))
        }
        _ => Err("the line needs either raw or rawBase64".to_owned()),
    };
    let fits = |raw: Vec<u8>| {
        let largest = LARGEST_MAIL >> 20;
        let fits = raw.len() as u64 <= LARGEST_MAIL;
        fits.then_some(raw)
            .ok_or_else(|| format!("the mail is larger than {largest} MB"))
    };
    Entry {
        id: line.id,
        raw: raw.and_then(fits),
    }
}

/// Bytes of a mail in a JSON text. What Python writes for bytes that are no UTF-8 (`surrogateescape`) is read back.
struct RawText(Vec<u8>);

impl<'de> Deserialize<'de> for RawText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_byte_buf(RawVisitor)
    }
}

struct RawVisitor;

impl Visitor<'_> for RawVisitor {
    type Value = RawText;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<RawText, E> {
        Ok(RawText(unescaped(bytes)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<RawText, E> {
        Ok(RawText(text.as_bytes().to_vec()))
    }
}

/// Lone surrogates U+DC80 to U+DCFF, which JSON allows and UTF-8 does not, are single bytes.
fn unescaped(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&first, tail)) = rest.split_first() {
        rest = if let [0xED, high @ 0xB2..=0xB3, low @ 0x80..=0xBF, after @ ..] = rest {
            out.push(((high & 0x03) << 6) | (low & 0x3F));
            after
        } else {
            out.push(first);
            tail
        };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(input: &str) -> Vec<(Value, Result<String, String>)> {
        let mut input = input.as_bytes();
        std::iter::from_fn(|| next(&mut input).unwrap())
            .map(|entry| {
                let raw = entry
                    .raw
                    .map(|raw| String::from_utf8_lossy(&raw).into_owned());
                (entry.id, raw)
            })
            .collect()
    }

    #[test]
    fn lines_carry_mails_as_text_or_base64() {
        let found = entries(
            "{\"id\":1,\"raw\":\"From: a@b.c\\r\\n\\r\\nx\"}\n\n{\"rawBase64\":\"RnJv\\nbTo\",\"id\":\"two\",\"more\":[]}",
        );
        assert_eq!(
            found[0],
            (Value::from(1), Ok("From: a@b.c\r\n\r\nx".to_owned()))
        );
        assert_eq!(found[1], (Value::from("two"), Ok("From:".to_owned())));
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn bytes_that_are_no_utf8_survive() {
        let mut input = &b"{\"id\":0,\"raw\":\"caf\\udce9 \\ud83d\\ude00 \xc3\xa9\"}"[..];
        let entry = next(&mut input).unwrap().unwrap();
        assert_eq!(
            entry.raw.unwrap(),
            "caf\u{0}\u{1F600}"
                .bytes()
                .take(3)
                .chain([0xE9, b' '].into_iter().chain("\u{1F600} \u{e9}".bytes()))
                .collect::<Vec<u8>>()
        );
    }

    #[test]
    fn a_line_that_cannot_be_read_says_why_and_the_next_is_read() {
        let found = entries(
            "no json\n{\"id\":1}\n{\"id\":2,\"raw\":\"x\",\"rawBase64\":\"eA==\"}\n{\"id\":3,\"rawBase64\":\"*\"}\n{\"id\":4,\"raw\":\"\"}",
        );
        assert_eq!(found.len(), 5);
        assert!(found[0].1.as_ref().unwrap_err().contains("{id, raw}"));
        for (entry, id) in found[1..4].iter().zip(1..) {
            assert_eq!(entry.0, Value::from(id));
            assert!(entry.1.is_err(), "{id}");
        }
        assert_eq!(found[4].1, Ok(String::new()));
    }
}
