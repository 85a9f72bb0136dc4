//! What every format of page has in common: elements, and runs of text that a reader sees as one.

use std::ops::Range;

use super::attributes::{Attribute, attributes};
use super::text_map::TextMap;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Html,
    Markdown,
    Plain,
}

/// A part of the page with a beginning and an end; Markdown's parts get the names HTML has for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    /// Lower case; the root has none.
    pub(crate) name: String,
    /// The start tag, or the Markdown signs that stand for it.
    pub(crate) open: Range<usize>,
    /// The end tag; empty when the source has none.
    pub(crate) close: Range<usize>,
    /// The element around it; the root is its own parent.
    pub(crate) parent: usize,
    pub(crate) depth: usize,
}

/// What kind of text stands in a node, which says how to write there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Writing {
    Html,
    Markdown,
    /// Markdown code: nothing is escaped.
    Code,
    /// The title in YAML or TOML front matter, with the quotes around it, if any.
    FrontMatter(Option<char>),
    Plain,
}

/// A stretch of text between two tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) source: Range<usize>,
    pub(crate) parent: usize,
    pub(crate) writing: Writing,
}

/// Text that runs on across inline elements, such as a paragraph's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) map: TextMap,
    /// The nearest element around it that is no inline element.
    pub(crate) owner: usize,
}

/// A page, taken apart. Everything refers to `source` by byte offsets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Document {
    pub(crate) format: Format,
    pub(crate) source: String,
    pub(crate) elements: Vec<Element>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) runs: Vec<Run>,
}

impl Element {
    /// From its first byte to its last.
    pub(crate) fn outer(&self) -> Range<usize> {
        self.open.start..self.close.end
    }

    /// What stands between its tags.
    pub(crate) fn inner(&self) -> Range<usize> {
        self.open.end..self.close.start
    }

    /// 1 to 6 for a heading.
    pub(crate) fn heading_level(&self) -> Option<u8> {
        match self.name.as_str() {
            "h1" => Some(1),
            "h2" => Some(2),
            "h3" => Some(3),
            "h4" => Some(4),
            "h5" => Some(5),
            "h6" => Some(6),
            _ => None,
        }
    }

    /// Whether it is a list of items.
    pub(crate) fn is_list(&self) -> bool {
        matches!(self.name.as_str(), "ul" | "ol")
    }
}

impl Document {
    /// The element with this index; an index is only ever taken from the document itself.
    pub(crate) fn element(&self, index: usize) -> Option<&Element> {
        self.elements.get(index)
    }

    /// The element and those around it, innermost first. At most 200, so that looking up is cheap
    /// however deeply a page is nested.
    pub(crate) fn ancestors(&self, index: usize) -> impl Iterator<Item = (usize, &Element)> {
        let next = |&index: &usize| {
            let parent = self.elements.get(index)?.parent;
            (parent != index).then_some(parent)
        };
        std::iter::successors(Some(index), next)
            .take(200)
            .filter_map(|i| self.elements.get(i).map(|e| (i, e)))
    }

    /// Whether one of the names is that of the element or of one around it.
    pub(crate) fn is_within(&self, index: usize, names: &[&str]) -> bool {
        self.ancestors(index)
            .any(|(_, e)| names.contains(&e.name.as_str()))
    }

    /// The runs whose text stands between two offsets.
    pub(crate) fn runs_within(&self, source: &Range<usize>) -> &[Run] {
        let start = |run: &Run| run.map.source().map_or(0, |s| s.start);
        let from = self.runs.partition_point(|run| start(run) < source.start);
        let to = self.runs.partition_point(|run| start(run) < source.end);
        self.runs.get(from..to.max(from)).unwrap_or_default()
    }

    /// All the text of an element, as one line.
    pub(crate) fn text_of(&self, element: &Element) -> String {
        let texts: Vec<&str> = self
            .runs_within(&element.inner())
            .iter()
            .map(|r| r.map.text())
            .collect();
        texts.join(" ")
    }

    /// The element's attributes; none in Markdown.
    pub(crate) fn attributes_of(&self, element: &Element) -> Vec<Attribute> {
        match (self.format, self.source.get(element.open.clone())) {
            (Format::Html, Some(tag)) => attributes(tag, element.open.start),
            (Format::Html | Format::Markdown | Format::Plain, _) => Vec::new(),
        }
    }

    /// The element that holds the page's title: `<title>`, or the front matter's.
    pub(crate) fn title_element(&self) -> Option<&Element> {
        self.elements
            .iter()
            .enumerate()
            .find(|(i, e)| e.name == "title" && !self.is_within(*i, &["svg"]))
            .map(|(_, e)| e)
    }

    /// The file's line ending.
    pub(crate) fn newline(&self) -> &'static str {
        match self.source.find('\n') {
            Some(at) if at > 0 && self.source.as_bytes().get(at - 1) == Some(&b'\r') => "\r\n",
            _ => "\n",
        }
    }

    /// The texts of the page, in order: what a change must leave as it is.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.runs.iter().map(|r| r.map.text().to_owned()).collect()
    }
}

#[rustfmt::skip]
const BLOCKS: &[&str] = &[
    "", "address", "article", "aside", "audio", "base", "blockquote", "body", "button",
    "canvas", "caption", "center", "col", "colgroup", "dd", "details", "dialog", "dir", "div",
    "dl", "dt", "embed", "fieldset", "figcaption", "figure", "footer", "form", "frame",
    "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hgroup", "hr", "html",
    "iframe", "legend", "li", "link", "main", "math", "menu", "meta", "nav", "noembed",
    "noframes", "noscript", "object", "ol", "optgroup", "option", "p", "plaintext", "pre",
    "script", "search", "section", "select", "style", "summary", "svg", "table", "tbody", "td",
    "template", "textarea", "tfoot", "th", "thead", "title", "tr", "ul", "video", "xmp",
];

#[rustfmt::skip]
const HIDDEN: &[&str] = &[
    "script", "style", "template", "noscript", "iframe", "xmp", "noembed", "noframes",
    "noframe", "plaintext", "math", "object", "audio", "video", "canvas",
];

/// Elements that begin and end a line of thought: text does not run on across them. Those that a browser
/// lays out inside a line but that hold text of their own (a button) count too.
pub(crate) fn is_block(name: &str) -> bool {
    BLOCKS.contains(&name)
}

/// Elements whose text no reader sees as text.
pub(crate) fn is_hidden(name: &str) -> bool {
    HIDDEN.contains(&name)
}
