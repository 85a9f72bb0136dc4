//! The title in the front matter of a Markdown page, YAML (`---`) or TOML (`+++`).

use std::ops::Range;

use super::text_map::{Reading, TextMap};

/// The value of `title`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Title {
    /// Without its quotes, as an offset into the file.
    pub(crate) value: Range<usize>,
    pub(crate) quote: Option<char>,
}

/// Finds the title in a block of front matter that begins at `offset` of the file. `None` when there is
/// none, or it is written in a way (a folded block, an anchor) that we would not write back rightly.
pub(crate) fn title(block: &str, offset: usize) -> Option<Title> {
    let toml = block.starts_with("+++");
    let separator = if toml { '=' } else { ':' };
    let mut at = offset;
    for line in block.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let Some(rest) = line.strip_prefix("title") else {
            continue;
        };
        let Some(value) = rest.trim_start_matches([' ', '\t']).strip_prefix(separator) else {
            continue;
        };
        let value_start = start + line.len() - value.trim_start_matches([' ', '\t']).len();
        return of_value(value.trim(), value_start, toml);
    }
    None
}

fn of_value(value: &str, start: usize, toml: bool) -> Option<Title> {
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
    if let Some(quote) = quote {
        let inside = value.get(1..)?.strip_suffix(quote)?;
        let plain = if quote == '"' {
            escapes_are_known(inside)
        } else {
            single_is_closed(inside, toml)
        };
        return plain.then(|| Title {
            value: start + 1..start + 1 + inside.len(),
            quote: Some(quote),
        });
    }
    let value = value.split(" #").next().unwrap_or_default().trim_end();
    (!toml && is_plain(value)).then(|| Title {
        value: start..start + value.len(),
        quote: None,
    })
}

fn escapes_are_known(inside: &str) -> bool {
    let mut chars = inside.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => return false,
            '\\' if !matches!(chars.next(), Some('"' | '\\')) => return false,
            _ => {}
        }
    }
    true
}

fn single_is_closed(inside: &str, toml: bool) -> bool {
    let pairs = if toml {
        inside.to_owned()
    } else {
        inside.replace("''", "")
    };
    !pairs.contains('\'')
}

/// Whether YAML reads the text as the same text without quotes.
pub(crate) fn is_plain(text: &str) -> bool {
    let first = text.chars().next();
    first.is_some_and(char::is_alphanumeric)
        && text.trim() == text
        && !text.contains(": ")
        && !text.ends_with(':')
        && !text.contains(" #")
        && !text.chars().any(char::is_control)
}

impl Title {
    /// Reads the value.
    pub(crate) fn read_into(&self, map: &mut TextMap, source: &str, node: usize) {
        let raw = source.get(self.value.clone()).unwrap_or_default();
        let escaped: &[&str] = match self.quote {
            Some('"') => &["\\\"", "\\\\"],
            Some(_) => &["''"],
            None => &[],
        };
        let mut at = 0;
        while let Some(rest) = raw.get(at..).filter(|r| !r.is_empty()) {
            let start = self.value.start + at;
            if let Some(escape) = escaped.iter().find(|e| rest.starts_with(**e)) {
                let text = escape.get(1..).unwrap_or_default();
                map.push_atom(text, start..start + escape.len(), node);
                at += escape.len();
            } else {
                let length = escaped
                    .iter()
                    .filter_map(|e| rest.find(e))
                    .min()
                    .unwrap_or(rest.len());
                map.read(
                    rest.get(..length).unwrap_or_default(),
                    start,
                    node,
                    Reading::Verbatim,
                );
                at += length;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(block: &str) -> Option<String> {
        let title = title(block, 0)?;
        let mut map = TextMap::default();
        title.read_into(&mut map, block, 0);
        Some(map.text().to_owned())
    }

    #[test]
    fn titles_are_read_in_every_spelling() {
        assert_eq!(
            read("---\ntitle: Our shop # here\n---").as_deref(),
            Some("Our shop")
        );
        assert_eq!(
            read("---\r\ntitle:  \"a \\\"b\\\"\"\r\n---").as_deref(),
            Some("a \"b\"")
        );
        assert_eq!(read("---\ntitle: 'it''s'\n---").as_deref(), Some("it's"));
        assert_eq!(read("+++\ntitle = \"x\"\n+++").as_deref(), Some("x"));
    }

    #[test]
    fn what_we_could_not_write_back_is_left_alone() {
        for block in [
            "---\ntitle: >\n  folded\n---",
            "---\ntitle: \"\\u0041\"\n---",
            "---\nsubtitle: x\n---",
            "---\ntitle:\n---",
        ] {
            assert_eq!(read(block), None, "{block}");
        }
    }
}
