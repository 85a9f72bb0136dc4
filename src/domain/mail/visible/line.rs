//! The lines of a body, and what is known of each before any line is read in its context.

use crate::domain::mail::html::head_of;
use crate::domain::mail::{Span, SpanKind};

use super::quote::header::{Field, field};

/// One line of a body.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) text: &'a str,
    pub(super) kind: LineKind,
    /// Whether it stands in an indented element: a quote only below an attribution.
    pub(super) is_indented: bool,
    /// The mail header field that it could be, as blocks above originals repeat them.
    pub(super) field: Option<Field>,
}

/// What a line is by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineKind {
    /// Nothing to be seen.
    Blank,
    /// Words, whosever they are.
    Words,
    /// Behind a `>`.
    Quoted,
    /// What the HTML says is a quote (B7).
    MarkedQuote,
    /// What the HTML says is a signature (B8).
    MarkedSignature,
}

impl<'a> Line<'a> {
    fn new(text: &'a str, mark: Option<SpanKind>) -> Self {
        let kind = match mark {
            _ if text.trim().is_empty() => LineKind::Blank,
            Some(SpanKind::Quote) => LineKind::MarkedQuote,
            Some(SpanKind::Signature) => LineKind::MarkedSignature,
            Some(SpanKind::Indented) | None if is_quoted(text) => LineKind::Quoted,
            Some(SpanKind::Indented) | None => LineKind::Words,
        };
        Self {
            text,
            kind,
            is_indented: mark == Some(SpanKind::Indented),
            field: (kind != LineKind::Blank).then(|| field(text)).flatten(),
        }
    }

    pub(super) const fn is_blank(&self) -> bool {
        matches!(self.kind, LineKind::Blank)
    }

    pub(super) const fn is_words(&self) -> bool {
        matches!(self.kind, LineKind::Words)
    }

    pub(super) const fn is_quote(&self) -> bool {
        matches!(self.kind, LineKind::Quoted | LineKind::MarkedQuote)
    }
}

/// Most bytes and lines of a text that are read: an instruction is far shorter (B11).
const MAX_TEXT: usize = 1024 * 1024;
const MAX_LINES: usize = 20_000;

/// What of a text is read.
pub(super) fn readable(text: &str) -> &str {
    let head = head_of(text, MAX_TEXT);
    let mut ends = head.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
    let end = ends.nth(MAX_LINES).map_or(head.len(), |(at, _)| at);
    head.get(..end).unwrap_or_default()
}

/// Splits a text into lines; where a span begins or ends within a line, that line is split too.
pub(super) fn lines<'a>(text: &'a str, spans: &[Span]) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    let mut add = |range: std::ops::Range<usize>, mark| {
        let end = range.end.min(text.len());
        let piece = text.get(range.start..end).unwrap_or_default();
        let free = (2 * MAX_LINES).saturating_sub(lines.len());
        lines.extend(
            piece
                .split('\n')
                .take(free)
                .map(|line| Line::new(line, mark)),
        );
    };
    let mut from = 0;
    for span in spans
        .iter()
        .take_while(|span| span.range.start < text.len())
    {
        if from < span.range.start {
            add(from..span.range.start, None);
        }
        add(span.range.clone(), Some(span.kind));
        from = span.range.end;
    }
    if from < text.len() || spans.is_empty() {
        add(from..text.len(), None);
    }
    lines
}

/// Whether a line is a quote by its `>`, also by one that some relay has escaped.
fn is_quoted(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with('>') || line.starts_with("&gt;") || line.starts_with('＞')
}
