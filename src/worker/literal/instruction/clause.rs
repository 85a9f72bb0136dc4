//! Understands one clause: `replace "A" with "B"`, `change the title to Welcome`.

use super::command::{Action, Command, Kind, Pages, Place, Target};
use super::cursor::Cursor;
use super::lexer::{self, Token};
use super::scope::{Scoped, take_scope};
use super::vocabulary::{self, Language, Verb, verb};

/// What a clause turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Clause {
    Command(Command, Ending),
    /// `On the contact page:` for all that follows.
    Pages(Pages),
    SmallTalk,
    /// `Best regards`: what follows is a signature.
    Closing,
    /// It would be understood if the texts were in quotes.
    Unquoted,
    Unknown,
}

/// How sure it is where the clause ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// In a text in quotes: surely here.
    Closed,
    /// In a text without quotes: the next words may belong to it.
    Open,
    /// The same, and the text may have several sentences.
    OpenText,
}

/// A clause as tokens of a message.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) message: &'a str,
    pub(crate) tokens: &'a [Token],
}

impl Source<'_> {
    /// The sender's words, on one line.
    pub(crate) fn said(&self) -> String {
        text_of(self.message, self.tokens)
    }

    /// Understands the clause. `before` is the clause before it, whose verb `and "C" with "D"` repeats.
    pub(crate) fn understand(&self, before: Option<&Command>) -> Clause {
        let words = strip(self.tokens);
        if words.is_empty() {
            return Clause::SmallTalk;
        }
        if let [one] = words.as_slice()
            && matches!(one.word(), "--" | "---" | "__" | "___" | "—" | "–")
        {
            return Clause::Closing;
        }
        if let Some(pages) = heading_of_pages(&words) {
            return Clause::Pages(pages);
        }
        let command = |(action, ending, scoped): (Action, Ending, Scoped)| {
            let guessed = ending != Ending::Closed;
            let Scoped {
                pages, everywhere, ..
            } = scoped;
            let said = self.said();
            Clause::Command(
                Command {
                    action,
                    pages,
                    everywhere,
                    guessed,
                    said,
                },
                ending,
            )
        };
        if let Some(found) = closed(&words, before) {
            return command(found);
        }
        match super::open::open(self.message, &words) {
            Some(found) => command(found),
            None if has_verb(&words) => Clause::Unknown,
            None => small_talk(&words),
        }
    }
}

fn small_talk(words: &[Token]) -> Clause {
    let plain: Vec<&str> = words
        .iter()
        .map(Token::word)
        .filter(|w| !w.is_empty())
        .collect();
    let mut cursor = Cursor::new(words);
    skip_opening(&mut cursor);
    let mut left = cursor.rest().iter().map(Token::word);
    let talk = left.all(|w| w.is_empty() || vocabulary::is_small_talk(w));
    let quoted = words.iter().any(|t| t.quoted().is_some());
    if quoted {
        return Clause::Unknown;
    }
    let greeting = plain.first().is_some_and(|w| vocabulary::is_greeting(w)) && plain.len() <= 4;
    if greeting || (plain.len() <= 16 && talk) {
        if vocabulary::is_closing(&plain) && !greeting {
            return Clause::Closing;
        }
        return Clause::SmallTalk;
    }
    let mut cursor = Cursor::new(words);
    skip_opening(&mut cursor);
    let announces = verb(cursor.word(0)).is_none() || cursor.word(0) == "make";
    let leads_on = announces
        && words.last().is_some_and(|t| t.is_mark(&[':']))
        && plain.len() <= 14
        && plain.iter().any(|w| {
            matches!(
                *w,
                "changes"
                    | "change"
                    | "edits"
                    | "following"
                    | "updates"
                    | "things"
                    | "todo"
                    | "corrections"
            )
        });
    match (leads_on, vocabulary::is_closing(&plain)) {
        (true, _) => Clause::SmallTalk,
        (_, true) => Clause::Closing,
        (false, false) => Clause::Unknown,
    }
}

/// Whether the clause begins as a request does.
pub(crate) fn starts_request(tokens: &[Token]) -> bool {
    let words = strip(tokens);
    let mut cursor = Cursor::new(&words);
    skip_opening(&mut cursor);
    verb(cursor.word(0)).is_some()
}

fn has_verb(words: &[Token]) -> bool {
    let mut cursor = Cursor::new(words);
    skip_opening(&mut cursor);
    verb(cursor.word(0)).is_some() && !cursor.rest().last().is_some_and(|t| t.is_mark(&[':']))
}

/// Without line ends, bullets, the marks at its end and `please` or `thanks` there.
fn strip(tokens: &[Token]) -> Vec<Token> {
    let keep = |t: &&Token| {
        !matches!(
            t.kind,
            lexer::Kind::Line(_) | lexer::Kind::Blank | lexer::Kind::Bullet
        )
    };
    let mut words: Vec<Token> = tokens.iter().filter(keep).cloned().collect();
    while let Some(last) = words.last() {
        let polite = matches!(
            last.word(),
            "please"
                | "pls"
                | "thanks"
                | "thx"
                | "bitte"
                | "merci"
                | "gracias"
                | "too"
                | "danke"
                | "plz"
        );
        let thank_you = last.word() == "you"
            && words
                .iter()
                .rev()
                .nth(1)
                .is_some_and(|t| t.word() == "thank");
        if (polite || thank_you) && words.len() > 1 + usize::from(thank_you) {
            words.truncate(words.len() - 1 - usize::from(thank_you));
        } else if last.is_mark(&['.', '!', ';', ',', '?', ')']) {
            words.pop();
        } else {
            break;
        }
    }
    words
}

/// Skips `Hi Anna, could you please`.
pub(super) fn skip_opening(cursor: &mut Cursor<'_>) {
    cursor.skip_marks(&['(', ',', '.', '!']);
    if vocabulary::is_greeting(cursor.word(0)) {
        let ends = |t: &Token| {
            t.is_mark(&[',', '!', '.', ':', ';'])
                || verb(t.word()).is_some()
                || vocabulary::is_opening(t.word())
        };
        let name = cursor.rest().iter().skip(1).take(5).position(ends);
        cursor.at += name.map_or(1, |n| n + 1);
    }
    loop {
        let from = cursor.at;
        cursor.skip_marks(&[',', '!', '.', ':', ';']);
        // `put` and `use` are verbs too; an opening word is one only when no verb.
        cursor.skip_words(|w| vocabulary::is_opening(w) && verb(w).is_none());
        if cursor.at == from {
            break;
        }
    }
}

fn heading_of_pages(words: &[Token]) -> Option<Pages> {
    let (last, front) = words.split_last()?;
    let scoped = take_scope(front);
    let only = scoped
        .rest
        .iter()
        .all(|t| t.word().is_empty() && t.quoted().is_none() || vocabulary::is_opening(t.word()));
    (last.is_mark(&[':']) && only && scoped.pages != Pages::Unsaid).then_some(scoped.pages)
}

pub(super) type Found = (Action, Ending, Scoped);

/// A clause whose texts are all in quotes.
fn closed(words: &[Token], before: Option<&Command>) -> Option<Found> {
    let scoped = take_scope(words);
    let mut cursor = Cursor::new(&scoped.rest);
    skip_opening(&mut cursor);
    let led = leading_place(&mut cursor);
    let action = match verb(cursor.word(0)) {
        Some((Verb::Change, language)) => {
            cursor.at += 1;
            change(&mut cursor, language)
        }
        Some((Verb::Remove, _)) => {
            cursor.at += 1;
            cursor.take_word(&["out"]);
            remove(&mut cursor)
        }
        Some((Verb::Add, _)) => {
            cursor.at += 1;
            super::adding::add(&mut cursor)
        }
        Some((Verb::Use, _)) => {
            cursor.at += 1;
            let mut instead = cursor.clone();
            if let Some(action) = use_instead(&mut instead) {
                cursor = instead;
                Some(action)
            } else {
                super::adding::add(&mut cursor)
            }
        }
        None => verbless(&mut cursor, before),
    }?;
    let action = place_led(action, led)?;
    let polite = |t: &Token| {
        matches!(
            t.word(),
            "please"
                | "thanks"
                | "instead"
                | "now"
                | "for"
                | "me"
                | "us"
                | "there"
                | "por"
                | "favor"
                | "s'il"
                | "vous"
                | "plaît"
                | "te"
        ) || t.is_mark(&['.', '!', ',', '?', ';', ')'])
    };
    cursor.at += cursor.rest().iter().take_while(|t| polite(t)).count();
    cursor
        .rest()
        .is_empty()
        .then_some((action, Ending::Closed, scoped))
}

/// `Under "Hours", ` before a request.
fn leading_place(cursor: &mut Cursor<'_>) -> Option<Place> {
    let from = cursor.at;
    let place = cursor.place();
    cursor.skip_marks(&[',', ':']);
    cursor.skip_words(|w| vocabulary::is_opening(w) && verb(w).is_none());
    if place.is_none() || verb(cursor.word(0)).is_none() {
        cursor.at = from;
        return None;
    }
    place
}

/// The action at the place that was named before it; `None` when it has another or can have none.
fn place_led(action: Action, led: Option<Place>) -> Option<Action> {
    let Some(led) = led else { return Some(action) };
    match (action, led) {
        (
            Action::Add {
                kind,
                text,
                url,
                place: Place::End,
            },
            place,
        ) => Some(Action::Add {
            kind,
            text,
            url,
            place,
        }),
        (Action::Change { target, to }, Place::Under(heading)) if target.under.is_none() => {
            Some(Action::Change {
                target: Target {
                    under: Some(heading),
                    ..target
                },
                to,
            })
        }
        (Action::Remove { target }, Place::Under(heading)) if target.under.is_none() => {
            Some(Action::Remove {
                target: Target {
                    under: Some(heading),
                    ..target
                },
            })
        }
        (
            Action::Add { .. }
            | Action::Change { .. }
            | Action::Remove { .. }
            | Action::Lead { .. },
            _,
        ) => None,
    }
}

fn change(cursor: &mut Cursor<'_>, language: Language) -> Option<Action> {
    let mut target = cursor.target();
    if target.text.is_none() && target.kind.is_some() && matches!(cursor.word(0), "from") {
        cursor.at += 1;
        target.text = cursor.quoted();
    }
    let connected =
        cursor.connector(language) || (cursor.word(0) == "for" && cursor.take_word(&["for"]));
    if !connected {
        // `set the title: "X"`
        let to = target.text.take().filter(|_| is_line(target.kind))?;
        return Some(Action::Change { target, to });
    }
    cursor.skip_words(vocabulary::is_article);
    if target.kind.is_none() || target.kind == Some(Kind::Text) {
        cursor.kind();
    }
    cursor.naming();
    let to = match cursor.quoted() {
        Some(to) => to,
        // The target of a link is told by itself.
        None if target.kind == Some(Kind::Link) => {
            let url = super::adding::url(cursor)?;
            return target.text.map(|text| Action::Lead { text, url });
        }
        None => return None,
    };
    if target.under.is_none() {
        target.under = cursor.target().under;
    }
    named(&target).then_some(Action::Change { target, to })
}

/// Whether a page has one of the kind, so that it need not be said which.
fn is_line(kind: Option<Kind>) -> bool {
    matches!(kind, Some(Kind::Title | Kind::Heading | Kind::Subheading))
}

/// Whether it is said what is meant.
pub(super) fn named(target: &Target) -> bool {
    target.text.is_some() || target.kind.is_some()
}

fn remove(cursor: &mut Cursor<'_>) -> Option<Action> {
    let target = cursor.target();
    let told = target.text.is_some()
        || target.ordinal.is_some()
        || (target.kind.is_some() && target.under.is_some());
    told.then_some(Action::Remove { target })
}

/// `use "B" instead of "A"`.
fn use_instead(cursor: &mut Cursor<'_>) -> Option<Action> {
    let to = cursor.quoted()?;
    (cursor.take_word(&["instead"]) && cursor.take_word(&["of"])).then_some(())?;
    let target = cursor.target();
    target
        .text
        .is_some()
        .then_some(Action::Change { target, to })
}

/// `"A" should be "B"`, `instead of "A" write "B"`, and `"C" with "D"` after a replacement.
fn verbless(cursor: &mut Cursor<'_>, before: Option<&Command>) -> Option<Action> {
    if cursor.take_word(&["instead"]) && cursor.take_word(&["of"]) {
        let target = cursor.target();
        cursor.skip_marks(&[',']);
        cursor.skip_words(|w| {
            matches!(
                w,
                "please" | "it" | "should" | "use" | "write" | "put" | "say"
            )
        });
        let to = cursor.quoted()?;
        return Some(Action::Change { target, to });
    }
    let mut target = cursor.target();
    if !named(&target) {
        return None;
    }
    let repeats =
        matches!(before.map(|c| &c.action), Some(Action::Change { .. })) && target.text.is_some();
    let connected = cursor.becoming() || (repeats && cursor.connector(Language::English));
    if connected {
        cursor.skip_marks(&[':']);
        let to = cursor.quoted()?;
        return Some(Action::Change { target, to });
    }
    match before.map(|c| &c.action) {
        // `make the title "A" and the heading "B"`
        Some(Action::Change { .. }) if is_line(target.kind) => {
            let to = target.text.take()?;
            Some(Action::Change { target, to })
        }
        Some(Action::Remove { .. }) if target.text.is_some() => Some(Action::Remove { target }),
        Some(Action::Add {
            kind,
            url: None,
            place,
            ..
        }) if target.kind.is_none() || target.kind == *kind => {
            let (kind, place) = (*kind, place.clone());
            target.text.map(|text| Action::Add {
                kind,
                text,
                url: None,
                place,
            })
        }
        _ => None,
    }
}

/// The message's text from the first token to the last, on one line.
pub(crate) fn text_of(message: &str, tokens: &[Token]) -> String {
    let span = tokens
        .first()
        .zip(tokens.last())
        .map(|(a, b)| a.span.start..b.span.end);
    let raw = span.and_then(|s| message.get(s)).unwrap_or_default();
    raw.split_whitespace().collect::<Vec<&str>>().join(" ")
}
