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
    let twin = to_text(html, &|_| None);
    let is_marked = twin
        .spans
        .iter()
        .any(|span| span.kind != SpanKind::Indented);
    let seen = extract(&twin.text, &twin.spans, context);
    if seen.own.is_empty() || !(is_marked || seen.has_quote || seen.forwarded.is_some()) {
        return;
    }
    let has_marked_quote = twin.spans.iter().any(|span| span.kind == SpanKind::Quote);
    match shared(&found.own, &seen.own) {
        Some(shared) if shared.is_glued => found.own = seen.own,
        Some(shared) if has_words(found.own.get(shared.end..).unwrap_or_default()) => {
            found.own.truncate(shared.end);
            found.own.truncate(found.own.trim_end().len());
        }
        Some(_) => {}
        // The answer stands below the quote, or within it.
        None if has_marked_quote
            && found.forwarded.is_none()
            && seen.own.len() < found.own.len()
            && holds_lines(&found.own, &seen.own) =>
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

/// What two texts that begin alike share.
struct Shared {
    /// Where in the longer one it ends.
    end: usize,
    /// Whether the longer one has lost line ends, so that words of two lines became one.
    is_glued: bool,
}

/// What `text` shares with `start`, when it begins with all of its letters and digits.
fn shared(text: &str, start: &str) -> Option<Shared> {
    let mut signs = signs(text);
    let mut end = 0;
    let mut lost = 0;
    let mut extra = 0;
    for (_, wanted, begins) in self::signs(start) {
        let (at, sign, is_first) = signs.next()?;
        if sign != wanted && !sign.to_lowercase().eq(wanted.to_lowercase()) {
            return None;
        }
        lost += usize::from(begins == Place::First && is_first == Place::Within);
        extra += usize::from(begins == Place::Within && is_first == Place::First);
        end = at + sign.len_utf8();
    }
    let is_inside = signs
        .next()
        .is_some_and(|(_, _, place)| place == Place::Within);
    // Signs behind the last word belong to it.
    let rest = text.get(end..)?;
    let tail = rest
        .find(|c: char| c.is_whitespace() || c.is_alphanumeric())
        .unwrap_or(rest.len());
    Some(Shared {
        end: end + tail,
        is_glued: lost > 0 && extra == 0 || is_inside,
    })
}

/// Where in its word a letter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    First,
    Within,
}

/// The letters and digits of a text but not of link targets, with their places.
fn signs(text: &str) -> impl Iterator<Item = (usize, char, Place)> {
    let base = text.as_ptr() as usize;
    text.split_whitespace()
        .map(without_target)
        .flat_map(move |word| {
            let start = word.as_ptr() as usize - base;
            word.char_indices()
                .filter(|(_, c)| c.is_alphanumeric())
                .enumerate()
                .map(move |(index, (at, c))| {
                    let place = if index == 0 {
                        Place::First
                    } else {
                        Place::Within
                    };
                    (start + at, c, place)
                })
        })
}

/// The words before a link's target, which stands behind them in brackets or alone.
fn without_target(word: &str) -> &str {
    let target = ["http://", "https://", "mailto:"]
        .iter()
        .filter_map(|scheme| word.find(scheme))
        .min();
    target.and_then(|at| word.get(..at)).unwrap_or(word)
}

/// Whether a text holds all lines of another in their order, but for white space and signs.
fn holds_lines(text: &str, other: &str) -> bool {
    let squeezed = |text: &str| signs(text).map(|(_, sign, _)| sign).collect::<String>();
    let text = squeezed(text);
    let mut rest = text.as_str();
    other
        .lines()
        .map(squeezed)
        .all(|line| match rest.find(&line) {
            Some(at) => {
                rest = rest.get(at + line.len()..).unwrap_or_default();
                true
            }
            None => false,
        })
}

fn has_words(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}
