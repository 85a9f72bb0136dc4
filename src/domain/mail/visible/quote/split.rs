//! Walks a body from its top and parts the sender's words from what is quoted or forwarded (B7, B10).

use super::attribution::{self, Below};
use super::columns;
use super::header::{self, Context};
use super::heads;
use super::prefix;
use super::separator::{self, Separator, separator};
use crate::domain::mail::visible::line::{Line, LineKind};
use crate::domain::mail::visible::marker::{is_marker, is_reply_line};

/// How many lines below a separator are looked at for a header block.
const LOOK_AHEAD: usize = 4;
/// Shortest quoted line that some relay may have broken in two.
const LONG_LINE: usize = 60;
/// Width to which relays break lines, at least.
const BROKEN_AT: usize = 76;

/// What is known of a mail before its text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::domain::mail::visible) enum MailKind {
    /// Nothing says that it answers.
    First,
    /// It answers a mail.
    Reply,
    /// Its subject says that it forwards one.
    Forward,
}

/// A body in its parts.
#[derive(Debug, Default)]
pub(in crate::domain::mail::visible) struct Split<'a> {
    /// The sender's lines, in runs that quotes part.
    pub(in crate::domain::mail::visible) runs: Vec<Vec<&'a str>>,
    /// The line at which a forwarded mail begins.
    pub(in crate::domain::mail::visible) forwarded: Option<usize>,
    /// Whether anything was taken for a quote.
    pub(in crate::domain::mail::visible) has_quote: bool,
    /// Whether the HTML marked a signature.
    pub(in crate::domain::mail::visible) has_signature: bool,
}

/// Parts a body.
pub(in crate::domain::mail::visible) fn split<'a>(lines: &[Line<'a>], kind: MailKind) -> Split<'a> {
    let mut walk = Walk {
        lines,
        kind,
        has_marker: lines.iter().any(|line| is_marker(line.text)),
        is_example: kind == MailKind::First && holds_example(lines),
        split: Split {
            runs: vec![Vec::new()],
            ..Split::default()
        },
        fences: Fences::UpTo(0),
        words: 0,
        has_attribution: false,
        brackets: 0,
    };
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        match walk.step(at, line) {
            Step::To(next) => at = next.max(at + 1),
            Step::End => break,
        }
    }
    walk.split
}

enum Step {
    To(usize),
    End,
}

/// The blocks of code in a text.
enum Fences {
    /// The lines above this one are known; the next fence begins a block.
    UpTo(usize),
    /// No fence ends any more: asked once, or each further one would look through the rest again.
    Over,
}

struct Walk<'x, 'a> {
    lines: &'x [Line<'a>],
    kind: MailKind,
    /// Whether our own marker is somewhere: then the quote is one of ours.
    has_marker: bool,
    split: Split<'a>,
    /// Whether what stands behind `>` may be the sender's own.
    is_example: bool,
    fences: Fences,
    /// Lines with words of the sender's so far.
    words: usize,
    has_attribution: bool,
    /// Where the last quote in brackets ended; the greatest number when no bracket closes any more.
    brackets: usize,
}

impl<'a> Walk<'_, 'a> {
    fn step(&mut self, at: usize, line: &Line<'a>) -> Step {
        match line.kind {
            _ if self.is_fenced(at) => self.keep_words(line.text),
            LineKind::Blank => self.keep(line.text),
            LineKind::MarkedSignature => self.split.has_signature = true,
            LineKind::MarkedQuote if self.announces_forward(at) => return self.forward(at),
            LineKind::Quoted if self.is_unmarked_head(at) => return self.head(at, 1),
            LineKind::Quoted if self.is_example(at) => self.keep_words(line.text),
            LineKind::Quoted | LineKind::MarkedQuote => self.quote(),
            LineKind::Words => return self.words(at, line),
        }
        Step::To(at + 1)
    }

    fn words(&mut self, at: usize, line: &Line<'a>) -> Step {
        if is_fence(line.text) && self.opens_fence(at) {
            self.keep_words(line.text);
            return Step::To(at + 1);
        }
        if is_marker(line.text) {
            self.split.has_quote = true;
            return Step::End;
        }
        if is_reply_line(line.text) {
            self.quote();
            return if self.has_words() {
                Step::End
            } else {
                Step::To(at + 1)
            };
        }
        if let Some(step) = self.original(at, line) {
            return step;
        }
        if let Some(step) = self.glued(at, line) {
            return step;
        }
        if let Some(count) = heads::head(self.lines, at)
            && !self.is_introduced(count - 1)
        {
            return self.head(at, count);
        }
        if heads::is_dashed(line.text) && self.has_words() {
            return self.head(at, 1);
        }
        if let Some(step) = self.attribution(at, line) {
            return step;
        }
        let next = self
            .lines
            .get(at + 1)
            .filter(|next| next.kind == LineKind::Quoted);
        if next.is_some_and(|next| attribution::goes_on_quoted(line.text, next.text)) {
            return self.head(at, 1);
        }
        if self.opens_brackets(at, line) {
            self.quote();
            return Step::To(self.brackets);
        }
        if line.is_indented && self.has_attribution
            || self.is_other_quote(at, line)
            || self.is_broken_quote(at, line)
        {
            self.quote();
            return Step::To(at + 1);
        }
        self.keep_words(line.text);
        Step::To(at + 1)
    }

    const fn is_fenced(&self, at: usize) -> bool {
        matches!(self.fences, Fences::UpTo(end) if at < end)
    }

    /// Whether a block of code begins here: all of it is the sender's, to the fence that ends it.
    fn opens_fence(&mut self, at: usize) -> bool {
        if matches!(self.fences, Fences::Over) {
            return false;
        }
        let mut below = self.lines.iter().enumerate().skip(at + 1);
        let end = below.find(|(_, line)| line.is_words() && is_fence(line.text));
        self.fences = end.map_or(Fences::Over, |(end, _)| Fences::UpTo(end + 1));
        end.is_some()
    }

    const fn has_words(&self) -> bool {
        self.words > 0
    }

    fn keep(&mut self, text: &'a str) {
        if let Some(run) = self.split.runs.last_mut() {
            run.push(text);
        }
    }

    fn keep_words(&mut self, text: &'a str) {
        self.keep(text);
        self.words += 1;
    }

    /// A quote stands here: the sender's words below it are another run.
    fn quote(&mut self) {
        self.split.has_quote = true;
        if self.split.runs.last().is_some_and(|run| !run.is_empty()) {
            self.split.runs.push(Vec::new());
        }
    }

    fn forward(&mut self, at: usize) -> Step {
        self.split.forwarded = Some(at);
        Step::End
    }

    fn next_words(&self, at: usize) -> Option<usize> {
        let below = self.lines.iter().enumerate().skip(at);
        below
            .take(LOOK_AHEAD)
            .find(|(_, line)| !line.is_blank())
            .map(|(at, _)| at)
    }

    /// What stands below line `at`: asked of a few lines only, so that the walk stays linear.
    fn below(&self, at: usize) -> Below {
        let next = self
            .next_words(at + 1)
            .and_then(|next| self.lines.get(next));
        let is_quote = |next: &Line<'_>| {
            !next.is_words()
                || next.is_indented
                || prefix::is_barred(next.text)
                || prefix::is_initials(next.text)
                || prefix::name(next.text).is_some()
                || next.text.trim_start().starts_with("<<")
        };
        if next.is_some_and(is_quote) {
            Below::Quote
        } else {
            Below::Words
        }
    }

    /// A separator or a header block: the original, or a forwarded mail, to the end.
    fn original(&mut self, at: usize, line: &Line<'a>) -> Option<Step> {
        let found = separator(line.text);
        let below = |context| {
            self.next_words(at + 1)
                .and_then(|next| header::block_end(self.lines, next, context))
        };
        let block = match found {
            Some(Separator::Original | Separator::Forward) => below(Context::BelowSeparator),
            Some(Separator::Unknown | Separator::Ruler) => below(Context::BelowRuler),
            None => header::block_end(self.lines, at, Context::Anywhere)
                .or_else(|| columns::notes_end(self.lines, at))
                .or_else(|| self.short_block(at)),
        };
        if let (None, Some(end)) = (found, block)
            && (!self.has_words() || self.is_introduced(0))
            && !header::is_sure(self.lines, at, end)
            && !self.lines.get(end).is_some_and(Line::is_quote)
        {
            return None;
        }
        let is_forward = match (found, block) {
            (Some(Separator::Forward), _) => true,
            (Some(Separator::Original), _)
            | (Some(Separator::Unknown | Separator::Ruler) | None, Some(_)) => {
                self.kind == MailKind::Forward
            }
            (Some(Separator::Unknown | Separator::Ruler) | None, None) => return None,
        };
        if is_forward {
            return Some(self.forward(at));
        }
        let end = block.unwrap_or(at + 1);
        let is_marked_below = self
            .next_words(end)
            .and_then(|next| self.lines.get(next))
            .is_some_and(Line::is_quote);
        if is_marked_below {
            self.quote();
            return Some(Step::To(end));
        }
        if self.has_words() || self.has_marker || self.kind == MailKind::Reply {
            self.split.has_quote = true;
            return Some(Step::End);
        }
        // Nothing was written above: what is below is material at best.
        (found == Some(Separator::Original)).then(|| self.forward(at))
    }

    /// Whether the quote that begins here is a forwarded mail by its own words.
    fn announces_forward(&self, at: usize) -> bool {
        if self.split.has_quote || self.has_attribution {
            return false;
        }
        let Some(line) = self.lines.get(at) else {
            return false;
        };
        separator(line.text) == Some(Separator::Forward)
            || self.kind == MailKind::Forward
                && (separator(line.text) == Some(Separator::Original)
                    || header::block_end(self.lines, at, Context::Anywhere).is_some())
    }

    fn attribution(&mut self, at: usize, line: &Line<'a>) -> Option<Step> {
        if !attribution::can_end(line.text) {
            return None;
        }
        let below = self.below(at);
        let is_reply = self.kind == MailKind::Reply;
        let wrapped = attribution::wrapped(self.lines, at, below, is_reply)?;
        if below == Below::Words && !line.text.contains('@') && self.is_introduced(wrapped - 1) {
            return None;
        }
        if below == Below::Words && attribution::ends_in_word(line.text) {
            // A sentence goes on in the next line.
            let next = self.lines.get(at + 1);
            if next.is_some_and(|next| !next.is_blank()) {
                return None;
            }
        }
        Some(self.head(at, wrapped))
    }

    /// The head of a quote ends at `at`, over so many lines.
    fn head(&mut self, at: usize, count: usize) -> Step {
        self.take_back(count.saturating_sub(1));
        self.has_attribution = true;
        // An unmarked quote ends the mail, unless the sender's words can only stand below it.
        if self.below(at) == Below::Words && (self.has_words() || self.has_marker) {
            self.split.has_quote = true;
            return Step::End;
        }
        self.quote();
        Step::To(at + 1)
    }

    /// A head in arrows above a quote that may not be marked.
    fn is_unmarked_head(&self, at: usize) -> bool {
        let above = at.checked_sub(1).and_then(|above| self.lines.get(above));
        self.lines
            .get(at)
            .is_some_and(|line| heads::is_arrows(line.text))
            && above.is_none_or(|above| !above.is_quote())
    }

    /// A block of one or two fields: only where an answer was written above it.
    fn short_block(&self, at: usize) -> Option<usize> {
        let is_field = self.lines.get(at).is_some_and(|line| line.field.is_some());
        if self.kind != MailKind::Reply || !is_field || self.is_introduced(0) {
            return None;
        }
        let end = header::short_block_end(self.lines, at)?;
        let is_above_quote = || self.lines.get(end).is_some_and(Line::is_quote);
        (self.has_words() || is_above_quote()).then_some(end)
    }

    /// Whether a quote in `<<` and `>>` begins here, as old mailers write them below an attribution.
    fn opens_brackets(&mut self, at: usize, line: &Line<'_>) -> bool {
        let text = line.text.trim_start();
        if !text.starts_with("<<") || !self.has_attribution || self.brackets == usize::MAX {
            return false;
        }
        let mut below = self.lines.iter().enumerate().skip(at);
        let end = below.find(|(_, line)| line.text.trim_end().ends_with(">>"));
        self.brackets = end.map_or(usize::MAX, |(end, _)| end + 1);
        end.is_some()
    }

    /// Whether the sender's words, but for the last lines, end in a colon: what stands below is announced.
    fn is_introduced(&self, but: usize) -> bool {
        let run = self.split.runs.last();
        let mut above = run.into_iter().flatten().rev().skip(but).take(LOOK_AHEAD);
        above
            .find(|line| !line.trim().is_empty())
            .is_some_and(|line| line.trim_end().ends_with([':', '：']))
    }

    /// Takes the last lines of the run back: they were the beginning of an attribution.
    fn take_back(&mut self, count: usize) {
        if count == 0 {
            return;
        }
        if let Some(run) = self.split.runs.last_mut() {
            let taken = run.drain(run.len().saturating_sub(count)..);
            let words = taken.filter(|line| !line.trim().is_empty()).count();
            self.words = self.words.saturating_sub(words);
        }
    }

    /// Lines behind initials, and behind `|` and its like below an attribution or another such line.
    fn is_other_quote(&self, at: usize, line: &Line<'_>) -> bool {
        if prefix::is_initials(line.text) && (self.has_attribution || self.kind == MailKind::Reply)
        {
            return true;
        }
        if let Some(name) = prefix::name(line.text)
            && self.has_attribution
        {
            let is_same = |other: Option<&Line<'_>>| {
                other.and_then(|other| prefix::name(other.text)) == Some(name)
            };
            let above = at.checked_sub(1).and_then(|above| self.lines.get(above));
            return is_same(above) || is_same(self.lines.get(at + 1));
        }
        prefix::is_barred(line.text) && self.has_attribution && {
            let above = at.checked_sub(1).and_then(|above| self.lines.get(above));
            above.is_none_or(|above| {
                above.is_blank()
                    || prefix::is_barred(above.text)
                    || attribution::can_end(above.text)
            })
        }
    }

    /// The rest of a quoted line that a relay broke in two: short, in the middle of a sentence, between quoted lines or
    /// where its first word had no room above.
    fn is_broken_quote(&self, at: usize, line: &Line<'_>) -> bool {
        let Some(above) = at.checked_sub(1).and_then(|above| self.lines.get(above)) else {
            return false;
        };
        let below = self.lines.get(at + 1);
        let quoted = above.text.trim_end();
        let is_middle = above.kind == LineKind::Quoted
            && above.text.len() >= LONG_LINE
            && line.text.len() < 40
            && !quoted.ends_with(['.', '!', '?', ':'])
            && line.text.chars().next().is_some_and(char::is_lowercase);
        if !is_middle {
            return false;
        }
        let first = line.text.split_whitespace().next().unwrap_or_default();
        let had_no_room = quoted.chars().count() + 1 + first.chars().count() > BROKEN_AT;
        match below {
            Some(below) if below.kind == LineKind::Quoted => true,
            None => had_no_room,
            Some(below) => below.is_blank() && had_no_room,
        }
    }

    /// A `>` that quotes nobody: the sender writes what shall stand on the page.
    fn is_example(&self, at: usize) -> bool {
        if !self.is_example || self.has_attribution {
            return false;
        }
        let mut above = self.lines.iter().take(at).rev().take(50);
        let introduced = above.find(|line| !line.is_blank() && !line.is_quote());
        introduced.is_some_and(|line| {
            line.is_words()
                && attribution::can_end(line.text)
                && !line.text.contains('@')
                && !line.text.contains(|c: char| c.is_ascii_digit())
        })
    }

    /// An attribution that was glued to the sender's words: only above a quote, or with the quote glued behind it.
    fn glued(&mut self, at: usize, line: &Line<'a>) -> Option<Step> {
        let cut = attribution::glued_device(line.text).or_else(|| separator::glued(line.text));
        if let Some(own) = cut.and_then(|cut| line.text.get(..cut)).map(str::trim_end)
            && (self.has_words() || !own.is_empty())
        {
            if !own.is_empty() {
                self.keep_words(own);
            }
            self.split.has_quote = true;
            return Some(Step::End);
        }
        let range = attribution::glued(line.text)?;
        let own = line
            .text
            .get(..range.start)?
            .trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '[' | '('));
        let is_more = line.text.get(range.end..)?.contains(char::is_alphanumeric);
        // A line of its own, or the end of a wrapped one, is read elsewhere.
        if own.is_empty() && (!is_more || !self.has_words()) {
            return None;
        }
        if !own.is_empty() {
            self.keep_words(own);
        }
        self.has_attribution = true;
        if is_more || self.below(at) == Below::Words {
            self.split.has_quote = true;
            return Some(Step::End);
        }
        self.quote();
        Some(Step::To(at + 1))
    }
}

/// Whether only one block stands behind `>`, and nothing in it is quoted twice: answers quote more.
fn holds_example(lines: &[Line<'_>]) -> bool {
    let is_quoted = |line: &Line<'_>| line.kind == LineKind::Quoted;
    let starts = lines
        .windows(2)
        .filter(|pair| matches!(pair, [above, below] if !is_quoted(above) && is_quoted(below)));
    let is_nested = |line: &Line<'_>| {
        line.text
            .trim_start()
            .strip_prefix('>')
            .is_some_and(|rest| rest.trim_start().starts_with('>'))
    };
    starts.take(2).count() == 1 && !lines.iter().any(|line| is_quoted(line) && is_nested(line))
}

/// Whether a line is a fence around code.
fn is_fence(line: &str) -> bool {
    line.trim_start().starts_with("```")
}
