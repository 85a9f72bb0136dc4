//! Reading along the tokens of a clause.

use super::command::{Kind, Ordinal, Place, Target};
use super::lexer::Token;
use super::vocabulary::{self, Language};

/// A place in a clause.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    tokens: &'a [Token],
    pub(crate) at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(tokens: &'a [Token]) -> Self {
        Self { tokens, at: 0 }
    }

    pub(crate) fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at)
    }

    /// The word `ahead` tokens from here, or nothing.
    pub(crate) fn word(&self, ahead: usize) -> &'a str {
        self.tokens.get(self.at + ahead).map_or("", Token::word)
    }

    /// The word at an absolute place, or nothing.
    pub(crate) fn word_at(&self, at: usize) -> &'a str {
        self.tokens.get(at).map_or("", Token::word)
    }

    /// What has been read since.
    pub(crate) fn since(&self, from: usize) -> &'a [Token] {
        self.tokens.get(from..self.at).unwrap_or_default()
    }

    /// What has not been read.
    pub(crate) fn rest(&self) -> &'a [Token] {
        self.tokens.get(self.at..).unwrap_or_default()
    }

    /// Reads a text in quotes.
    pub(crate) fn quoted(&mut self) -> Option<String> {
        let text = self.peek()?.quoted()?;
        self.at += 1;
        Some(text.to_owned())
    }

    /// Reads words as long as they are such.
    pub(crate) fn skip_words(&mut self, such: impl Fn(&str) -> bool) {
        while !self.word(0).is_empty() && such(self.word(0)) {
            self.at += 1;
        }
    }

    /// Reads one of the words.
    pub(crate) fn take_word(&mut self, words: &[&str]) -> bool {
        let found = words.contains(&self.word(0));
        self.at += usize::from(found);
        found
    }

    /// Reads a comma or a colon.
    pub(crate) fn skip_marks(&mut self, marks: &[char]) -> bool {
        let from = self.at;
        while self.peek().is_some_and(|t| t.is_mark(marks)) {
            self.at += 1;
        }
        self.at > from
    }

    /// Reads `to`, `with`, `should be`, `->` and so on, with what may follow (`to say`).
    pub(crate) fn connector(&mut self, language: Language) -> bool {
        let from = self.at;
        self.skip_marks(&[',', ':']);
        let found = if vocabulary::is_connector(self.word(0), language) {
            self.at += 1;
            true
        } else {
            self.becoming()
        };
        if found {
            self.skip_words(|w| {
                matches!(w, "say" | "read" | "be" | "now" | "following" | "instead")
            });
            if self.word(0) == "the" && self.word(1) == "following" {
                self.at += 2;
            }
            self.skip_marks(&[':']);
        } else {
            self.at = from;
        }
        found
    }

    /// Reads `should be`, `must read`, `becomes`, `say`.
    pub(crate) fn becoming(&mut self) -> bool {
        let from = self.at;
        match self.word(0) {
            "should" | "must" | "shall" | "can" => {
                self.at += 1;
                self.skip_words(|w| matches!(w, "now" | "instead" | "rather"));
                if self.take_word(&["be", "read", "say", "become"]) {
                    self.skip_words(|w| {
                        matches!(w, "changed" | "replaced" | "to" | "with" | "by" | "now")
                    });
                    return true;
                }
            }
            "needs" | "has" | "ought" | "need" => {
                self.at += 1;
                if self.take_word(&["to"]) && self.take_word(&["be", "read", "say", "become"]) {
                    return true;
                }
            }
            "becomes" | "become" | "say" | "says" | "read" | "reads" | "reading" | "->" | "→"
            | "=>" | "-->" => {
                self.at += 1;
                return true;
            }
            "so" => {
                self.at += 1;
                self.skip_words(|w| matches!(w, "that" | "it"));
                if self.take_word(&["says", "reads", "say", "read"]) {
                    return true;
                }
            }
            _ => {}
        }
        self.at = from;
        false
    }

    /// Reads what is spoken of: `the second paragraph under "Hours"`, `the heading "A"`, `"A"`.
    pub(crate) fn target(&mut self) -> Target {
        let mut target = Target::default();
        self.skip_words(vocabulary::is_article);
        target.ordinal = self.ordinal();
        self.skip_words(vocabulary::is_article);
        target.kind = self.kind();
        // In `the text of the heading` the heading is meant.
        if target.kind == Some(Kind::Text) && matches!(self.word(0), "of" | "in") {
            let before = self.at;
            self.skip_words(vocabulary::is_article);
            match self.kind() {
                Some(kind) if kind != Kind::Text => target.kind = Some(kind),
                _ => self.at = before,
            }
        }
        if target.kind.is_none() {
            self.description();
        }
        self.naming();
        target.text = self.quoted();
        if target.kind.is_none() && target.text.is_some() {
            // `"A" heading`, and `"A" in the heading`.
            let before = self.at;
            self.skip_words(|w| vocabulary::is_article(w) || w == "in");
            target.kind = self.kind();
            if target.kind.is_none() {
                self.at = before;
            }
        }
        target.under = self.under();
        target
    }

    /// Skips what leads to a quoted name: `called`, `that says`, `with the text`.
    pub(crate) fn naming(&mut self) {
        self.skip_words(|w| {
            matches!(
                w,
                "called"
                    | "named"
                    | "saying"
                    | "reading"
                    | "titled"
                    | "which"
                    | "that"
                    | "says"
                    | "reads"
                    | "labelled"
                    | "labeled"
            )
        });
        if self.word(0) == "with" {
            let from = self.at;
            self.at += 1;
            self.skip_words(|w| {
                matches!(
                    w,
                    "the" | "text" | "words" | "title" | "label" | "following" | "name"
                )
            });
            if self.at == from + 1 {
                self.at = from;
            }
        }
        self.skip_marks(&[':', ',']);
    }

    /// Skips `opening hours from` and `spelling of` before a text in quotes.
    fn description(&mut self) {
        let from = self.at;
        self.skip_words(|w| {
            vocabulary::is_description(w) || vocabulary::is_article(w) || w == "in"
        });
        let described = self
            .since(from)
            .iter()
            .any(|t| vocabulary::is_description(t.word()));
        if !described || self.peek().is_none_or(|t| t.quoted().is_none()) {
            self.at = from;
        }
    }

    fn ordinal(&mut self) -> Option<Ordinal> {
        let ordinal = vocabulary::ordinal(self.word(0))?;
        self.at += 1;
        Some(ordinal)
    }

    pub(crate) fn kind(&mut self) -> Option<Kind> {
        let (kind, length) = vocabulary::kind(self.word(0), self.word(1))?;
        self.at += length;
        Some(kind)
    }

    /// Reads `under the heading "H"`.
    fn under(&mut self) -> Option<String> {
        let from = self.at;
        let leads = matches!(
            self.word(0),
            "under" | "below" | "beneath" | "underneath" | "in" | "of" | "following"
        );
        if leads {
            self.at += 1;
            self.skip_words(vocabulary::is_article);
            let named = self.take_word(&["heading", "headline", "section", "title", "subheading"]);
            if named
                || matches!(
                    self.tokens.get(from).map_or("", Token::word),
                    "under" | "below" | "beneath" | "underneath"
                )
            {
                self.naming();
                if let Some(heading) = self.quoted() {
                    self.take_word(&["section", "heading", "headline"]);
                    return Some(heading);
                }
            }
        }
        self.at = from;
        None
    }

    /// Reads where a new thing goes.
    pub(crate) fn place(&mut self) -> Option<Place> {
        let from = self.at;
        self.skip_marks(&[',']);
        self.skip_words(|w| {
            matches!(
                w,
                "right" | "directly" | "just" | "immediately" | "somewhere"
            )
        });
        let place = self
            .relative_place()
            .or_else(|| self.edge())
            .or_else(|| self.list_place());
        if place.is_none() {
            self.at = from;
        }
        place
    }

    fn relative_place(&mut self) -> Option<Place> {
        let from = self.at;
        let place: fn(String) -> Place = match self.word(0) {
            "after" | "behind" => Place::After,
            "before" | "above" => Place::Before,
            "under" | "below" | "beneath" | "underneath" => Place::Under,
            _ => return None,
        };
        self.at += 1;
        self.skip_words(|w| vocabulary::is_article(w) || matches!(w, "section" | "list"));
        self.kind();
        self.naming();
        let Some(text) = self.quoted() else {
            self.at = from;
            return None;
        };
        self.skip_words(|w| {
            matches!(
                w,
                "section" | "heading" | "headline" | "paragraph" | "item" | "list"
            )
        });
        Some(place(text))
    }

    fn edge(&mut self) -> Option<Place> {
        let from = self.at;
        if self.take_word(&["at", "to", "on"]) {
            self.skip_words(|w| matches!(w, "the" | "very"));
            let place = match self.word(0) {
                "end" | "bottom" => Some(Place::End),
                "top" | "beginning" | "start" => Some(Place::Start),
                _ => None,
            };
            if place.is_some() {
                self.at += 1;
                if self.word(0) == "of" {
                    self.skip_words(|w| {
                        matches!(
                            w,
                            "of" | "the" | "page" | "list" | "text" | "content" | "main" | "it"
                        )
                    });
                }
                return place;
            }
        }
        self.at = from;
        None
    }

    /// `to the list`, `to the "Fruit" list`, `to the list under "Fruit"`, `to the menu`.
    fn list_place(&mut self) -> Option<Place> {
        if !matches!(self.word(0), "to" | "in" | "into" | "on") {
            return None;
        }
        self.at += 1;
        self.skip_words(vocabulary::is_article);
        if self.take_word(&["menu", "navigation", "nav", "navbar"]) {
            self.take_word(&["bar", "menu"]);
            return Some(Place::Menu);
        }
        let before = self.quoted();
        if !self.take_word(&["list", "bullets", "section"]) {
            return None;
        }
        if let Some(heading) = before {
            return Some(Place::Under(heading));
        }
        self.relative_place().or_else(|| {
            self.skip_words(|w| matches!(w, "of" | "with" | "called" | "titled" | "the" | "named"));
            Some(self.quoted().map_or(Place::End, Place::Under))
        })
    }
}
