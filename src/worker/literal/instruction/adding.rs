//! Understands clauses that add something: `add a link "Shop" to shop.html`.

use super::clause::{Ending, text_of};
use super::command::{Action, Kind, Place};
use super::cursor::Cursor;
use super::lexer::Token;
use super::open::open_text;
use super::scope::{Scoped, take_scope};
use super::vocabulary;

/// Reads `a paragraph "X" after "Y"`, the verb being read.
pub(crate) fn add(cursor: &mut Cursor<'_>) -> Option<Action> {
    let mut place = cursor.place();
    cursor.skip_marks(&[',', ':']);
    cursor.skip_words(vocabulary::is_article);
    let kind = cursor.kind();
    if kind == Some(Kind::Link) {
        return link(cursor, place);
    }
    place = place.or_else(|| cursor.place());
    cursor.naming();
    let text = cursor.quoted()?;
    let kind = kind.or_else(|| {
        // `add "X" as a list item`
        let from = cursor.at;
        cursor.skip_words(|w| w == "as" || vocabulary::is_article(w));
        let kind = cursor.kind();
        if kind.is_none() {
            cursor.at = from;
        }
        kind
    });
    let from = cursor.at;
    place = place.or_else(|| cursor.place());
    // `to the list` makes it an item of the list.
    let listed = cursor
        .since(from)
        .iter()
        .any(|t| matches!(t.word(), "list" | "bullets"));
    let kind = kind.or(listed.then_some(Kind::Item));
    Some(Action::Add {
        kind,
        text,
        url: None,
        place: place.unwrap_or_default(),
    })
}

/// Reads the text and the target of a link, in either order.
fn link(cursor: &mut Cursor<'_>, mut place: Option<Place>) -> Option<Action> {
    let (mut text, mut target) = (None, None);
    for _ in 0..4 {
        place = place.or_else(|| cursor.place());
        cursor.naming();
        if text.is_none() {
            let before = cursor.at;
            match cursor.quoted() {
                // `add a link to "https://..."`
                Some(quoted) if target.is_none() && after_to(cursor, before) => {
                    target = Some(quoted);
                }
                found => text = found,
            }
        }
        if target.is_none() {
            target = leading_to(cursor);
        }
    }
    let url = target?;
    Some(Action::Add {
        kind: Some(Kind::Link),
        text: text.unwrap_or_else(|| url.clone()),
        url: Some(url),
        place: place.unwrap_or_default(),
    })
}

fn after_to(cursor: &Cursor<'_>, at: usize) -> bool {
    at > 0 && cursor.word_at(at - 1) == "to"
}

/// Reads `to URL`, `pointing to the page "X"`, `with the address URL`.
fn leading_to(cursor: &mut Cursor<'_>) -> Option<String> {
    let from = cursor.at;
    cursor.skip_words(|w| {
        matches!(
            w,
            "to" | "that"
                | "which"
                | "goes"
                | "points"
                | "pointing"
                | "leading"
                | "leads"
                | "going"
                | "with"
                | "url"
                | "the"
                | "address"
                | "href"
                | "target"
                | "and"
                | "page"
                | "->"
                | "→"
                | "at"
                | "linking"
                | "links"
        )
    });
    cursor.skip_marks(&[':', '(']);
    let url = if cursor.at > from {
        cursor.quoted().or_else(|| url(cursor))
    } else {
        bare_url(cursor)
    };
    if url.is_none() {
        cursor.at = from;
    }
    cursor.skip_marks(&[')']);
    url
}

/// Reads a link's target: a word that looks like one, or `contact page`.
pub(crate) fn url(cursor: &mut Cursor<'_>) -> Option<String> {
    if let Some(url) = bare_url(cursor) {
        return Some(url);
    }
    if !cursor.word(0).is_empty() && cursor.word(1) == "page" {
        let name = cursor.word(0).to_owned();
        cursor.at += 2;
        return Some(name);
    }
    None
}

fn bare_url(cursor: &mut Cursor<'_>) -> Option<String> {
    let raw = cursor.peek()?.typed();
    let looks = raw.contains([':', '/', '.', '@', '#']) && raw.len() > 1;
    if !looks {
        return None;
    }
    cursor.at += 1;
    Some(
        raw.trim_start_matches(['<', '('])
            .trim_end_matches('>')
            .to_owned(),
    )
}

/// `add a paragraph: We are closed on Monday.`
pub(crate) fn open_add(
    message: &str,
    words: &[Token],
    from: usize,
) -> Option<(Action, Ending, Scoped)> {
    let limit = words.len().min(from + 30);
    for at in from + 1..limit {
        let head = take_scope(words.get(from..at)?);
        let mut inner = Cursor::new(&head.rest);
        let mut place = inner.place();
        inner.skip_marks(&[',']);
        inner.skip_words(vocabulary::is_article);
        let Some(kind) = inner.kind() else { continue };
        if !matches!(
            kind,
            Kind::Paragraph | Kind::Item | Kind::Heading | Kind::Subheading | Kind::Text
        ) {
            return None;
        }
        place = place.or_else(|| inner.place());
        if !inner.rest().is_empty() {
            continue;
        }
        let mut cursor = Cursor::new(words.get(at..)?);
        let before = cursor.at;
        cursor.naming();
        // Without `:` or `saying` the text begins where the place ends: only at a capital letter.
        if cursor.at == before && !begins_text(message, words, at) {
            continue;
        }
        let ending = if kind == Kind::Paragraph || kind == Kind::Text {
            Ending::OpenText
        } else {
            Ending::Open
        };
        let mut text = open_text(message, cursor.rest())?;
        let end = words.last().map_or(0, |t| t.span.end);
        // The full stop at the end of a clause belongs to a paragraph's text.
        if ending == Ending::OpenText {
            text.extend(
                message
                    .get(end..)?
                    .chars()
                    .take_while(|c| matches!(c, '.' | '!' | '?' | '…')),
            );
        }
        let action = Action::Add {
            kind: Some(kind),
            text,
            url: None,
            place: place.unwrap_or_default(),
        };
        return Some((action, ending, head));
    }
    None
}

fn begins_text(message: &str, words: &[Token], at: usize) -> bool {
    let word = words
        .get(at..=at)
        .map(|w| text_of(message, w))
        .unwrap_or_default();
    word.chars()
        .next()
        .is_some_and(|c| c.is_uppercase() || c.is_ascii_digit())
}
