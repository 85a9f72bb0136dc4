//! Visible text and, for each part of it, the place in the source it was read from.

use std::ops::Range;

use super::tokens::decode_reference;

/// A stretch of text and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    text: Range<usize>,
    source: Range<usize>,
    node: usize,
    /// The same bytes in both; else the piece is one indivisible character, such as `&amp;`.
    verbatim: bool,
}

/// One text node's share of a range of visible text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Share {
    pub(crate) node: usize,
    pub(crate) source: Range<usize>,
}

/// On which side of a boundary a text belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    AfterText,
    BeforeText,
}

/// Stands for the node of a line break, which is in none.
pub(crate) const BREAK: usize = usize::MAX;

/// How a source text is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// Character references stand for characters.
    Html,
    /// Every byte stands for itself.
    Verbatim,
}

/// Visible text with white space collapsed, as a reader would quote it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TextMap {
    text: String,
    pieces: Vec<Piece>,
}

impl TextMap {
    /// The text as a reader sees it.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Where in the source the text begins and ends.
    pub(crate) fn source(&self) -> Option<Range<usize>> {
        Some(self.pieces.first()?.source.start..self.pieces.last()?.source.end)
    }

    /// The first text node that the text was read from.
    pub(crate) fn first_node(&self) -> Option<usize> {
        self.pieces.first().map(|p| p.node)
    }

    /// The text nodes that the text was read from, in order, each once.
    pub(crate) fn nodes(&self) -> Vec<usize> {
        let mut nodes: Vec<usize> = self.pieces.iter().map(|p| p.node).collect();
        nodes.dedup();
        nodes
    }

    /// The part of the text that came from within `source`.
    pub(crate) fn text_within(&self, source: &Range<usize>) -> Range<usize> {
        let from = self
            .pieces
            .partition_point(|p| p.source.start < source.start);
        let to = self.pieces.partition_point(|p| p.source.end <= source.end);
        match (
            self.pieces.get(from),
            to.checked_sub(1).and_then(|i| self.pieces.get(i)),
        ) {
            (Some(first), Some(last)) if from < to => first.text.start..last.text.end,
            _ => 0..0,
        }
    }

    /// The source of a range of the text, one share a text node. `None` when the range is empty, no
    /// range of the text, or cuts through a character reference.
    pub(crate) fn shares(&self, range: &Range<usize>) -> Option<Vec<Share>> {
        if range.is_empty() || self.text.get(range.clone()).is_none() {
            return None;
        }
        let first = self.pieces.partition_point(|p| p.text.end <= range.start);
        let mut shares: Vec<Share> = Vec::new();
        for piece in self
            .pieces
            .iter()
            .skip(first)
            .take_while(|p| p.text.start < range.end)
        {
            let source = piece.cut(range)?;
            match shares.last_mut() {
                Some(last) if last.node == piece.node => last.source.end = source.end,
                _ => shares.push(Share {
                    node: piece.node,
                    source,
                }),
            }
        }
        Some(shares)
    }

    /// Where a text inserted at `at` belongs: at the end of what is before it, or at the start of what
    /// is after it.
    pub(crate) fn position(&self, at: usize, side: Side) -> Option<Share> {
        let index = match side {
            Side::AfterText => self.pieces.partition_point(|p| p.text.end < at),
            Side::BeforeText => self.pieces.partition_point(|p| p.text.end <= at),
        };
        let piece = self.pieces.get(index)?;
        let offset = if at == piece.text.end {
            piece.source.end
        } else if at == piece.text.start {
            piece.source.start
        } else if piece.verbatim {
            piece.source.start + (at - piece.text.start)
        } else {
            return None;
        };
        Some(Share {
            node: piece.node,
            source: offset..offset,
        })
    }

    /// Reads a text node; `source` begins at `offset` of the file.
    pub(crate) fn read(&mut self, source: &str, offset: usize, node: usize, reading: Reading) {
        let mut at = 0;
        while let Some(rest) = source.get(at..).filter(|r| !r.is_empty()) {
            let blank = rest.len() - rest.trim_start_matches(is_space).len();
            let length = if blank > 0 {
                self.push_space(rest, offset + at..offset + at + blank, node);
                blank
            } else {
                self.read_word(rest, offset + at, node, reading)
            };
            at += length;
        }
    }

    /// Reads up to the next space or reference; answers how many bytes that were, at least one.
    fn read_word(&mut self, rest: &str, start: usize, node: usize, reading: Reading) -> usize {
        let amp = |c: char| reading == Reading::Html && c == '&';
        if rest.starts_with(amp) {
            let length = reference_length(rest);
            if let Some(decoded) = rest.get(..length).and_then(decode_reference) {
                self.push_atom(&decoded, start..start + length, node);
                return length;
            }
            self.push_verbatim("&", start, node);
            return 1;
        }
        let length = rest.find(|c| is_space(c) || amp(c)).unwrap_or(rest.len());
        self.push_verbatim(rest.get(..length).unwrap_or_default(), start, node);
        length
    }

    fn push_space(&mut self, rest: &str, source: Range<usize>, node: usize) {
        if self.text.is_empty() || self.text.ends_with(' ') {
            return;
        }
        if source.len() == 1 && rest.starts_with(' ') {
            self.push_verbatim(" ", source.start, node);
        } else {
            self.push_atom(" ", source, node);
        }
    }

    /// Reads a line break such as `<br>`: white space that is no text node's.
    pub(crate) fn read_break(&mut self, source: Range<usize>) {
        if let Some(last) = self.pieces.last_mut().filter(|p| p.node == BREAK) {
            last.source.end = source.end;
            return;
        }
        self.trim_end();
        if !self.text.is_empty() {
            self.push_atom(" ", source, BREAK);
        }
    }

    /// Adds a character (or a few) that the source writes in another way.
    pub(crate) fn push_atom(&mut self, text: &str, source: Range<usize>, node: usize) {
        let at = self.text.len();
        self.text.push_str(text);
        self.pieces.push(Piece {
            text: at..self.text.len(),
            source,
            node,
            verbatim: false,
        });
    }

    fn push_verbatim(&mut self, text: &str, start: usize, node: usize) {
        let at = self.text.len();
        self.text.push_str(text);
        match self.pieces.last_mut() {
            Some(last) if last.verbatim && last.node == node && last.source.end == start => {
                last.text.end = self.text.len();
                last.source.end = start + text.len();
            }
            _ => self.pieces.push(Piece {
                text: at..self.text.len(),
                source: start..start + text.len(),
                node,
                verbatim: true,
            }),
        }
    }

    /// Drops white space at the end, which no reader sees.
    pub(crate) fn trim_end(&mut self) {
        while self.text.ends_with(' ') {
            self.text.pop();
            if let Some(last) = self.pieces.last_mut() {
                last.text.end = self.text.len();
                if last.verbatim {
                    last.source.end -= 1;
                }
            }
            if self.pieces.last().is_some_and(|last| last.text.is_empty()) {
                self.pieces.pop();
            }
        }
    }
}

impl Piece {
    fn cut(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let (start, end) = (
            self.text.start.max(range.start),
            self.text.end.min(range.end),
        );
        if self.verbatim {
            let shift = |at: usize| self.source.start + (at - self.text.start);
            Some(shift(start)..shift(end))
        } else {
            (start == self.text.start && end == self.text.end).then(|| self.source.clone())
        }
    }
}

/// The white space that browsers collapse; a no-break space is not of it.
pub(crate) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}')
}

/// White space collapsed and trimmed, as [`TextMap`] does it.
pub(crate) fn collapse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(is_space).filter(|w| !w.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// How long the thing after `&` may be a reference: the longest name has 32 letters.
fn reference_length(rest: &str) -> usize {
    let body = rest
        .char_indices()
        .skip(1)
        .take(40)
        .find(|(_, c)| !(c.is_ascii_alphanumeric() || *c == '#'))
        .map_or(
            rest.len().min(41),
            |(at, c)| if c == ';' { at + 1 } else { at },
        );
    if rest.is_char_boundary(body) { body } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(source: &str) -> TextMap {
        let mut map = TextMap::default();
        map.read(source, 0, 0, Reading::Html);
        map.trim_end();
        map
    }

    #[test]
    fn text_is_decoded_and_collapsed() {
        assert_eq!(map(" Fish &amp;\r\n   chips  ").text(), "Fish & chips");
        assert_eq!(
            map("AT&T &copy 2024 &nosuch; &").text(),
            "AT&T © 2024 &nosuch; &"
        );
    }

    #[test]
    fn shares_point_at_the_source() {
        let source = "Fish &amp;\n  chips &lt;now&gt;";
        let map = map(source);
        let of = |needle: &str| {
            let at = map.text().find(needle).unwrap();
            let shares = map.shares(&(at..at + needle.len())).unwrap();
            assert_eq!(shares.len(), 1);
            &source[shares[0].source.clone()]
        };
        assert_eq!(of("Fish & chips"), "Fish &amp;\n  chips");
        assert_eq!(of("<now>"), "&lt;now&gt;");
        assert_eq!(of("hip"), "hip");
    }

    #[test]
    fn shares_are_split_by_node() {
        let mut map = TextMap::default();
        map.read("Open ", 0, 0, Reading::Html);
        map.read(" 9", 8, 1, Reading::Html);
        assert_eq!(map.text(), "Open 9");
        let shares = map.shares(&(0..6)).unwrap();
        assert_eq!(
            shares,
            [
                Share {
                    node: 0,
                    source: 0..5
                },
                Share {
                    node: 1,
                    source: 9..10
                }
            ]
        );
    }

    #[test]
    fn a_reference_is_never_cut() {
        let map = map("&fjlig;x");
        assert_eq!(map.text(), "fjx");
        assert_eq!(map.shares(&(1..3)), None);
        assert_eq!(map.shares(&(0..2)).unwrap()[0].source, 0..7);
    }
}
