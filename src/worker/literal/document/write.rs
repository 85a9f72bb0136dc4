//! Writing text so that it reads as typed, and splicing it into a source.

use std::ops::Range;

use super::front_matter;
use super::model::Writing;

/// A part of the source and what to write there instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Splice {
    pub(crate) range: Range<usize>,
    pub(crate) text: String,
}

/// The source with all splices done. `None` when two overlap or one is not within the source.
pub(crate) fn apply(source: &str, mut splices: Vec<Splice>) -> Option<String> {
    splices.sort_by_key(|s| (s.range.start, s.range.end));
    splices.dedup();
    let mut out =
        String::with_capacity(source.len() + splices.iter().map(|s| s.text.len()).sum::<usize>());
    let mut at = 0;
    for splice in splices {
        out.push_str(source.get(at..splice.range.start)?);
        out.push_str(&splice.text);
        at = splice.range.end;
    }
    out.push_str(source.get(at..)?);
    Some(out)
}

/// How carefully Markdown is escaped: plain first, so that `5 * 3` stays as typed, and if that does not
/// read as typed, everything that could be a sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Care {
    Light,
    Full,
}

/// `text` as it must be written at such a place; `None` when it cannot be.
pub(crate) fn escape(text: &str, writing: Writing, care: Care) -> Option<String> {
    match (writing, care) {
        (Writing::Html, _) => Some(escape_html(text)),
        (Writing::Markdown, Care::Full) => Some(escape_markdown(text)),
        (Writing::Markdown, Care::Light) | (Writing::Code | Writing::Plain, _) => {
            Some(text.to_owned())
        }
        (Writing::FrontMatter(Some('"')), _) => {
            Some(text.replace('\\', "\\\\").replace('"', "\\\""))
        }
        (Writing::FrontMatter(Some(_)), _) => Some(text.replace('\'', "''")),
        (Writing::FrontMatter(None), _) => front_matter::is_plain(text).then(|| text.to_owned()),
    }
}

/// Text for between tags. A no-break space is written by name, so that who reads the source sees it.
pub(crate) fn escape_html(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('\u{a0}', "&nbsp;")
}

fn escape_markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    for (at, c) in text.char_indices() {
        let sign = matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '#' | '~' | '|' | '$'
        );
        let at_start = at == 0 && matches!(c, '-' | '+' | '=' | ':');
        let numbered = digits > 0 && at == digits && matches!(c, '.' | ')');
        let image = c == '!';
        if sign || at_start || numbered || image {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splices_are_done_in_any_order() {
        let splice = |range, text: &str| Splice {
            range,
            text: text.to_owned(),
        };
        assert_eq!(
            apply("abcdef", vec![splice(4..5, "E"), splice(0..1, "AA")]).as_deref(),
            Some("AAbcdEf")
        );
        assert_eq!(
            apply("abcdef", vec![splice(0..3, "x"), splice(2..4, "y")]),
            None
        );
        assert_eq!(apply("é", vec![splice(1..1, "x")]), None);
    }

    #[test]
    fn markdown_signs_are_escaped() {
        assert_eq!(escape_markdown("1. *x* & [y]"), "1\\. \\*x\\* \\& \\[y\\]");
        assert_eq!(escape_markdown("- 5-3"), "\\- 5-3");
    }
}
