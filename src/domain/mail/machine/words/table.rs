//! The tables, read once.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, PatternID};

use super::normal::normal;

/// Phrases of one kind.
pub(in super::super) type Table = LazyLock<Phrases>;

/// Phrases as texts are compared, and the automaton that finds all of them in one pass over a text.
#[derive(Debug)]
pub(in super::super) struct Phrases {
    list: Vec<String>,
    finder: AhoCorasick,
}

impl Phrases {
    #[expect(
        clippy::unwrap_used,
        reason = "a table of ours, built in every test run"
    )]
    fn read(text: &str) -> Self {
        let is_phrase = |line: &&str| !line.is_empty() && !line.starts_with('#');
        let list: Vec<String> = text.lines().filter(is_phrase).map(normal).collect();
        // The smallest kind: the texts are short, and the tables are many.
        let mut builder = AhoCorasick::builder();
        builder.kind(Some(AhoCorasickKind::ContiguousNFA));
        let finder = builder.build(&list).unwrap();
        Self { list, finder }
    }

    /// Whether one of them is the text.
    pub(in super::super) fn has(&self, text: &str) -> bool {
        self.list.iter().any(|phrase| phrase == text)
    }

    /// Whether one of them stands in the text.
    pub(in super::super) fn is_in(&self, text: &str) -> bool {
        self.finder.is_match(text)
    }

    /// Where the first of them stands in the text.
    pub(in super::super) fn first_in(&self, text: &str) -> Option<usize> {
        let found = self.finder.find_overlapping_iter(text);
        found.map(|hit| hit.start()).min()
    }

    /// Where each of them first stands in the text.
    pub(in super::super) fn all_in(&self, text: &str) -> impl Iterator<Item = usize> {
        let mut firsts: BTreeMap<PatternID, usize> = BTreeMap::new();
        for hit in self.finder.find_overlapping_iter(text) {
            firsts.entry(hit.pattern()).or_insert_with(|| hit.start());
        }
        firsts.into_values()
    }

    /// Whether the text ends with one of them.
    pub(in super::super) fn ends(&self, text: &str) -> bool {
        self.list
            .iter()
            .any(|phrase| text.ends_with(phrase.as_str()))
    }

    /// The first with which the text begins.
    pub(in super::super) fn begins(&self, text: &str) -> Option<&str> {
        self.list
            .iter()
            .map(String::as_str)
            .find(|phrase| text.starts_with(phrase))
    }

    /// What stands before each of them, where it stands in the text.
    pub(in super::super) fn before<'a>(&self, text: &'a str) -> impl Iterator<Item = &'a str> {
        self.all_in(text).filter_map(move |at| text.get(..at))
    }
}

macro_rules! tables {
    ($($name:ident = $file:literal;)*) => {
        $(pub(in super::super) static $name: Table = LazyLock::new(|| Phrases::read(include_str!($file)));)*

        #[cfg(test)]
        const FILES: &[(&str, &str)] = &[$(($file, include_str!($file)),)*];
    };
}

tables! {
    ANSWER_SENTENCES = "answer-sentences.txt";
    ANSWER_SUBJECTS = "answer-subjects.txt";
    AWAY_DETAILS = "away-details.txt";
    AWAY_GONE = "away-gone.txt";
    AWAY_SENTENCES = "away-sentences.txt";
    AWAY_SUBJECTS = "away-subjects.txt";
    AWAY_TOPICS = "away-topics.txt";
    AWAY_WHO = "away-who.txt";
    BOUNCE_OPENINGS = "bounce-openings.txt";
    BOUNCE_OPENINGS_ABROAD = "bounce-openings-abroad.txt";
    BOUNCE_OPENINGS_WEAK = "bounce-openings-weak.txt";
    BOUNCE_SUBJECTS = "bounce-subjects.txt";
    BOUNCE_SUBJECTS_ANYWHERE = "bounce-subjects-anywhere.txt";
    BOUNCE_WORDS = "bounce-words.txt";
    CHALLENGES = "challenges.txt";
    COMPLAINT_SENTENCES = "complaint-sentences.txt";
    COMPLAINT_SUBJECTS = "complaint-subjects.txt";
    DAEMON_NAMES = "daemon-names.txt";
    GREETINGS = "greetings.txt";
    NOT_DELIVERED = "not-delivered.txt";
    RECEIPT_SENTENCES = "receipt-sentences.txt";
    RECEIPT_SUBJECTS = "receipt-subjects.txt";
    RETURNED = "returned.txt";
    ROLE_ADDRESSES = "role-addresses.txt";
    ROLE_WORDS = "role-words.txt";
    REQUESTS = "requests.txt";
    SENT_MAIL = "sent-mail.txt";
    THANKS = "thanks.txt";
    VOICES = "voices.txt";
    WORK = "work.txt";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_table_has_phrases_in_lower_case() {
        for (file, text) in FILES {
            assert!(Phrases::read(text).list.len() > 5, "{file}");
            for line in text.lines().filter(|line| !line.starts_with('#')) {
                assert_eq!(line, line.trim().to_lowercase(), "{file}");
            }
        }
    }
}
