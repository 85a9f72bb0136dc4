//! Splits a message into its instructions.
//!
//! A piece ends at a line, a sentence, a list item, or an `and` before another request. Pieces that say
//! nothing alone are read together with the next one, since mail programs wrap lines where they like.

use super::clause::{Clause, Ending, Source, starts_request, text_of};
use super::command::{Command, Pages};
use super::lexer::{Kind, Token, lex};
use super::vocabulary::{is_article, is_opening, kind, verb};

/// Most instructions in one message.
pub(crate) const MAX_COMMANDS: usize = 50;
/// Most pieces that one instruction is put together from.
const MAX_PIECES: usize = 12;
/// From this many characters on, a line may have been wrapped by the mail program.
const WRAPPED: usize = 55;

/// What a message asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Understood {
    Commands(Vec<Command>),
    /// Nothing is asked for.
    Nothing,
    /// Too many instructions at once.
    TooMany,
    /// A part that is not understood, in the sender's words, and how many parts were.
    Not {
        said: String,
        others: usize,
        quotes_would_help: bool,
    },
}

/// Why a piece ends where it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Break {
    Start,
    /// A blank line or a list's next item.
    Block,
    /// A line of so many characters.
    Line(usize),
    Sentence,
    /// `and`, `then` or a comma before another request.
    Joined,
}

struct Piece<'a> {
    tokens: &'a [Token],
    before: Break,
}

/// Reads a whole message.
pub(crate) fn understand(message: &str) -> Understood {
    let tokens = lex(message);
    let pieces = pieces(&tokens);
    let mut reader = Reader {
        message,
        tokens: &tokens,
        commands: Vec::new(),
        pages: Pages::Unsaid,
        signed: false,
        other: None,
    };
    let mut at = 0;
    while at < pieces.len() {
        if reader.commands.len() > MAX_COMMANDS {
            return Understood::TooMany;
        }
        at = reader.read(&pieces, at);
    }
    match (reader.other, reader.commands.is_empty()) {
        (Some((said, quotes_would_help)), _) => Understood::Not {
            said,
            others: reader.commands.len(),
            quotes_would_help,
        },
        (None, true) => Understood::Nothing,
        (None, false) => Understood::Commands(reader.commands),
    }
}

struct Reader<'a> {
    message: &'a str,
    tokens: &'a [Token],
    commands: Vec<Command>,
    /// What `On the contact page:` said for all that follows.
    pages: Pages,
    /// After `Best regards`.
    signed: bool,
    /// The first piece that is not understood, and whether quotes would help.
    other: Option<(String, bool)>,
}

impl Reader<'_> {
    /// Reads the clause that begins with piece `at`; answers where the next one begins.
    fn read(&mut self, pieces: &[Piece<'_>], at: usize) -> usize {
        let mut end = at + 1;
        let mut clause = self.clause(pieces, at, end);
        while end < pieces.len() && end - at < MAX_PIECES && self.goes_on(&clause, pieces, at, end)
        {
            let longer = self.clause(pieces, at, end + 1);
            let worth = matches!(longer, Clause::Command(..))
                || matches!(clause, Clause::Unknown | Clause::Unquoted);
            if !worth {
                break;
            }
            clause = longer;
            end += 1;
        }
        self.take(clause, pieces, at, end);
        end
    }

    fn clause(&self, pieces: &[Piece<'_>], from: usize, to: usize) -> Clause {
        self.source(pieces, from, to)
            .understand(self.commands.last())
    }

    fn source<'b>(&'b self, pieces: &[Piece<'_>], from: usize, to: usize) -> Source<'b> {
        let start = pieces
            .get(from)
            .and_then(|p| p.tokens.first())
            .map_or(0, |t| t.span.start);
        let end = to
            .checked_sub(1)
            .and_then(|i| pieces.get(i))
            .and_then(|p| p.tokens.last())
            .map_or(0, |t| t.span.end);
        let from = self.tokens.partition_point(|t| t.span.start < start);
        let to = self.tokens.partition_point(|t| t.span.end <= end);
        Source {
            message: self.message,
            tokens: self.tokens.get(from..to).unwrap_or_default(),
        }
    }

    /// Whether the piece `end` may belong to the clause before it.
    fn goes_on(&self, clause: &Clause, pieces: &[Piece<'_>], at: usize, end: usize) -> bool {
        let Some(next) = pieces.get(end) else {
            return false;
        };
        if matches!(next.before, Break::Block | Break::Start) {
            return false;
        }
        let alone = Source {
            message: self.message,
            tokens: next.tokens,
        }
        .understand(self.commands.last());
        let unknown = matches!(alone, Clause::Unknown | Clause::Unquoted);
        match clause {
            Clause::Command(_, Ending::Closed)
            | Clause::Pages(_)
            | Clause::SmallTalk
            | Clause::Closing => false,
            Clause::Command(_, ending) => {
                unknown
                    && match next.before {
                        Break::Line(length) => length >= WRAPPED && !starts_request(next.tokens),
                        Break::Sentence => {
                            *ending == Ending::OpenText && !starts_request(next.tokens)
                        }
                        Break::Joined => true,
                        Break::Start | Break::Block => false,
                    }
            }
            Clause::Unknown | Clause::Unquoted => {
                let begun = pieces.get(at).is_some_and(|p| {
                    starts_request(p.tokens) || p.tokens.iter().any(|t| t.quoted().is_some())
                });
                let aside =
                    !unknown || (starts_request(next.tokens) && next.before != Break::Joined);
                begun && !aside && next.before != Break::Sentence
                    || (begun
                        && matches!(next.before, Break::Line(_))
                        && !starts_request(next.tokens))
            }
        }
    }

    fn take(&mut self, clause: Clause, pieces: &[Piece<'_>], at: usize, end: usize) {
        match clause {
            Clause::Command(mut command, _) => {
                if command.pages == Pages::Unsaid {
                    command.pages = self.pages.clone();
                }
                self.commands.push(command);
            }
            Clause::Pages(pages) => self.pages = pages,
            Clause::SmallTalk => {}
            Clause::Closing => self.signed = true,
            Clause::Unknown | Clause::Unquoted => {
                let source = self.source(pieces, at, end);
                if !self.is_signature(source.tokens, pieces.get(at).map(|p| p.before))
                    && self.other.is_none()
                {
                    let said = source.said();
                    let quotes = clause == Clause::Unquoted || starts_request(source.tokens);
                    self.other = Some((said, quotes));
                }
            }
        }
    }

    /// A name, a firm, a phone number after the last instruction: nothing that asks for something.
    fn is_signature(&self, tokens: &[Token], before: Option<Break>) -> bool {
        let text = text_of(self.message, tokens);
        let asks = starts_request(tokens)
            || tokens
                .iter()
                .any(|t| t.quoted().is_some() || verb(t.word()).is_some());
        if self.commands.is_empty() || asks || text.chars().count() > 100 {
            return false;
        }
        let name = |w: &str| {
            w.chars().next().is_some_and(char::is_uppercase) || w.starts_with(['-', '–', '—'])
        };
        let words: Vec<&str> = text.split(' ').collect();
        let apart = matches!(before, Some(Break::Block | Break::Line(_)));
        let after_quotes =
            self.commands.last().is_some_and(|c| !c.guessed) || before == Some(Break::Block);
        self.signed || (apart && after_quotes && words.len() <= 3 && words.iter().all(|w| name(w)))
    }
}

fn pieces(tokens: &[Token]) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut from, mut before) = (0, Break::Start);
    let mut cut = |at: usize, next: usize, reason: Break, from: &mut usize, before: &mut Break| {
        if let Some(tokens) = tokens
            .get(*from..at)
            .filter(|t| t.iter().any(|t| !is_layout(t)))
        {
            pieces.push(Piece {
                tokens,
                before: *before,
            });
            *before = reason;
        } else if reason == Break::Block {
            *before = Break::Block;
        }
        *from = next;
    };
    for (at, token) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1);
        match &token.kind {
            Kind::Blank => cut(at, at + 1, Break::Block, &mut from, &mut before),
            Kind::Bullet => cut(at, at + 1, Break::Block, &mut from, &mut before),
            Kind::Line(length) => cut(at, at + 1, Break::Line(*length), &mut from, &mut before),
            Kind::Mark('.' | '!' | '?' | ';' | ':')
                if next.is_none_or(|n| n.span.start > token.span.end) =>
            {
                // A colon ends a piece only when a line ends there: `On the contact page:`.
                let colon = token.is_mark(&[':']);
                let line_ends = next.is_none_or(is_layout);
                if !colon || line_ends {
                    cut(at + 1, at + 1, Break::Sentence, &mut from, &mut before);
                }
            }
            Kind::Mark(',') if joins(tokens, from, at) => {
                cut(at, at + 1, Break::Joined, &mut from, &mut before)
            }
            Kind::Word(word)
                if matches!(
                    word.lower.as_str(),
                    "and" | "then" | "und" | "et" | "y" | "&"
                ) && joins(tokens, from, at) =>
            {
                cut(at, at + 1, Break::Joined, &mut from, &mut before);
            }
            Kind::Word(_) | Kind::Quoted(_) | Kind::Mark(_) => {}
        }
    }
    cut(
        tokens.len(),
        tokens.len(),
        Break::Start,
        &mut from,
        &mut before,
    );
    pieces
}

fn is_layout(token: &Token) -> bool {
    matches!(token.kind, Kind::Line(_) | Kind::Blank | Kind::Bullet)
}

/// Whether the piece from `from` on asks for something, and another request or text follows the `and` at `at`.
fn joins(tokens: &[Token], from: usize, at: usize) -> bool {
    let asks = |t: &Token| verb(t.word()).is_some() || t.quoted().is_some();
    // Bounded, so that a message of commas stays cheap.
    let mut before = tokens.get(from..at).unwrap_or_default().iter().take(40);
    let skipped = |t: &&Token| {
        is_opening(t.word())
            || is_article(t.word())
            || kind(t.word(), "").is_some()
            || t.is_mark(&[','])
    };
    let mut rest = tokens.iter().skip(at + 1).filter(|t| !is_layout(t)).take(8);
    before.any(asks) && rest.find(|t| asks(t) || !skipped(t)).is_some_and(asks)
}
