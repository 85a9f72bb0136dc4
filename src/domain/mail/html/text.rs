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

/// Tells the name of the file that the `src` of an image shows, if it came with the mail (B12).
pub(in crate::domain::mail) type ImageName<'f> = &'f dyn Fn(&str) -> Option<&'f str>;

/// Reads a source once and writes its text (B6): links as `text (url)`, lists, tables row by row, images as `[image: name]`.
pub(in crate::domain::mail) fn to_text<'x>(source: &'x str, images: ImageName<'x>) -> HtmlText {
    let mut writer = Writer::new(images);
    for token in Tokens::new(source) {
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
        decode_entities(source, &mut scratch);
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
        if !is_void(name) && !self.enter(name, role) {
            self.count_nested(name);
        }
        if role == Role::Hidden || self.is_hidden() {
            return;
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
        let name = (self.images)(&src).unwrap_or(&alt);
        if !name.is_empty() {
            self.words(&format!("[image: {name}]"));
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
        let kind = match role {
            Role::Hidden => RegionKind::Hidden,
            Role::Quote => RegionKind::Span {
                kind: SpanKind::Quote,
                start,
            },
            Role::Signature => RegionKind::Span {
                kind: SpanKind::Signature,
                start,
            },
            Role::QuoteFromHere => {
                self.quote_from = self.quote_from.or(Some(start));
                return false;
            }
            Role::Plain if name.eq_ignore_ascii_case("pre") => RegionKind::Preformatted,
            Role::Plain => return false,
        };
        let is_span = |kind| matches!(kind, RegionKind::Span { .. });
        if self.is_hidden() || self.is_in(|open| open == kind || is_span(open) && is_span(kind)) {
            return false;
        }
        self.regions.push(Region {
            name,
            nested: 0,
            kind,
        });
        true
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
        if let Some(Region {
            kind: RegionKind::Span { kind, start },
            ..
        }) = self.regions.pop()
        {
            self.push_span(start, kind);
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
            self.out.spans.retain(|span| span.range.end <= start);
            self.push_span(start, SpanKind::Quote);
        }
        self.out
    }
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
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn to_text(source: &str) -> HtmlText {
        super::to_text(source, &|_| None)
    }

    fn text(source: &str) -> String {
        to_text(source).text
    }

    #[test]
    fn b6_html_reads_like_the_mail_looked() {
        for (source, expected) in [
            ("<p>One</p><p>Two<br>lines</p>", "One\n\nTwo\nlines"),
            ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
            ("a  <b>b</b>\n c&nbsp;d", "a b c d"),
            (
                "<ul><li>x<li>y</ul><ol><li>1st<li>2nd</ol>",
                "- x\n- y\n\n1. 1st\n2. 2nd",
            ),
            (
                "<table><tr><td>Mon<td>9-5<tr><td>Tue<td>9-6</table>",
                "Mon\t9-5\nTue\t9-6",
            ),
            (
                "see <a href=\"https://x.example/a?b&amp;c\">this</a>.",
                "see this (https://x.example/a?b&c).",
            ),
            ("<a href=\"https://x.example/\">x.example</a>", "x.example"),
            ("<a href=\"mailto:a@b.c\">a@b.c</a>", "a@b.c"),
            (
                "<a href=\"data:text/html,x\">x</a><a href=\"javascript:y\">y</a>",
                "xy",
            ),
            (
                "<img src=cid:1 alt=logo> <img alt=t width=1 height=1>",
                "[image: logo]",
            ),
            ("<pre>a\n  b\n</pre>c", "a\n  b\n\nc"),
            ("a\u{200b}b\u{feff}", "ab"),
            ("x &lt;h1&gt; y", "x <h1> y"),
            ("", ""),
        ] {
            assert_eq!(text(source), expected, "{source}");
        }
    }

    #[test]
    fn b12_an_image_of_the_mail_is_shown_by_its_name() {
        let images = |src: &str| (src == "cid:a@b").then_some("logo.png");
        for (source, expected) in [
            (
                "<p>See <img src=\"cid:a&#64;b\" alt=x>!",
                "See [image: logo.png]!",
            ),
            ("<img src=cid:other alt=x>", "[image: x]"),
            ("<img src=cid:a@b width=1 height=1>", ""),
            ("<p hidden><img src=cid:a@b></p>", ""),
        ] {
            assert_eq!(super::to_text(source, &images).text, expected, "{source}");
        }
    }

    #[test]
    fn b6_hidden_text_is_dropped() {
        for source in [
            "<head><title>t</title><style>p{}</style></head><body>seen",
            "<head><meta x><body>seen",
            "<div style=\"display:none\">no<div>no</div>no</div>seen",
            "<script>no()</script>seen<!-- no -->",
            "<p style=\"display:none\">no<p>seen",
            "<span style=\"font-size:0\">no</span>seen<div hidden>no</div>",
        ] {
            assert_eq!(text(source), "seen", "{source}");
        }
        assert!(to_text("<div hidden>x</div>y").had_hidden);
        assert!(!to_text("<div hidden> </div>y").had_hidden);
    }

    fn quoted(source: &str) -> (String, Vec<String>) {
        let html = to_text(source);
        let spans = html
            .spans
            .iter()
            .map(|span| html.text[span.range.clone()].trim().to_owned());
        (html.text.clone(), spans.collect())
    }

    #[test]
    fn b7_quotes_are_marked_and_what_stands_between_them_is_not() {
        let (text, quotes) = quoted(
            "<div>Yes</div><div class=gmail_quote><div class=gmail_attr>On Monday A wrote:</div>\
             <blockquote class=gmail_quote>q1<blockquote type=cite>q2</blockquote>q3</blockquote>inline\
             <blockquote class=gmail_quote>q4</blockquote></div>",
        );
        assert_eq!(
            text,
            "Yes\nOn Monday A wrote:\n\nq1\n\nq2\n\nq3\n\ninline\n\nq4"
        );
        assert_eq!(quotes, ["On Monday A wrote:", "q1\n\nq2\n\nq3", "q4"]);
    }

    #[test]
    fn b7_outlooks_quote_runs_to_the_end() {
        let (_, quotes) = quoted(
            "<p>Do it</p><hr><div id=divRplyFwdMsg>From: A</div><div class=gmail_signature>s</div>",
        );
        assert_eq!(quotes, ["From: A\ns"]);
    }

    #[test]
    fn b7_a_hidden_part_does_not_stretch_its_quote() {
        let (text, quotes) =
            quoted("<div class=yahoo_quoted>q<div hidden>h<div>h</div></div></div><div>mine</div>");
        assert_eq!((text.as_str(), quotes), ("q\nmine", vec!["q".to_owned()]));
    }

    #[test]
    fn b6_deep_and_wide_sources_take_linear_time() {
        let deep = "<div style='display:none'><blockquote type=cite><b>".repeat(50_000);
        assert_eq!(text(&deep), "");
        let wide = format!("<p {}>x", "a=b ".repeat(200_000));
        assert_eq!(text(&wide), "x");
        let open = "<a x=\"".repeat(200_000);
        assert!(!to_text(&open).had_hidden);
        let closes = "</div></blockquote></p>".repeat(100_000);
        assert_eq!(text(&closes), "");
    }

    proptest! {
        #[test]
        fn b6_spans_are_ordered_and_on_character_bounds(
            source in "(<div class=gmail_attr>|</div>|<blockquote type=cite>|</blockquote>|<div id=divRplyFwdMsg>|\
                        <div hidden>|<p>|<pre>|<br>|<li>|<td>|é| |x|\n){0,40}",
        ) {
            let html = to_text(&source);
            let mut last = 0;
            for span in &html.spans {
                prop_assert!(span.range.start >= last && html.text.get(span.range.clone()).is_some());
                last = span.range.end;
            }
        }
    }
}
