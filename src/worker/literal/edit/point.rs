//! Where on a page a new thing is written, and how the lines around it look.

use crate::worker::literal::document::{Document, Element, Format};
use crate::worker::literal::search::sections;

/// Next to which element, and on which side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Point {
    After(usize),
    Before(usize),
    /// As the only content of an element.
    Into(usize),
}

/// The end of the main content.
pub(crate) fn end_of_main(document: &Document) -> Point {
    let mut container = sections::main_element(document);
    // Down through the wrappers that hold all of it, so that the new text is styled like its neighbours.
    for _ in 0..8 {
        let children = content(document, container);
        let Some((last, element)) = children.last() else {
            return Point::Into(container);
        };
        let alike = children
            .iter()
            .filter(|(_, e)| e.name == element.name)
            .count();
        let wraps = match element.name.as_str() {
            "section" | "article" | "main" => true,
            "div" => alike == 1,
            _ => false,
        };
        let texts = content(document, *last).iter().any(|(_, e)| {
            matches!(
                e.name.as_str(),
                "p" | "ul" | "ol" | "h1" | "h2" | "h3" | "h4" | "div" | "section"
            )
        });
        if !(wraps && texts) {
            return Point::After(*last);
        }
        container = *last;
    }
    Point::Into(container)
}

/// The beginning of the main content: after its main heading, if it begins with one.
pub(crate) fn start_of_main(document: &Document) -> Point {
    let main = sections::main_element(document);
    let inside = |e: &Element| {
        document
            .element(main)
            .is_some_and(|m| main == 0 || m.inner().contains(&e.open.start))
    };
    if let Some(h1) = document
        .elements
        .iter()
        .position(|e| e.name == "h1" && inside(e))
    {
        return Point::After(h1);
    }
    match content(document, main).first() {
        Some((first, _)) => Point::Before(*first),
        None => Point::Into(main),
    }
}

/// The element that a block can stand beside, for a place inside a text: in HTML the nearest that is in
/// a part of the page, not in a list or a table; in Markdown the whole block.
pub(crate) fn block_beside(document: &Document, owner: usize) -> usize {
    let mut found = owner;
    for (index, element) in document.ancestors(owner) {
        if index == 0 {
            break;
        }
        found = index;
        let parent = document
            .element(element.parent)
            .map_or("", |p| p.name.as_str());
        let flows = matches!(
            parent,
            "" | "html"
                | "body"
                | "main"
                | "section"
                | "article"
                | "div"
                | "header"
                | "footer"
                | "aside"
                | "blockquote"
                | "form"
                | "td"
                | "details"
                | "fieldset"
                | "figure"
                | "dd"
                | "nav"
                | "search"
        );
        let item = matches!(
            element.name.as_str(),
            "li" | "dt"
                | "dd"
                | "td"
                | "th"
                | "tr"
                | "caption"
                | "figcaption"
                | "summary"
                | "legend"
                | "a"
                | "span"
        );
        if document.format == Format::Html && flows && !item {
            break;
        }
    }
    found
}

/// The list item around a place, if any.
pub(crate) fn item_around(document: &Document, owner: usize) -> Option<usize> {
    document
        .ancestors(owner)
        .find(|(_, e)| e.name == "li")
        .map(|(i, _)| i)
}

/// The items of a list, in order.
pub(crate) fn items(document: &Document, list: usize) -> Vec<usize> {
    document
        .elements
        .iter()
        .enumerate()
        .skip(list + 1)
        .filter(|(_, e)| e.parent == list && e.name == "li")
        .map(|(i, _)| i)
        .collect()
}

/// The children of an element that are content.
fn content(document: &Document, parent: usize) -> Vec<(usize, &Element)> {
    let is_content = |e: &Element| {
        !matches!(
            e.name.as_str(),
            "footer"
                | "nav"
                | "aside"
                | "script"
                | "style"
                | "template"
                | "noscript"
                | "link"
                | "meta"
                | "br"
                | "title"
                | "metadata"
                | "head"
                | "base"
        )
    };
    let inside = document.elements.iter().enumerate().skip(1);
    inside
        .filter(|(_, e)| e.parent == parent && is_content(e))
        .collect()
}

/// The white space before an element on its line; `None` when something else is there.
pub(crate) fn indent(document: &Document, at: usize) -> Option<&str> {
    let before = document.source.get(..at)?;
    let line = before
        .rsplit_once('\n')
        .map_or(before, |(_, line)| line)
        .trim_start_matches('\u{feff}');
    line.chars().all(|c| c == ' ' || c == '\t').then_some(line)
}

/// Where an element's last byte is, white space at its end apart when it has no end tag.
pub(crate) fn end(document: &Document, element: &Element) -> usize {
    if element.close.is_empty() {
        let text = document
            .source
            .get(element.open.start..element.close.start)
            .unwrap_or_default();
        element.open.start + text.trim_end().len()
    } else {
        element.close.end
    }
}
