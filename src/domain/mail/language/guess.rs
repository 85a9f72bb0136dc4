//! The language of a text by its words, and of a mail by everything that hints at it.

use serde::{Deserialize, Serialize};

use super::words::{COLUMNS, ENDINGS, LETTERS, WORDS};
use crate::domain::mail::{Headers, InboundMail};

/// Most bytes of a text that are looked at: a page of words decides as surely as a book.
const MOST_BYTES: usize = 8 * 1024;
/// What the words of a language count together, shared by the languages that have the word.
const WORD: u32 = 12;
/// What a word counts that only ends or is spelled like one of the language.
const SIGN: u32 = 4;

/// A language that our fixed phrases are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English, also for whoever writes none of these.
    #[default]
    En,
    /// German.
    De,
    /// French.
    Fr,
    /// Spanish.
    Es,
}

/// What besides the words themselves tells the language of a mail.
#[derive(Debug, Clone, Copy, Default)]
pub struct Clues<'a> {
    /// The language of the conversation so far.
    pub thread: Option<Language>,
    /// `Content-Language`, which says what the text is in.
    pub content: Option<&'a str>,
    /// `Accept-Language`, which says what its writer reads.
    pub accept: Option<&'a str>,
    /// The subject, reply prefix included.
    pub subject: &'a str,
}

impl<'a> Clues<'a> {
    /// The clues of a mail.
    pub fn of(mail: &'a InboundMail, thread: Option<Language>) -> Self {
        let get = |name| Headers::get(&mail.headers, name);
        Self {
            thread,
            content: get("Content-Language"),
            accept: get("Accept-Language"),
            subject: &mail.subject,
        }
    }
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::En, Self::De, Self::Fr, Self::Es];

    /// The tag of BCP 47.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            Self::Fr => "fr",
            Self::Es => "es",
        }
    }

    /// The language that `words` are in, else what the clues say: first what the conversation has been in, then what
    /// mail programs say of themselves, then the subject, which is often another's.
    pub fn decide(words: &str, clues: Clues<'_>) -> Self {
        Self::of_text(words)
            .or(clues.thread)
            .or_else(|| clues.content.and_then(Self::of_header))
            .or_else(|| clues.accept.and_then(Self::of_header))
            .or_else(|| Self::of_text(clues.subject))
            .unwrap_or_default()
    }

    /// The language of a text, if its words favour one. Words in quotation marks count only if there are no others:
    /// they are of the website, not of the sender.
    pub fn of_text(text: &str) -> Option<Self> {
        let text = text
            .get(..text.floor_char_boundary(MOST_BYTES))
            .unwrap_or_default()
            .to_lowercase();
        Self::of_words(&unquoted(&text)).or_else(|| Self::of_words(&text))
    }

    fn of_words(text: &str) -> Option<Self> {
        let mut scores = [0_u32; COLUMNS];
        for word in text.split(|c: char| !(c.is_alphabetic() || c == '\'' || c == '’')) {
            count(word, &mut scores);
        }
        let best = scores.iter().copied().max().filter(|best| *best > 0)?;
        let mut winners = scores.iter().enumerate().filter(|(_, has)| **has == best);
        match (winners.next(), winners.next()) {
            // the column behind ours is of languages that we do not write
            (Some((at, _)), None) => Self::ALL.get(at).copied(),
            _ => None,
        }
    }

    /// The first language of ours in a list such as `de-CH, fr;q=0.8`, unless one that is not ours stands before it.
    fn of_header(list: &str) -> Option<Self> {
        let first = list.split(',').next().unwrap_or_default();
        let tag = first.split([';', '-', '_']).next().unwrap_or_default();
        let tag = tag.trim();
        Self::ALL
            .into_iter()
            .find(|language| tag.eq_ignore_ascii_case(language.tag()))
    }
}

/// Adds what one word says to the scores.
fn count(word: &str, scores: &mut [u32; COLUMNS]) {
    let word = word.trim_matches(['\'', '’']);
    if word.is_empty() {
        return;
    }
    if let Some(has) = WORDS.get(word.replace('’', "'").as_str()) {
        let sharing = has.iter().filter(|has| **has).count().max(1);
        add(scores, *has, WORD / u32::try_from(sharing).unwrap_or(WORD));
        return;
    }
    // l'adresse, d'accueil: the word behind the apostrophe is not looked at, its ligature is enough
    let elided = word.split(['\'', '’']).next().filter(|head| *head != word);
    if elided.is_some_and(|head| ["l", "d", "j", "n", "s", "c", "m", "qu"].contains(&head)) {
        add(scores, [false, false, true, false, false], SIGN);
    }
    add(scores, LETTERS.map(|letters| word.contains(letters)), SIGN);
    let long = word.chars().count() > 5;
    let ends = ENDINGS.map(|endings| long && endings.iter().any(|end| word.ends_with(end)));
    add(scores, ends, SIGN);
}

fn add(scores: &mut [u32; COLUMNS], to: [bool; COLUMNS], points: u32) {
    for (score, _) in scores.iter_mut().zip(to).filter(|(_, counts)| *counts) {
        *score = score.saturating_add(points);
    }
}

/// The text without what stands in quotation marks, and without addresses and file names.
fn unquoted(text: &str) -> String {
    let mut rest = String::with_capacity(text.len());
    let mut until: Option<char> = None;
    for c in text.chars() {
        match (until, c) {
            (Some(end), _) if c == end || c == '\n' => until = None,
            (Some('”'), '“') | (Some('“'), '”') => until = None,
            (Some(_), _) => {}
            (None, '"') => until = Some('"'),
            (None, '“') => until = Some('”'),
            (None, '„') => until = Some('“'),
            (None, '«') => until = Some('»'),
            (None, '»') => until = Some('«'),
            (None, _) => rest.push(c),
        }
    }
    let plain = |word: &&str| {
        let inside = word.trim_matches(|c: char| !c.is_alphanumeric());
        !inside.contains(['@', '/', '<', '>', '_', '=']) && !inside.contains('.')
    };
    let words: Vec<&str> = rest.split_whitespace().filter(plain).collect();
    words.join(" ")
}

#[cfg(test)]
#[path = "guess_tests.rs"]
mod tests;
