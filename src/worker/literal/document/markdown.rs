//! Reads Markdown into a [`Document`], with the element names HTML has for its parts.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag};

use super::front_matter;
use super::model::{Document, Element, Format, Node, Run, Writing, is_block};
use super::text_map::{Reading, TextMap};

/// Reads a page. Never fails: every text is Markdown.
pub(crate) fn read(source: String) -> Document {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS;
    let mut reader = Reader::new(&source);
    for (event, span) in Parser::new_ext(&source, options).into_offset_iter() {
        reader.event(event, span);
    }
    let Reader {
        elements,
        nodes,
        runs,
        ..
    } = reader.finish();
    Document {
        format: Format::Markdown,
        source,
        elements,
        nodes,
        runs,
    }
}

/// An open element, and what of it has been seen.
struct Frame {
    element: usize,
    first: Option<usize>,
    last: usize,
}

struct Reader<'a> {
    source: &'a str,
    elements: Vec<Element>,
    nodes: Vec<Node>,
    runs: Vec<Run>,
    stack: Vec<Frame>,
    map: TextMap,
    owner: usize,
    /// The node that the next text continues.
    node: Option<usize>,
    /// Inside code, front matter or raw HTML.
    code: bool,
    skipped: usize,
}

impl<'a> Reader<'a> {
    fn new(source: &'a str) -> Self {
        let root = Element {
            name: String::new(),
            open: 0..0,
            close: source.len()..source.len(),
            parent: 0,
            depth: 0,
        };
        Self {
            source,
            elements: vec![root],
            nodes: Vec::new(),
            runs: Vec::new(),
            stack: Vec::new(),
            map: TextMap::default(),
            owner: 0,
            node: None,
            code: false,
            skipped: 0,
        }
    }

    fn event(&mut self, event: Event<'_>, span: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(&tag, span),
            Event::End(_) => self.end(span.end),
            Event::Text(text) => self.text(&text, span),
            Event::Code(text) => self.code(&text, span),
            Event::SoftBreak => {
                let node = self.node_for(span.clone(), Writing::Markdown);
                self.map.read("\n", span.start, node, Reading::Verbatim);
            }
            Event::HardBreak => self.line_break(span),
            Event::InlineHtml(html) => {
                if html.to_ascii_lowercase().starts_with("<br") {
                    self.line_break(span);
                } else {
                    self.see(&span);
                    self.node = None;
                }
            }
            Event::Html(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::Rule
            | Event::TaskListMarker(_) => {
                self.see(&span);
                self.node = None;
            }
        }
    }

    fn start(&mut self, tag: &Tag<'_>, span: Range<usize>) {
        let name = name_of(tag);
        if is_block(name) {
            self.break_run();
        }
        self.see(&span);
        self.node = None;
        if matches!(
            tag,
            Tag::MetadataBlock(_) | Tag::HtmlBlock | Tag::Image { .. }
        ) {
            self.skipped += 1;
        }
        self.code = matches!(tag, Tag::CodeBlock(_));
        if matches!(tag, Tag::MetadataBlock(_)) {
            self.front_matter(&span);
        }
        let end = self.trimmed(&span);
        let element = Element {
            name: name.to_owned(),
            open: span.start..end,
            close: end..end,
            parent: self.stack.last().map_or(0, |f| f.element),
            depth: self.stack.len() + 1,
        };
        self.stack.push(Frame {
            element: self.elements.len(),
            first: None,
            last: span.start,
        });
        self.elements.push(element);
    }

    fn end(&mut self, _end: usize) {
        let Some(frame) = self.stack.pop() else {
            return;
        };
        let Some(element) = self.elements.get_mut(frame.element) else {
            return;
        };
        if let Some(first) = frame.first {
            let end = element.close.end.max(element.open.start);
            element.open.end = first.clamp(element.open.start, end);
            element.close.start = frame.last.clamp(element.open.end, end);
        }
        if matches!(element.name.as_str(), "metadata" | "html-block" | "img") {
            self.skipped = self.skipped.saturating_sub(1);
        }
        self.code = false;
        self.node = None;
        if is_block(&element.name) {
            self.break_run();
        }
    }

    /// Without the line end that Markdown counts to a block.
    fn trimmed(&self, span: &Range<usize>) -> usize {
        let text = self.source.get(span.clone()).unwrap_or_default();
        span.start + text.trim_end().len()
    }

    /// Lets the open element know its content.
    fn see(&mut self, span: &Range<usize>) {
        let end = self.trimmed(span);
        if let Some(frame) = self.stack.last_mut() {
            frame.first.get_or_insert(span.start);
            frame.last = frame.last.max(end);
        }
    }

    fn text(&mut self, text: &str, span: Range<usize>) {
        if self.skipped > 0 {
            self.see(&span);
            return;
        }
        let node = self.node_for(
            span.clone(),
            if self.code {
                Writing::Code
            } else {
                Writing::Markdown
            },
        );
        if self.source.get(span.clone()) == Some(text) {
            self.map.read(text, span.start, node, Reading::Verbatim);
        } else {
            self.map.push_atom(text, span, node);
        }
    }

    fn code(&mut self, text: &str, span: Range<usize>) {
        if self.skipped > 0 {
            return;
        }
        self.see(&span);
        let raw = self.source.get(span.clone()).unwrap_or_default();
        let inside = raw
            .find(text)
            .map(|at| span.start + at..span.start + at + text.len());
        self.node = None;
        if let Some(inside) = inside {
            // The signs around code are an element like any other.
            let parent = self.stack.last().map_or(0, |f| f.element);
            let index = self.elements.len();
            self.elements.push(Element {
                name: "code".to_owned(),
                open: span.start..inside.start,
                close: inside.end..span.end,
                parent,
                depth: self.stack.len() + 1,
            });
            let node = self.node_for(inside.clone(), Writing::Code);
            if let Some(node) = self.nodes.get_mut(node) {
                node.parent = index;
            }
            self.map.read(text, inside.start, node, Reading::Verbatim);
        } else {
            let node = self.node_for(span.clone(), Writing::Code);
            self.map.push_atom(text, span, node);
        }
        self.node = None;
    }

    /// The node that a text at `span` belongs to: the one before, or a new one.
    fn node_for(&mut self, span: Range<usize>, writing: Writing) -> usize {
        self.see(&span);
        let parent = self.stack.last().map_or(0, |f| f.element);
        if self.map.text().is_empty() {
            let block = |f: &&Frame| {
                self.elements
                    .get(f.element)
                    .is_some_and(|e| is_block(&e.name))
            };
            self.owner = self.stack.iter().rev().find(block).map_or(0, |f| f.element);
        }
        if let Some(node) = self.node {
            if let Some(known) = self.nodes.get_mut(node) {
                known.source.end = span.end;
            }
            return node;
        }
        let node = self.nodes.len();
        self.nodes.push(Node {
            source: span,
            parent,
            writing,
        });
        self.node = Some(node);
        node
    }

    fn line_break(&mut self, span: Range<usize>) {
        self.see(&span);
        self.map.read_break(span);
        self.node = None;
    }

    /// The page's title as its front matter has it.
    fn front_matter(&mut self, span: &Range<usize>) {
        let raw = self.source.get(span.clone()).unwrap_or_default();
        let Some(title) = front_matter::title(raw, span.start) else {
            return;
        };
        let value = title.value.clone();
        let parent = self.elements.len();
        self.elements.push(Element {
            name: "title".to_owned(),
            open: value.start..value.start,
            close: value.end..value.end,
            parent: 0,
            depth: 1,
        });
        let node = self.nodes.len();
        self.nodes.push(Node {
            source: value,
            parent,
            writing: Writing::FrontMatter(title.quote),
        });
        let mut map = TextMap::default();
        title.read_into(&mut map, self.source, node);
        map.trim_end();
        if !map.text().is_empty() {
            self.runs.push(Run { map, owner: parent });
        }
    }

    fn break_run(&mut self) {
        self.map.trim_end();
        let map = std::mem::take(&mut self.map);
        if !map.text().is_empty() {
            self.runs.push(Run {
                map,
                owner: self.owner,
            });
        }
        self.node = None;
    }

    fn finish(mut self) -> Self {
        self.break_run();
        self
    }
}

fn name_of(tag: &Tag<'_>) -> &'static str {
    match tag {
        Tag::Paragraph => "p",
        Tag::Heading { level, .. } => match level {
            HeadingLevel::H1 => "h1",
            HeadingLevel::H2 => "h2",
            HeadingLevel::H3 => "h3",
            HeadingLevel::H4 => "h4",
            HeadingLevel::H5 => "h5",
            HeadingLevel::H6 => "h6",
        },
        Tag::BlockQuote(_) => "blockquote",
        Tag::CodeBlock(_) => "pre",
        Tag::HtmlBlock => "html-block",
        Tag::List(Some(_)) => "ol",
        Tag::List(None) => "ul",
        Tag::Item => "li",
        Tag::FootnoteDefinition(_) => "aside",
        Tag::DefinitionList => "dl",
        Tag::DefinitionListTitle => "dt",
        Tag::DefinitionListDefinition => "dd",
        Tag::Table(_) => "table",
        Tag::TableHead | Tag::TableRow => "tr",
        Tag::TableCell => "td",
        Tag::Emphasis => "em",
        Tag::Strong => "strong",
        Tag::Strikethrough => "del",
        Tag::Superscript => "sup",
        Tag::Subscript => "sub",
        Tag::Link { .. } => "a",
        Tag::Image { .. } => "img",
        Tag::MetadataBlock(_) => "metadata",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn outline(source: &str) -> Vec<(String, String)> {
        let document = read(source.to_owned());
        let describe = |run: &Run| {
            (
                document.elements[run.owner].name.clone(),
                run.map.text().to_owned(),
            )
        };
        document.runs.iter().map(describe).collect()
    }

    #[test]
    fn text_is_what_a_reader_sees() {
        let source = "---\ntitle: \"My \\\"shop\\\"\"\ndraft: no\n---\n\n# A *big* title #\n\nFish \\* chips &amp; [tea](x.md)\nand `cake`.\n\n- one\n- two\n\n  more\n\n> said\n";
        let expected = [
            ("title", "My \"shop\""),
            ("h1", "A big title"),
            ("p", "Fish * chips & tea and cake."),
            ("p", "one"),
            ("p", "two"),
            ("p", "more"),
            ("p", "said"),
        ];
        let outline = outline(source);
        let pairs: Vec<(&str, &str)> = outline
            .iter()
            .map(|(a, b)| (a.as_str(), b.as_str()))
            .collect();
        assert_eq!(pairs, expected);
    }

    #[test]
    fn elements_know_their_signs() {
        let source = "# Hi **you**\n\n- a [b](c)\n";
        let document = read(source.to_owned());
        let parts: Vec<(&str, &str, &str)> = document
            .elements
            .iter()
            .skip(1)
            .map(|e| {
                (
                    &source[e.open.clone()],
                    &source[e.inner()],
                    &source[e.close.clone()],
                )
            })
            .collect();
        assert_eq!(
            parts,
            [
                ("# ", "Hi **you**", ""),
                ("**", "you", "**"),
                ("", "- a [b](c)", ""),
                ("- ", "a [b](c)", ""),
                ("[", "b", "](c)")
            ]
        );
    }

    proptest! {
        #[test]
        fn any_markdown_is_read_without_panic(source in "[-#*_`\\[\\]()<>a-zé \n&;|:+!\"'=~1.]{0,120}") {
            let document = read(source.clone());
            for element in &document.elements {
                prop_assert!(element.open.end <= element.close.start && element.close.end <= source.len());
            }
            for run in &document.runs {
                prop_assert!(run.map.shares(&(0..run.map.text().len())).is_some());
            }
        }
    }
}
