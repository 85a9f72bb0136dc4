//! The attributes of a start tag, with their places in the source.

use std::ops::Range;

use super::text_map::{Reading, TextMap, is_space};

/// One attribute as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attribute {
    /// Lower case.
    pub(crate) name: String,
    /// The value without its quotes, as an offset into the file.
    pub(crate) value: Range<usize>,
    quote: Option<char>,
}

impl Attribute {
    /// The decoded value.
    pub(crate) fn read(&self, source: &str) -> TextMap {
        let mut map = TextMap::default();
        let raw = source.get(self.value.clone()).unwrap_or_default();
        map.read(raw, self.value.start, 0, Reading::Html);
        map.trim_end();
        map
    }

    /// `text` written so that it can stand in this value; `None` when the value has no quotes that
    /// would hold it.
    pub(crate) fn escape(&self, text: &str) -> Option<String> {
        let bare = |c: char| !is_space(c) && !matches!(c, '"' | '\'' | '`' | '=' | '<' | '>');
        if self.quote.is_none() && !text.chars().all(bare) {
            return None;
        }
        Some(
            text.replace('&', "&amp;")
                .replace('"', "&quot;")
                .replace('\'', "&#39;")
                .replace('<', "&lt;"),
        )
    }
}

/// Reads the attributes of the start tag `tag`, which begins at `offset` of the file.
pub(crate) fn attributes(tag: &str, offset: usize) -> Vec<Attribute> {
    let name_end = tag
        .find(|c: char| is_space(c) || c == '/' || c == '>')
        .unwrap_or(tag.len());
    let mut found: Vec<Attribute> = Vec::new();
    let mut at = name_end;
    while let Some((attribute, next)) = next_attribute(tag, at) {
        // A tag of thousands of attributes is no page; a few dozen are kept, so that looking stays cheap.
        if found.len() < 64 && !found.iter().any(|a| a.name == attribute.name) {
            let value = attribute.value;
            found.push(Attribute {
                value: value.start + offset..value.end + offset,
                ..attribute
            });
        }
        at = next;
    }
    found
}

fn next_attribute(tag: &str, from: usize) -> Option<(Attribute, usize)> {
    let skip = |at: usize, skipped: fn(char) -> bool| {
        let rest = tag.get(at..).unwrap_or_default();
        at + (rest.len() - rest.trim_start_matches(skipped).len())
    };
    let until = |at: usize, stop: fn(char) -> bool| {
        let rest = tag.get(at..).unwrap_or_default();
        at + rest.find(stop).unwrap_or(rest.len())
    };
    let start = skip(from, |c| is_space(c) || c == '/');
    if matches!(tag.get(start..), None | Some("" | ">")) {
        return None;
    }
    // A stray `=` begins a name (HTML standard 13.2.5.32).
    let first = tag
        .get(start..)
        .and_then(|r| r.chars().next())
        .map_or(0, char::len_utf8);
    let name_end = until(start + first, |c| {
        is_space(c) || matches!(c, '/' | '>' | '=')
    });
    let name = tag.get(start..name_end).unwrap_or_default().to_lowercase();
    let equals = skip(name_end, is_space);
    if !tag.get(equals..).is_some_and(|r| r.starts_with('=')) {
        return Some((
            Attribute {
                name,
                value: name_end..name_end,
                quote: None,
            },
            name_end,
        ));
    }
    let open = skip(equals + 1, is_space);
    let quote = tag
        .get(open..)
        .and_then(|r| r.chars().next())
        .filter(|c| matches!(c, '"' | '\''));
    let (value, next) = match quote {
        Some('"') => quoted(open, until(open + 1, |c| c == '"')),
        Some(_) => quoted(open, until(open + 1, |c| c == '\'')),
        None => {
            let end = until(open, |c| is_space(c) || c == '>');
            (open..end, end)
        }
    };
    Some((Attribute { name, value, quote }, next))
}

fn quoted(open: usize, close: usize) -> (Range<usize>, usize) {
    (open + 1..close, close + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_are_found_in_every_spelling() {
        let tag = "<a HREF = 'x&amp;y' class=plain hidden title=\"A > B\"/>";
        let read: Vec<(String, String)> = attributes(tag, 0)
            .iter()
            .map(|a| (a.name.clone(), a.read(tag).text().to_owned()))
            .collect();
        let expected = [
            ("href", "x&y"),
            ("class", "plain"),
            ("hidden", ""),
            ("title", "A > B"),
        ];
        assert_eq!(read, expected.map(|(n, v)| (n.to_owned(), v.to_owned())));
    }

    #[test]
    fn a_bare_value_takes_no_spaces() {
        let tag = "<a href=x>";
        let href = &attributes(tag, 0)[0];
        assert_eq!(href.escape("y.html").as_deref(), Some("y.html"));
        assert_eq!(href.escape("a b"), None);
    }

    proptest! {
        #[test]
        fn any_tag_is_read_without_panic(tag in "<[a-zé=\"'/> \n]{0,80}") {
            for a in attributes(&tag, 0) {
                prop_assert!(a.value.start <= a.value.end && a.value.start <= tag.len());
            }
        }
    }
}
