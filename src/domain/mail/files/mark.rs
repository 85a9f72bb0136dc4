//! Where files stand in a text: `[image: name]` and `[cid:id]` become `[image 1: name]` (B12).

use std::ops::Range;

/// Longest text between the brackets, in bytes.
const MAX_MARK: usize = 500;

/// A place at which a text shows a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark<'t> {
    pub(super) range: Range<usize>,
    pub(super) shows: Shows<'t>,
}

/// How the file is named there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shows<'t> {
    /// By its Content-ID, as Outlook does it in plain text.
    Id(&'t str),
    /// By its name, as Gmail does it, and as HTML becomes text here.
    Name(&'t str),
}

/// The marks of a text, in their order.
pub(super) fn marks(text: &str) -> impl Iterator<Item = Mark<'_>> {
    text.match_indices('[').filter_map(|(start, _)| {
        let tail = text.get(start + 1..)?;
        // a name has no brackets, so that nothing is looked at twice
        let mut bytes = tail.bytes().take(MAX_MARK);
        let end = bytes.position(|b| matches!(b, b'[' | b']'))?;
        let (inner, _) = tail
            .split_at_checked(end)
            .filter(|(_, behind)| behind.starts_with(']'))?;
        let shows = match inner.strip_prefix("cid:") {
            Some(id) => Shows::Id(id),
            None => Shows::Name(inner.strip_prefix("image:")?),
        };
        Some(Mark {
            range: start..start + end + 2,
            shows,
        })
    })
}

/// The text with each mark replaced by what `instead` says; `None` leaves a mark as it is.
pub(super) fn replaced(text: &str, mut instead: impl FnMut(&Mark<'_>) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for mark in marks(text) {
        if mark.range.start < from {
            continue;
        }
        if let Some(new) = instead(&mark) {
            out.push_str(text.get(from..mark.range.start).unwrap_or_default());
            out.push_str(&new);
            from = mark.range.end;
        }
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

/// Whether a text says nothing but where images stand (B9).
pub fn is_wordless(text: &str) -> bool {
    replaced(text, |_| Some(String::new())).trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b12_marks_of_outlook_and_gmail_are_found() {
        let text = "a [cid:i1@x] b [image: my\nlogo.png] [x] [[image: c] [image";
        let found: Vec<_> = marks(text).map(|mark| mark.shows).collect();
        let expected = [
            Shows::Id("i1@x"),
            Shows::Name(" my\nlogo.png"),
            Shows::Name(" c"),
        ];
        assert_eq!(found, expected);
        let mut count = 0;
        let new = replaced(text, |_| {
            count += 1;
            (count != 2).then(|| format!("<{count}>"))
        });
        assert_eq!(new, "a <1> b [image: my\nlogo.png] [x] [<3> [image");
    }

    #[test]
    fn b9_images_are_no_words() {
        assert!(is_wordless(" [image: a.png]\n[cid:x] "));
        assert!(is_wordless(""));
        assert!(!is_wordless("[image: a.png] as logo"));
    }
}
