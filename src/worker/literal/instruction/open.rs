//! Understands clauses whose last text has no quotes: `change the title to Welcome`.

use super::clause::{Ending, Found, named, skip_opening, text_of};
use super::command::{Action, Kind, Pages, Target};
use super::cursor::Cursor;
use super::lexer::Token;
use super::scope::{Scoped, take_scope};
use super::vocabulary::{self, Language, Verb, verb};

/// A clause whose last text has no quotes.
pub(super) fn open(message: &str, words: &[Token]) -> Option<Found> {
    let mut cursor = Cursor::new(words);
    skip_opening(&mut cursor);
    match verb(cursor.word(0)) {
        Some((Verb::Change, language)) => {
            cursor.at += 1;
            let from = cursor.at;
            open_set(message, words, from, language)
                .or_else(|| open_replace(message, words, from, language))
        }
        Some((Verb::Add, _)) => {
            cursor.at += 1;
            super::adding::open_add(message, words, cursor.at)
        }
        Some((Verb::Remove, _)) => {
            cursor.at += 1;
            open_remove(message, words, cursor.at)
        }
        Some((Verb::Use, _)) => None,
        None => open_set(message, words, cursor.at, Language::English),
    }
}

/// `change the title of the contact page to Welcome to our shop`: the first `to` after the thing.
fn open_set(message: &str, words: &[Token], from: usize, language: Language) -> Option<Found> {
    let limit = words.len().min(from + 24);
    for at in from..limit {
        let head = take_scope(words.get(from..at)?);
        let mut inner = Cursor::new(&head.rest);
        let target = inner.target();
        if !inner.rest().is_empty() || !named(&target) {
            continue;
        }
        let mut cursor = Cursor::new(words.get(at..)?);
        let had_verb = from > 0 && verb(words.get(from - 1)?.word()).is_some();
        if (had_verb && cursor.connector(language)) || cursor.becoming() {
            let to = open_text(message, cursor.rest())?;
            return Some((Action::Change { target, to }, Ending::Open, head));
        }
    }
    None
}

/// `replace Monday with Tuesday`: clear only with a single connector.
fn open_replace(message: &str, words: &[Token], from: usize, language: Language) -> Option<Found> {
    let mut cursor = Cursor::new(words);
    cursor.at = from;
    // `the word Herbs` is as clear as `Herbs`; `the colour` is not.
    cursor.skip_words(|w| vocabulary::is_article(w) && !vocabulary::is_wording(w));
    let from = if vocabulary::is_wording(cursor.word(0)) {
        cursor.at + 1
    } else {
        from
    };
    let rest = words.get(from..)?;
    let mut connectors = rest
        .iter()
        .enumerate()
        .filter(|(_, t)| vocabulary::is_connector(t.word(), language));
    let (at, _) = connectors.next()?;
    if connectors.next().is_some()
        || rest.first().is_some_and(|t| {
            vocabulary::is_article(t.word()) || vocabulary::is_description(t.word())
        })
    {
        return None;
    }
    let old = rest.get(..at)?;
    let text = match old {
        [one] if one.quoted().is_some() => one.quoted()?.to_owned(),
        _ => open_text(message, old)?,
    };
    let to = match rest.get(at + 1..)? {
        [one] if one.quoted().is_some() => one.quoted()?.to_owned(),
        words => open_text(message, words)?,
    };
    let target = Target {
        text: Some(text),
        ..Target::default()
    };
    Some((
        Action::Change { target, to },
        Ending::Open,
        Scoped::default(),
    ))
}

/// `remove the paragraph We are closed`, `delete Monday hours`.
fn open_remove(message: &str, words: &[Token], from: usize) -> Option<Found> {
    let mut cursor = Cursor::new(words);
    cursor.at = from;
    let target = cursor.target();
    let described = target.text.is_some()
        || target.ordinal.is_some()
        || target.under.is_some()
        || vocabulary::is_description(cursor.word(0));
    let vague = target.kind.is_none() && cursor.at > from;
    if described || vague || target.kind == Some(Kind::Text) {
        return None;
    }
    let text = open_text(message, cursor.rest())?;
    let target = Target {
        text: Some(text),
        ..target
    };
    Some((Action::Remove { target }, Ending::Open, Scoped::default()))
}

/// A text without quotes: the words as typed. `None` when parts of it are in quotes or name a page at its
/// end, so that nobody could tell where it ends.
pub(crate) fn open_text(message: &str, tokens: &[Token]) -> Option<String> {
    if tokens.iter().any(|t| t.quoted().is_some()) || take_scope(tokens).pages != Pages::Unsaid {
        return None;
    }
    let text = text_of(message, tokens);
    (!text.is_empty()).then_some(text)
}
