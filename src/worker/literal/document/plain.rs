//! Reads plain text into a [`Document`]: paragraphs between blank lines.

use super::model::{Document, Element, Format, Node, Run, Writing};
use super::text_map::{Reading, TextMap};

/// Reads a text file.
pub(crate) fn read(source: String) -> Document {
    let end = source.len();
    let root = Element {
        name: String::new(),
        open: 0..0,
        close: end..end,
        parent: 0,
        depth: 0,
    };
    let (mut elements, mut nodes, mut runs) = (vec![root], Vec::new(), Vec::new());
    let mut paragraph = |from: usize, to: usize| {
        let text = source.get(from..to).unwrap_or_default();
        let mut map = TextMap::default();
        map.read(text, from, nodes.len(), Reading::Verbatim);
        map.trim_end();
        if let Some(span) = map.source() {
            let (open, close) = (span.start..span.start, span.end..span.end);
            let owner = elements.len();
            nodes.push(Node {
                source: span,
                parent: owner,
                writing: Writing::Plain,
            });
            elements.push(Element {
                name: "p".to_owned(),
                open,
                close,
                parent: 0,
                depth: 1,
            });
            runs.push(Run { map, owner });
        }
    };
    let mark = source.len() - source.trim_start_matches('\u{feff}').len();
    let (mut from, mut at) = (mark, mark);
    for line in source.get(mark..).unwrap_or_default().split_inclusive('\n') {
        if line.trim().is_empty() {
            paragraph(from, at);
            from = at + line.len();
        }
        at += line.len();
    }
    paragraph(from, at);
    Document {
        format: Format::Plain,
        source,
        elements,
        nodes,
        runs,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_part_paragraphs() {
        let document = read("\u{feff}One\r\ntwo\r\n\r\n\r\n three \n".to_owned());
        let texts = document.texts();
        assert_eq!(texts, ["One two", "three"]);
    }
}
