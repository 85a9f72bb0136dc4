//! Splits a message into words, quoted texts, marks and line ends.

use std::ops::Range;

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A word.
    Word(Word),
    /// Text in quotes of any kind, without them; a blank line in it stays as `\n\n`.
    Quoted(String),
    /// Punctuation after a word.
    Mark(char),
    /// The end of a line; the number of characters it had.
    Line(usize),
    /// A blank line.
    Blank,
    /// The sign or number that begins an item of a list.
    Bullet,
}

/// A word in two spellings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// Lower case, with straight apostrophes: for comparing.
    pub(crate) lower: String,
    /// As the sender typed it: case matters in an address.
    pub(crate) typed: String,
}

/// A token and its place in the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) span: Range<usize>,
}

impl Token {
    /// The word in lower case, or nothing.
    pub(crate) fn word(&self) -> &str {
        match &self.kind {
            Kind::Word(word) => &word.lower,
            Kind::Quoted(_) | Kind::Mark(_) | Kind::Line(_) | Kind::Blank | Kind::Bullet => "",
        }
    }

    /// The word as typed, or nothing.
    pub(crate) fn typed(&self) -> &str {
        match &self.kind {
            Kind::Word(word) => &word.typed,
            Kind::Quoted(_) | Kind::Mark(_) | Kind::Line(_) | Kind::Blank | Kind::Bullet => "",
        }
    }

    /// The text in quotes.
    pub(crate) fn quoted(&self) -> Option<&str> {
        match &self.kind {
            Kind::Quoted(text) => Some(text),
            Kind::Word(_) | Kind::Mark(_) | Kind::Line(_) | Kind::Blank | Kind::Bullet => None,
        }
    }

    /// Whether it is one of these marks.
    pub(crate) fn is_mark(&self, marks: &[char]) -> bool {
        matches!(&self.kind, Kind::Mark(c) if marks.contains(c))
    }
}

/// Splits a message. Linear in its length.
pub(crate) fn lex(message: &str) -> Vec<Token> {
    Lexer {
        message,
        at: 0,
        line_start: 0,
        tokens: Vec::new(),
        unclosed: Vec::new(),
    }
    .run()
}

struct Lexer<'a> {
    message: &'a str,
    at: usize,
    line_start: usize,
    tokens: Vec<Token>,
    /// Opening quotes known to have no closing one further on, so that none is looked for twice.
    unclosed: Vec<char>,
}

impl Lexer<'_> {
    fn run(mut self) -> Vec<Token> {
        while let Some(c) = self.peek() {
            if c == '\n' {
                self.line_end();
            } else if is_blank(c) {
                self.at += c.len_utf8();
            } else if let Some(length) = self.bullet() {
                self.push(Kind::Bullet, length);
            } else if let Some((text, length)) = self.quotation(c) {
                self.push(Kind::Quoted(text), length);
            } else if is_mark(c) {
                self.push(Kind::Mark(c), c.len_utf8());
            } else {
                self.word();
            }
        }
        self.tokens
    }

    fn rest(&self) -> &str {
        self.message.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn push(&mut self, kind: Kind, length: usize) {
        self.tokens.push(Token {
            kind,
            span: self.at..self.at + length,
        });
        self.at += length;
    }

    fn line_end(&mut self) {
        let length = self.at - self.line_start;
        let empty = self
            .message
            .get(self.line_start..self.at)
            .is_none_or(|l| l.trim().is_empty());
        match self.tokens.last_mut() {
            None => self.at += 1,
            Some(Token {
                kind: kind @ (Kind::Line(_) | Kind::Blank),
                ..
            }) => {
                if empty {
                    *kind = Kind::Blank;
                }
                self.at += 1;
            }
            Some(_) => self.push(Kind::Line(length), 1),
        }
        self.line_start = self.at;
    }

    /// `-`, `*`, `•`, `1.`, `2)` or `a)` at the start of a line.
    fn bullet(&self) -> Option<usize> {
        let before = self.message.get(self.line_start..self.at)?;
        if !before.trim().is_empty() {
            return None;
        }
        let rest = self.rest();
        let sign = rest
            .chars()
            .next()
            .filter(|c| matches!(c, '-' | '*' | '•' | '–' | '·' | '+'));
        let length = if let Some(sign) = sign {
            sign.len_utf8()
        } else {
            let body = rest.trim_start_matches('(');
            let digits = body.len() - body.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let letters =
                usize::from(digits == 0 && body.starts_with(|c: char| c.is_ascii_lowercase()));
            let mark = body.get(digits + letters..)?.chars().next()?;
            let numbered = (1..=3).contains(&digits) && matches!(mark, '.' | ')' | ':');
            if !(numbered || (letters == 1 && mark == ')')) {
                return None;
            }
            rest.len() - body.len() + digits + letters + 1
        };
        rest.get(length..)?.starts_with(is_blank).then_some(length)
    }

    fn quotation(&mut self, open: char) -> Option<(String, usize)> {
        let closers = closers(open)?;
        let before = self.message.get(..self.at)?.chars().next_back();
        if before.is_some_and(char::is_alphanumeric) || self.unclosed.contains(&open) {
            return None;
        }
        let body = self.rest().get(open.len_utf8()..)?;
        let mut previous = open;
        let mut chars = body.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let next = chars.peek().map(|(_, c)| *c);
            let goes_on = next.is_some_and(char::is_alphanumeric);
            let apostrophe = matches!(c, '\'' | '’') && previous.is_whitespace();
            let ends = !goes_on && !apostrophe;
            if closers.contains(&c) && ends {
                let text = unwrap_lines(body.get(..at)?);
                return Some((text, open.len_utf8() + at + c.len_utf8()));
            }
            previous = c;
        }
        self.unclosed.push(open);
        None
    }

    fn word(&mut self) {
        let rest = self.rest();
        let mut end = 0;
        let mut previous = ' ';
        for (at, c) in rest.char_indices() {
            if c == '\n' || is_blank(c) || (at > 0 && is_glue(previous) && closers(c).is_some()) {
                break;
            }
            end = at + c.len_utf8();
            previous = c;
        }
        let word = rest.get(..end).unwrap_or_default();
        // `https://x.org/(a)` keeps its bracket.
        let bracket = word.contains('(');
        let bare = word.trim_end_matches(|c| is_mark(c) && !(bracket && c == ')'));
        let bare = if bare.is_empty() { word } else { bare };
        let lower = bare.to_lowercase().replace('’', "'");
        let word = Word {
            lower,
            typed: bare.to_owned(),
        };
        let length = bare.len().max(1);
        self.push(Kind::Word(word), length);
    }
}

/// Which signs end a quotation that began with `open`. Straight and curly ones may be mixed, as mail
/// programs do.
fn closers(open: char) -> Option<&'static [char]> {
    Some(match open {
        '„' => &['“', '”', '"'],
        '"' | '“' | '‟' => &['"', '”'],
        '”' => &['”'],
        '«' => &['»'],
        '»' => &['«', '»'],
        '‹' => &['›'],
        '\'' | '‘' => &['\'', '’'],
        '‚' => &['‘', '’'],
        '`' => &['`'],
        _ => return None,
    })
}

/// A text as it was before the mail program wrapped it: single line ends are spaces.
fn unwrap_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = false;
    for line in text.lines().map(|l| l.trim_matches(is_blank)) {
        if line.is_empty() {
            blank = !out.is_empty();
            continue;
        }
        if !out.is_empty() {
            out.push_str(if blank { "\n\n" } else { " " });
        }
        blank = false;
        out.push_str(line);
    }
    out
}

fn is_blank(c: char) -> bool {
    c != '\n' && (c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}'))
}

fn is_mark(c: char) -> bool {
    matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '(' | ')' | '…')
}

/// After these a quotation may begin without a space.
fn is_glue(c: char) -> bool {
    matches!(c, ':' | '=' | '>' | '(' | ',' | '-' | '–' | '—')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn show(message: &str) -> Vec<String> {
        lex(message)
            .into_iter()
            .map(|t| match t.kind {
                Kind::Word(w) => w.lower,
                Kind::Quoted(q) => format!("[{q}]"),
                Kind::Mark(c) => c.to_string(),
                Kind::Line(_) => "/".to_owned(),
                Kind::Blank => "//".to_owned(),
                Kind::Bullet => "#".to_owned(),
            })
            .collect()
    }

    #[test]
    fn every_kind_of_quotes_is_known() {
        for quoted in [
            "\"a b\"",
            "“a b”",
            "'a b'",
            "‘a b’",
            "«a b»",
            "«\u{a0}a b\u{a0}»",
            "„a b“",
            "»a b«",
            "`a b`",
            "\"a b”",
        ] {
            assert_eq!(
                show(&format!("say {quoted}, ok")),
                ["say", "[a b]", ",", "ok"],
                "{quoted}"
            );
        }
    }

    #[test]
    fn apostrophes_are_no_quotes() {
        assert_eq!(
            show("don't change 'Don't panic' it’s"),
            ["don't", "change", "[Don't panic]", "it's"]
        );
        assert_eq!(show("the 'open one"), ["the", "'open", "one"]);
    }

    #[test]
    fn lines_lists_and_marks_are_told_apart() {
        assert_eq!(
            show("Hi,\n\n1. open contact.html.\r\n- 2.50 https://x.org/a!\n"),
            [
                "hi",
                ",",
                "//",
                "#",
                "open",
                "contact.html",
                ".",
                "/",
                "#",
                "2.50",
                "https://x.org/a",
                "!",
                "/"
            ]
        );
    }

    #[test]
    fn a_wrapped_quotation_is_one_line_again() {
        assert_eq!(show("\"one\n  two\r\n\r\nthree\""), ["[one two\n\nthree]"]);
    }

    proptest! {
        #[test]
        fn any_message_is_split_into_ordered_tokens(message in "\\PC{0,80}|[a-z'\"“” \n.,:1)*-]{0,80}") {
            let mut end = 0;
            for token in lex(&message) {
                prop_assert!(token.span.start >= end && message.get(token.span.clone()).is_some());
                end = token.span.end;
            }
        }
    }
}
