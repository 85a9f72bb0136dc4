//! The HTML twin of a plain text as a witness (B5, B7).
//!
//! The plain part is what is read, but it often lost what the HTML still says: where the quote begins. Where both begin
//! with the same words and the HTML ends them earlier, the plain text ends there too.

use super::trim::{Context, Extract, extract};
use crate::domain::mail::SpanKind;
use crate::domain::mail::html::to_text;

/// Cuts what a plain text holds beyond the sender's words in its HTML twin.
pub(super) fn compare(found: &mut Extract, html: &str, context: &Context<'_>) {
    if found.own.is_empty() {
        return;
    }
    let twin = to_text(html);
    let is_marked = twin
        .spans
        .iter()
        .any(|span| span.kind != SpanKind::Indented);
    let seen = extract(&twin.text, &twin.spans, context);
    if seen.own.is_empty() || !(is_marked || seen.has_quote || seen.forwarded.is_some()) {
        return;
    }
    let has_marked_quote = twin.spans.iter().any(|span| span.kind == SpanKind::Quote);
    match shared_end(&found.own, &seen.own) {
        Some(end) if has_words(found.own.get(end..).unwrap_or_default()) => {
            found.own.truncate(end);
            found.own.truncate(found.own.trim_end().len());
        }
        Some(_) => {}
        None if has_marked_quote
            && !found.has_quote
            && found.forwarded.is_none()
            && seen.own.len() < found.own.len() =>
        {
            found.own = seen.own;
        }
        None => return,
    }
    if found.forwarded.is_none() {
        found.forwarded = seen.forwarded;
    }
    found.has_quote |= seen.has_quote;
    found.has_signature |= seen.has_signature;
}

/// Where in `text` the words of `start` end, when it begins with all of them.
fn shared_end(text: &str, start: &str) -> Option<usize> {
    let mut words = words(text);
    let mut end = 0;
    for (_, wanted) in self::words(start) {
        let (at, word) = words.next()?;
        if !is_same(word, wanted) {
            return None;
        }
        end = at;
    }
    // Signs behind the last word belong to it.
    let rest = text.get(end..)?;
    let signs = rest.find(|c: char| c.is_whitespace()).unwrap_or(rest.len());
    Some(end + signs)
}

/// The words of a text without signs and link targets, each with the place where it ends.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let base = text.as_ptr() as usize;
    text.split_whitespace()
        .filter(|word| !word.contains("://") && !word.contains("mailto:"))
        .map(move |word| {
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
            (bare.as_ptr() as usize - base + bare.len(), bare)
        })
        .filter(|(_, word)| !word.is_empty())
}

fn has_words(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}

fn is_same(one: &str, other: &str) -> bool {
    one == other || one.to_lowercase() == other.to_lowercase()
}
