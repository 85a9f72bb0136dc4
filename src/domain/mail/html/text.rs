//! The text of an HTML mail, with the places of its quotes and signatures.

use std::ops::Range;

use super::marks::{Flow, Marks, Role, flow};
use super::tokens::{Attributes, Token, Tokens, decode_entities};

/// What the words in a span are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpanKind {
    /// Somebody's earlier words (B7).
    Quote,
    /// A signature (B8).
    Signature,
    /// Indented: a quote only below an attribution (B7).
    Indented,
}

/// A byte range of a text that is not what the sender wrote now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Where in the text.
    pub range: Range<usize>,
    /// What it is.
    pub kind: SpanKind,
}

/// An HTML source as text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::domain::mail) struct HtmlText {
    pub(in crate::domain::mail) text: String,
    /// Quotes and signatures, in their order, never overlapping.
    pub(in crate::domain::mail) spans: Vec<Span>,
    /// Whether hidden text was dropped (B6).
    pub(in crate::domain::mail) had_hidden: bool,
}

/// Longest link that is shown behind its text.
const MAX_LINK: usize = 500;
/// Longest attribution in bytes.
const MAX_ATTRIBUTION: usize = 600;

/// Longest text that is written, in bytes: an instruction is far shorter (B11).
const MAX_TEXT: usize = 1024 * 1024;
/// Most tags and pieces of text that are read: long mails of people have some ten thousand.
const MAX_TOKENS: usize = 400_000;
/// What a ruler is written as.
const RULER: &str = "________________________________";

/// Tells the name of the file that the `src` of an image shows, if it came with the mail (B12).
pub(in crate::domain::mail) type ImageName<'f> = &'f dyn Fn(&str) -> Option<&'f str>;

/// Reads a source once and writes its text (B6): links as `text (url)`, lists, tables row by row, images as `[image: name]`.
pub(in crate::domain::mail) fn to_text<'x>(source: &'x str, images: ImageName<'x>) -> HtmlText {
    let mut writer = Writer::new(images);
    for token in Tokens::new(source).take(MAX_TOKENS) {
        if writer.out.text.len() > MAX_TEXT {
            break;
        }
        match token {
            Token::Text(text) => writer.text(text),
            Token::Open(name, attributes) => writer.open(name, attributes),
            Token::Close(name) => writer.close(name),
        }
    }
    writer.finish()
}

/// An element that gives its text a role, until its end tag.
#[derive(Debug)]
struct Region<'x> {
    name: &'x str,
    /// Elements of the same name that are open inside.
    nested: usize,
    kind: RegionKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RegionKind {
    Hidden,
    Span {
        kind: SpanKind,
        start: usize,
    },
    /// Around an attribution and its quote; the start is gone when the quote was met.
    Container {
        start: Option<usize>,
    },
    /// Around what may be header fields.
    HeaderBox {
        start: usize,
    },
    /// Whitespace counts.
    Preformatted,
}

struct Writer<'x> {
    images: ImageName<'x>,
    out: HtmlText,
    /// Line ends that are due before the next word.
    breaks: usize,
    /// Whether whitespace is due before the next word.
    gap: Option<char>,
    /// At most one of each kind: what is hidden or quoted twice is still only that.
    regions: Vec<Region<'x>>,
    /// The open link: where its text starts, and its target.
    link: Option<(usize, &'x str)>,
    /// Next number of each open list; none for bullets.
    lists: Vec<Option<u32>>,
    /// A quote without an end was met.
    quote_from: Option<usize>,
    scratch: String,
}

impl<'x> Writer<'x> {
    fn new(images: ImageName<'x>) -> Self {
        Self {
            images,
            out: HtmlText::default(),
            breaks: 0,
            gap: None,
            regions: Vec::new(),
            link: None,
            lists: Vec::new(),
            quote_from: None,
            scratch: String::new(),
        }
    }

    fn is_in(&self, wanted: impl Fn(RegionKind) -> bool) -> bool {
        self.regions.iter().any(|region| wanted(region.kind))
    }

    fn is_hidden(&self) -> bool {
        self.is_in(|kind| kind == RegionKind::Hidden)
    }

    fn break_lines(&mut self, at_least: usize) {
        self.breaks = self.breaks.max(at_least);
    }

    /// Puts out what is due before a word.
    fn settle(&mut self) {
        if self.breaks > 0 {
            if !self.out.text.is_empty() {
                self.out
                    .text
                    .extend(std::iter::repeat_n('\n', self.breaks.min(2)));
            }
        } else if let Some(gap) = self.gap
            && !self.out.text.is_empty()
        {
            self.out.text.push(gap);
        }
        self.breaks = 0;
        self.gap = None;
    }

    fn text(&mut self, source: &str) {
        if self.is_hidden() {
            self.out.had_hidden |= !source.trim().is_empty();
            return;
        }
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.clear();
        decode_entities(head_of(source, MAX_TEXT), &mut scratch);
        if self.is_in(|kind| kind == RegionKind::Preformatted) {
            self.preformatted(&scratch);
        } else {
            self.words(&scratch);
        }
        self.scratch = scratch;
    }

    fn words(&mut self, text: &str) {
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if is_space(first) {
                self.gap = self.gap.or(Some(' '));
                rest = rest.trim_start_matches(is_space);
                continue;
            }
            let end = rest.find(is_space).unwrap_or(rest.len());
            let (word, tail) = rest.split_at_checked(end).unwrap_or((rest, ""));
            if word.contains(is_invisible) {
                let seen: String = word.chars().filter(|c| !is_invisible(*c)).collect();
                self.word(&seen);
            } else {
                self.word(word);
            }
            rest = tail;
        }
    }

    fn word(&mut self, word: &str) {
        if !word.is_empty() {
            self.settle();
            self.out.text.push_str(word);
        }
    }

    fn preformatted(&mut self, text: &str) {
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.breaks += 1;
            }
            if !line.trim().is_empty() {
                self.settle();
                self.out.text.push_str(line.trim_end());
            }
        }
    }

    fn open(&mut self, name: &'x str, attributes: Attributes<'x>) {
        if name.eq_ignore_ascii_case("body") {
            // Some heads are never closed.
            self.regions
                .retain(|region| region.kind != RegionKind::Hidden);
        }
        self.close_implied(name);
        let marks = Marks::read(attributes);
        let role = marks.role(name);
        if is_void(name) {
            if role == Role::Divider {
                self.divide();
            }
        } else if !self.enter(name, role) {
            self.count_nested(name);
        }
        if role == Role::Hidden || self.is_hidden() {
            return;
        }
        if role == Role::Plain && name.eq_ignore_ascii_case("hr") {
            self.break_lines(1);
            self.word(RULER);
        }
        match flow(name) {
            Flow::Inline => self.open_inline(name, &marks),
            Flow::Line => self.break_lines(1),
            Flow::Paragraph => self.break_lines(2),
            Flow::Cell => self.gap = Some('\t'),
        }
        self.open_list(name);
    }

    fn open_inline(&mut self, name: &'x str, marks: &Marks<'x>) {
        if name.eq_ignore_ascii_case("br") {
            self.breaks += 1;
        } else if name.eq_ignore_ascii_case("a") {
            self.link = Some((self.out.text.len(), marks.href));
        } else if name.eq_ignore_ascii_case("img") && !marks.is_pixel() {
            self.image(marks);
        }
    }

    /// An image by the name of its file, if it came with the mail, else by its description.
    fn image(&mut self, marks: &Marks<'x>) {
        let (mut src, mut alt) = (String::new(), String::new());
        decode_entities(marks.src.trim(), &mut src);
        decode_entities(marks.alt.trim(), &mut alt);
        if let Some(name) = (self.images)(&src) {
            self.words(&format!("[image: {name}]"));
        } else if alt.contains(char::is_alphanumeric) {
            self.words(&format!("[image: {alt}]"));
        } else if !alt.is_empty() {
            // Emoji, which some clients send as pictures.
            self.words(&alt);
        }
    }

    fn open_list(&mut self, name: &str) {
        if name.eq_ignore_ascii_case("ul") && self.lists.len() < 20 {
            self.lists.push(None);
        } else if name.eq_ignore_ascii_case("ol") && self.lists.len() < 20 {
            self.lists.push(Some(1));
        } else if name.eq_ignore_ascii_case("li") {
            let indent = "  ".repeat(self.lists.len().saturating_sub(1));
            let mark = match self.lists.last_mut() {
                Some(Some(number)) => {
                    *number += 1;
                    format!("{indent}{}.", *number - 1)
                }
                Some(None) | None => format!("{indent}-"),
            };
            self.word(&mark);
            self.gap = Some(' ');
        }
    }

    fn count_nested(&mut self, name: &str) {
        let mut inner_first = self.regions.iter_mut().rev();
        if let Some(region) = inner_first.find(|region| region.name.eq_ignore_ascii_case(name)) {
            region.nested += 1;
        }
    }

    /// Remembers an element that gives its text a role; true when it needs its end tag.
    fn enter(&mut self, name: &'x str, role: Role) -> bool {
        let start = self.out.text.len();
        let span = |kind| RegionKind::Span { kind, start };
        let kind = match role {
            Role::Hidden => RegionKind::Hidden,
            Role::Quote => span(SpanKind::Quote),
            Role::Signature => span(SpanKind::Signature),
            Role::Indented => span(SpanKind::Indented),
            Role::Container => RegionKind::Container { start: Some(start) },
            Role::HeaderBox => RegionKind::HeaderBox { start },
            Role::QuoteFromHere => {
                self.quote_from_here(start);
                return false;
            }
            Role::Divider => {
                self.divide();
                return false;
            }
            Role::Plain if name.eq_ignore_ascii_case("pre") => RegionKind::Preformatted,
            Role::Plain => return false,
        };
        if self.is_hidden() || self.is_told(kind) {
            return false;
        }
        if let RegionKind::Span { kind, .. } = kind {
            self.pause_outer(start);
            if kind == SpanKind::Quote {
                self.end_attribution(start);
            }
        }
        self.regions.push(Region {
            name,
            nested: 0,
            kind,
        });
        true
    }

    /// Whether an open region says already what a new one would say: what is hidden or quoted twice is still only that,
    /// and within a quote nothing else counts.
    fn is_told(&self, new: RegionKind) -> bool {
        let rank = |kind| match kind {
            RegionKind::Span { kind, .. } => match kind {
                SpanKind::Indented => 1,
                SpanKind::Signature => 2,
                SpanKind::Quote => 3,
            },
            RegionKind::Hidden
            | RegionKind::Container { .. }
            | RegionKind::HeaderBox { .. }
            | RegionKind::Preformatted => 0,
        };
        let open = self.regions.iter().map(|region| rank(region.kind)).max();
        if rank(new) > 0 {
            return open.unwrap_or_default() >= rank(new);
        }
        self.is_in(|kind| std::mem::discriminant(&kind) == std::mem::discriminant(&new))
    }

    /// Ends the span that is open around a new one; it goes on behind it.
    fn pause_outer(&mut self, end: usize) {
        let open = self
            .regions
            .iter_mut()
            .rev()
            .find_map(|region| match &mut region.kind {
                RegionKind::Span { kind, start } => Some((*kind, start)),
                RegionKind::Hidden
                | RegionKind::Container { .. }
                | RegionKind::HeaderBox { .. }
                | RegionKind::Preformatted => None,
            });
        if let Some((kind, start)) = open {
            let from = std::mem::replace(start, end);
            self.push_span(from, kind);
        }
    }

    /// The words between the beginning of a container and its first quote are the attribution, in any language.
    fn end_attribution(&mut self, end: usize) {
        let start = self
            .regions
            .iter_mut()
            .find_map(|region| match &mut region.kind {
                RegionKind::Container { start } => start.take(),
                RegionKind::Hidden
                | RegionKind::Span { .. }
                | RegionKind::HeaderBox { .. }
                | RegionKind::Preformatted => None,
            });
        let Some(start) = start else {
            return;
        };
        let text = self.out.text.get(start..end).unwrap_or_default();
        let is_attribution = text.len() <= MAX_ATTRIBUTION
            && (text.contains('@') || text.trim_end().ends_with([':', '：']));
        let is_free = self
            .out
            .spans
            .last()
            .is_none_or(|span| span.range.end <= start);
        if is_attribution && is_free {
            self.push_span(start, SpanKind::Quote);
        }
    }

    fn divide(&mut self) {
        if !self.out.text.trim().is_empty() {
            self.quote_from_here(self.out.text.len());
        }
    }

    /// From here on all is quoted.
    fn quote_from_here(&mut self, start: usize) {
        if !self.is_hidden() {
            self.quote_from = self.quote_from.or(Some(start));
        }
    }

    /// Elements that end where the next of their kind begins.
    fn close_implied(&mut self, name: &str) {
        const IMPLIED: [&str; 6] = ["p", "li", "td", "th", "tr", "option"];
        if let Some(top) = self.regions.last()
            && top.nested == 0
            && top.name.eq_ignore_ascii_case(name)
            && IMPLIED
                .iter()
                .any(|implied| implied.eq_ignore_ascii_case(name))
        {
            self.leave_top();
        }
    }

    fn leave_top(&mut self) {
        let end = self.out.text.len();
        match self.regions.pop().map(|region| region.kind) {
            Some(RegionKind::Span { kind, start }) => {
                self.push_span(start, kind);
                self.resume_outer(end);
            }
            Some(RegionKind::HeaderBox { start }) => {
                let text = self.out.text.get(start..).unwrap_or_default();
                if is_header_text(text) {
                    self.quote_from_here(start);
                }
            }
            Some(RegionKind::Hidden | RegionKind::Container { .. } | RegionKind::Preformatted)
            | None => {}
        }
    }

    fn resume_outer(&mut self, from: usize) {
        for region in &mut self.regions {
            if let RegionKind::Span { start, .. } = &mut region.kind {
                *start = from;
            }
        }
    }

    fn push_span(&mut self, start: usize, kind: SpanKind) {
        let end = self.out.text.len();
        if start < end {
            self.out.spans.push(Span {
                range: start..end,
                kind,
            });
        }
    }

    fn close(&mut self, name: &str) {
        let was_hidden = self.is_hidden();
        let at = self
            .regions
            .iter()
            .rposition(|region| region.name.eq_ignore_ascii_case(name));
        if let Some(at) = at {
            match self.regions.get_mut(at) {
                Some(region) if region.nested > 0 => region.nested -= 1,
                _ => {
                    while self.regions.len() > at {
                        self.leave_top();
                    }
                }
            }
        }
        if was_hidden {
            return;
        }
        match flow(name) {
            Flow::Line => self.break_lines(1),
            Flow::Paragraph => self.break_lines(2),
            Flow::Cell => self.gap = Some('\t'),
            Flow::Inline if name.eq_ignore_ascii_case("a") => self.close_link(),
            Flow::Inline => {}
        }
        if name.eq_ignore_ascii_case("ul") || name.eq_ignore_ascii_case("ol") {
            self.lists.pop();
        }
    }

    /// Puts the target behind a link's text, unless the text says it already.
    fn close_link(&mut self) {
        let Some((start, href)) = self.link.take() else {
            return;
        };
        let mut target = String::new();
        decode_entities(href.trim(), &mut target);
        let shown = self.out.text.get(start..).unwrap_or_default();
        let bare = |text: &str| {
            let text = text
                .trim()
                .trim_start_matches("mailto:")
                .trim_start_matches("https://");
            text.trim_start_matches("http://")
                .trim_end_matches('/')
                .to_lowercase()
        };
        let is_link = ["http://", "https://", "mailto:", "tel:"]
            .iter()
            .any(|scheme| {
                target
                    .get(..scheme.len())
                    .is_some_and(|head| head.eq_ignore_ascii_case(scheme))
            });
        if is_link
            && target.len() <= MAX_LINK
            && !shown.trim().is_empty()
            && bare(shown) != bare(&target)
        {
            self.out.text.push_str(" (");
            self.out
                .text
                .extend(target.chars().filter(|c| !c.is_control()));
            self.out.text.push(')');
        }
    }

    fn finish(mut self) -> HtmlText {
        while !self.regions.is_empty() {
            self.leave_top();
        }
        if let Some(start) = self.quote_from {
            // The open-ended quote swallows the spans behind its start and reaches to the end.
            self.out.spans.retain(|span| span.range.start < start);
            if let Some(last) = self.out.spans.last_mut() {
                last.range.end = last.range.end.min(start);
            }
            self.push_span(start, SpanKind::Quote);
        }
        self.out
    }
}

/// The first bytes of a text, cut between characters.
pub(in crate::domain::mail) fn head_of(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// Whether a box holds header fields, whatever their language calls them: three labels, and an address or a year.
fn is_header_text(text: &str) -> bool {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let labels = lines
        .take(8)
        .filter(|line| {
            line.char_indices()
                .take(40)
                .any(|(_, c)| matches!(c, ':' | '：'))
        })
        .count();
    labels >= 3 && text.len() <= 4000 && (text.contains('@') || text.contains("20"))
}

fn is_space(c: char) -> bool {
    c.is_whitespace()
}

/// Characters that clients put into previews and links, and that nobody sees.
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{200B}' | '\u{2060}' | '\u{FEFF}' | '\u{AD}' | '\u{34F}' | '\0'
    )
}

fn is_void(name: &str) -> bool {
    const VOID: [&str; 13] = [
        "br", "img", "hr", "input", "meta", "link", "col", "area", "base", "embed", "source",
        "wbr", "track",
    ];
    VOID.iter().any(|void| void.eq_ignore_ascii_case(name))
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
