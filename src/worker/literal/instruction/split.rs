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
/// Most clauses read in one message, small talk and signatures included.
const MAX_READ: usize = 1000;
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
        pieces: 0,
        other: None,
    };
    let mut at = 0;
    while at < pieces.len() {
        if reader.commands.len() > MAX_COMMANDS || reader.pieces > MAX_READ {
            return Understood::TooMany;
        }
        reader.pieces += 1;
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
    /// How many clauses have been read.
    pieces: usize,
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
        // `Add this paragraph:` goes on below, whatever is between.
        let announced = end == at + 1
            && pieces
                .get(at)
                .and_then(|p| p.tokens.last())
                .is_some_and(|t| t.is_mark(&[':']));
        if matches!(clause, Clause::Unknown | Clause::Unquoted) && announced {
            return pieces.get(at).is_some_and(|p| starts_request(p.tokens))
                && !starts_request(next.tokens);
        }
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
                    command.pages = self.pages_for(pieces.get(at));
                }
                self.commands.push(command);
            }
            Clause::Pages(pages) => self.pages = pages,
            Clause::SmallTalk => {}
            // `Thanks. The font is ugly.` is no end of a letter.
            Clause::Closing => {
                let next = pieces.get(end).map(|p| p.before);
                self.signed = !matches!(next, Some(Break::Sentence | Break::Joined));
            }
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

    /// The pages that were named before: by `On the contact page:`, or in the same sentence.
    fn pages_for(&self, piece: Option<&Piece<'_>>) -> Pages {
        let joined = piece.is_some_and(|p| p.before == Break::Joined);
        match self.commands.last() {
            Some(before) if joined && before.pages != Pages::Unsaid => before.pages.clone(),
            Some(_) | None => self.pages.clone(),
        }
    }

    /// A name, a firm, a phone number after the last instruction: nothing that asks for something.
    fn is_signature(&self, tokens: &[Token], before: Option<Break>) -> bool {
        let length = tokens
            .first()
            .zip(tokens.last())
            .map_or(0, |(a, b)| b.span.end - a.span.start);
        if self.commands.is_empty() || starts_request(tokens) || length > 400 {
            return false;
        }
        if self.signed {
            return true;
        }
        if tokens
            .iter()
            .any(|t| t.quoted().is_some() || verb(t.word()).is_some())
        {
            return false;
        }
        let text = text_of(self.message, tokens);
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
    let mut cutter = Cutter {
        tokens,
        from: 0,
        before: Break::Start,
        pieces: Vec::new(),
    };
    for (at, token) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1);
        let stands_apart = next.is_none_or(|n| n.span.start > token.span.end);
        match &token.kind {
            Kind::Blank | Kind::Bullet => cutter.cut(at, at + 1, Break::Block),
            Kind::Line(length) => cutter.cut(at, at + 1, Break::Line(*length)),
            Kind::Mark('.' | '!' | '?' | ';') if stands_apart => {
                cutter.cut(at + 1, at + 1, Break::Sentence);
            }
            // A colon ends a piece only when a line ends there: `On the contact page:`.
            Kind::Mark(':') if next.is_none_or(is_layout) => {
                cutter.cut(at + 1, at + 1, Break::Sentence);
            }
            Kind::Mark(',') if joins(tokens, cutter.from, at) => {
                cutter.cut(at, at + 1, Break::Joined);
            }
            Kind::Word(word) if is_and(&word.lower) && joins(tokens, cutter.from, at) => {
                cutter.cut(at, at + 1, Break::Joined);
            }
            Kind::Word(_) | Kind::Quoted(_) | Kind::Mark(_) => {}
        }
    }
    cutter.cut(tokens.len(), tokens.len(), Break::Start);
    cutter.pieces
}

struct Cutter<'a> {
    tokens: &'a [Token],
    from: usize,
    before: Break,
    pieces: Vec<Piece<'a>>,
}

impl Cutter<'_> {
    /// Ends a piece before `at` and begins the next at `next`.
    fn cut(&mut self, at: usize, next: usize, reason: Break) {
        let tokens = self.tokens.get(self.from..at).unwrap_or_default();
        if !tokens.iter().all(is_layout) {
            self.pieces.push(Piece {
                tokens,
                before: self.before,
            });
            self.before = reason;
        } else if reason == Break::Block {
            self.before = Break::Block;
        }
        self.from = next;
    }
}

fn is_and(word: &str) -> bool {
    matches!(word, "and" | "then" | "und" | "et" | "y" | "&")
}

fn is_layout(token: &Token) -> bool {
    matches!(token.kind, Kind::Line(_) | Kind::Blank | Kind::Bullet)
}

/// Whether the piece from `from` on asks for something, and another request or text follows the `and` at `at`.
fn joins(tokens: &[Token], from: usize, at: usize) -> bool {
    let asks = |t: &Token| verb(t.word()).is_some() || t.quoted().is_some();
    let says = |t: &Token| verb(t.word()).is_some() || is_becoming(t.word());
    // Bounded, so that a message of commas stays cheap.
    let mut before = tokens.get(from..at).unwrap_or_default().iter().take(40);
    let skipped = |t: &&Token| {
        is_opening(t.word())
            || is_article(t.word())
            || kind(t.word(), "").is_some()
            || matches!(t.word(), "list" | "bullet")
            || t.is_mark(&[','])
    };
    let mut rest = tokens.iter().skip(at + 1).filter(|t| !is_layout(t)).take(8);
    before.any(says) && rest.find(|t| asks(t) || !skipped(t)).is_some_and(asks)
}

/// Words that make a request of `"A" should be "B"`.
fn is_becoming(word: &str) -> bool {
    matches!(
        word,
        "should" | "must" | "needs" | "has" | "becomes" | "instead" | "->" | "→" | "=>"
    )
}
