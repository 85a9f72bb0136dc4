//! Reads HTML into a [`Document`]: a light tree, enough to know what stands inside what.

use std::ops::Range;

use super::model::{Document, Element, Format, Node, Run, Writing, is_block, is_hidden};
use super::text_map::{Reading, TextMap};
use super::tokens::{Token, tokens};

/// Deeper elements are not told apart: no page that people write is nested so.
const MAX_DEPTH: usize = 200;

/// Reads a page. Never fails: broken markup gives a page with fewer elements.
pub(crate) fn read(source: String) -> Document {
    let mut reader = Reader::new(source.len());
    for token in tokens(&source) {
        match token {
            Token::Start { name, span } => reader.start(name, span),
            Token::End { name, span } => reader.end(&name, span),
            Token::Text { span } => reader.text(source.get(span.clone()).unwrap_or_default(), span),
        }
    }
    reader.finish(source)
}

struct Reader {
    elements: Vec<Element>,
    nodes: Vec<Node>,
    runs: Vec<Run>,
    /// Open elements, the root first.
    stack: Vec<usize>,
    run: Run,
}

impl Reader {
    fn new(length: usize) -> Self {
        let root = Element {
            name: String::new(),
            open: 0..0,
            close: length..length,
            parent: 0,
            depth: 0,
        };
        Self {
            elements: vec![root],
            nodes: Vec::new(),
            runs: Vec::new(),
            stack: vec![0],
            run: Run {
                map: TextMap::default(),
                owner: 0,
            },
        }
    }

    fn top(&self) -> usize {
        self.stack.last().copied().unwrap_or(0)
    }

    fn name(&self, index: usize) -> &str {
        self.elements.get(index).map_or("", |e| e.name.as_str())
    }

    fn start(&mut self, name: String, span: Range<usize>) {
        if is_block(&name) {
            self.break_run();
        }
        self.close_implied(&name, span.start);
        let parent = self.top();
        let void = is_void(&name);
        let index = self.elements.len();
        if name == "br" {
            self.run.map.read_break(span.clone());
        }
        let depth = self.stack.len();
        let element = Element {
            name,
            open: span.clone(),
            close: span.end..span.end,
            parent,
            depth,
        };
        self.elements.push(element);
        if !void && self.stack.len() < MAX_DEPTH {
            self.stack.push(index);
        }
    }

    /// Ends what HTML lets authors leave open: a paragraph at the next block, an item at the next item.
    fn close_implied(&mut self, next: &str, at: usize) {
        let (closes, limit): (&[&str], &[&str]) = match next {
            "li" => (&["li"], &["ul", "ol", "menu"]),
            "dt" | "dd" => (&["dt", "dd"], &["dl"]),
            "option" | "optgroup" => (&["option"], &["select"]),
            "tr" => (&["tr", "td", "th"], &["table"]),
            "td" | "th" => (&["td", "th"], &["tr", "table"]),
            "tbody" | "thead" | "tfoot" => {
                (&["tbody", "thead", "tfoot", "tr", "td", "th"], &["table"])
            }
            "body" => (&["head"], &[]),
            "button" | "select" | "textarea" | "svg" | "math" | "object" | "video" | "audio"
            | "canvas" | "iframe" | "script" | "style" | "template" | "noscript" | "link"
            | "meta" | "embed" => return,
            _ if is_block(next) => (
                &["p"],
                &["button", "td", "th", "caption", "table", "object"],
            ),
            _ => return,
        };
        let found = self
            .stack
            .iter()
            .rposition(|&i| limit.contains(&self.name(i)))
            .unwrap_or(0);
        let cut = self
            .stack
            .iter()
            .skip(found + 1)
            .position(|&i| closes.contains(&self.name(i)));
        if let Some(cut) = cut {
            self.close_to(found + 1 + cut, at..at);
        } else if matches!(next, "li" | "dt" | "dd") {
            self.close_implied("p", at);
        }
    }

    fn end(&mut self, name: &str, span: Range<usize>) {
        if is_block(name) {
            self.break_run();
        }
        let Some(at) = self
            .stack
            .iter()
            .rposition(|&i| i != 0 && self.name(i) == name)
        else {
            return;
        };
        // A stray `</b>` does not end the paragraph around it, nor a stray `</li>` the list around it.
        let crossed = self.stack.iter().skip(at + 1);
        let blocked = |i: &usize| {
            let open = self.name(*i);
            is_block(open) && (!is_block(name) || (is_barrier(open) && !is_barrier(name)))
        };
        if !crossed.into_iter().any(blocked) {
            self.close_to(at, span);
        }
    }

    /// Closes the open elements from `at` on; only the first of them has the end tag.
    fn close_to(&mut self, at: usize, tag: Range<usize>) {
        for (i, &index) in self.stack.iter().enumerate().skip(at) {
            if let Some(element) = self.elements.get_mut(index) {
                element.close = if i == at {
                    tag.clone()
                } else {
                    tag.start..tag.start
                };
            }
        }
        self.stack.truncate(at.max(1));
    }

    fn text(&mut self, text: &str, span: Range<usize>) {
        let parent = self.top();
        if self.stack.iter().any(|&i| is_hidden(self.name(i))) {
            return;
        }
        if self.run.map.text().is_empty() {
            let owner = self.stack.iter().rev().find(|&&i| is_block(self.name(i)));
            self.run.owner = owner.copied().unwrap_or(0);
        }
        // A byte order mark is no text.
        let (text, start) = match text.strip_prefix('\u{feff}') {
            Some(rest) if span.start == 0 => (rest, span.end - rest.len()),
            _ => (text, span.start),
        };
        let node = self.nodes.len();
        self.nodes.push(Node {
            source: start..span.end,
            parent,
            writing: Writing::Html,
        });
        self.run.map.read(text, start, node, Reading::Html);
    }

    fn break_run(&mut self) {
        self.run.map.trim_end();
        let map = std::mem::take(&mut self.run.map);
        if !map.text().is_empty() {
            self.runs.push(Run {
                map,
                owner: self.run.owner,
            });
        }
    }

    fn finish(mut self, source: String) -> Document {
        self.break_run();
        self.close_to(0, source.len()..source.len());
        Document {
            format: Format::Html,
            source,
            elements: self.elements,
            nodes: self.nodes,
            runs: self.runs,
        }
    }
}

/// Elements without content.
pub(crate) fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "frame"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

/// Elements that a stray end tag of something inside does not close.
fn is_barrier(name: &str) -> bool {
    matches!(
        name,
        "html"
            | "body"
            | "main"
            | "article"
            | "section"
            | "header"
            | "footer"
            | "nav"
            | "aside"
            | "div"
            | "form"
            | "ul"
            | "ol"
            | "dl"
            | "table"
            | "td"
            | "th"
            | "button"
            | "template"
            | "details"
            | "figure"
            | "fieldset"
            | "blockquote"
            | "head"
    )
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

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected
            .iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
            .collect()
    }

    #[test]
    fn text_runs_on_across_inline_elements_only() {
        let source = "<title>T</title><h1>Hi <em>you</em></h1><p>Open <b>9</b>-5<br>daily<ul><li>a<li>b <p>c</ul>d";
        assert_eq!(
            outline(source),
            pairs(&[
                ("title", "T"),
                ("h1", "Hi you"),
                ("p", "Open 9-5 daily"),
                ("li", "a"),
                ("li", "b"),
                ("p", "c"),
                ("", "d")
            ])
        );
    }

    #[test]
    fn scripts_comments_and_attributes_are_not_text() {
        let source =
            "<p title=a>b<!-- c --></p><script>d</script><style>e</style><noscript>f</noscript>";
        assert_eq!(outline(source), pairs(&[("p", "b")]));
    }

    #[test]
    fn elements_know_their_place() {
        let source = "<body><ul><li>a<li>b</ul><p>x<p>y</body>";
        let document = read(source.to_owned());
        let outer: Vec<&str> = document
            .elements
            .iter()
            .skip(1)
            .map(|e| &source[e.outer()])
            .collect();
        assert_eq!(
            outer,
            [
                source,
                "<ul><li>a<li>b</ul>",
                "<li>a",
                "<li>b",
                "<p>x",
                "<p>y"
            ]
        );
    }

    #[test]
    fn a_stray_end_tag_changes_nothing() {
        let source = "<div><p>a</b> b</li></p></div></div>";
        assert_eq!(outline(source), pairs(&[("p", "a b")]));
    }

    proptest! {
        #[test]
        fn any_source_gives_nested_elements_and_ordered_runs(
            parts in proptest::collection::vec(
                prop_oneof![
                    Just("<p>"), Just("</p>"), Just("<b>"), Just("</b>"), Just("<li>"), Just("<ul>"), Just("</ul>"),
                    Just("<td>"), Just("<table>"), Just("</table>"), Just("<br>"), Just("<div>"), Just("</div>"),
                    Just("x"), Just(" "), Just("&amp;"), Just("<"), Just("<script>"), Just("</script>"), Just("é")
                ],
                0..60
            )
        ) {
            let source = parts.concat();
            let document = read(source.clone());
            for element in document.elements.iter().skip(1) {
                let parent = &document.elements[element.parent];
                prop_assert!(element.open.end <= element.close.start);
                prop_assert!(parent.open.end <= element.open.start && element.close.end <= parent.close.start);
            }
            let mut end = 0;
            for run in &document.runs {
                let place = run.map.source().unwrap();
                prop_assert!(place.start >= end && place.end <= source.len());
                end = place.end;
                prop_assert_eq!(&run.map.shares(&(0..run.map.text().len())).unwrap().len(), &run.map.nodes().len());
            }
        }
    }
}
