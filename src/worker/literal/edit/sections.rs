//! Headings and what stands under them; the main content of a page.

use std::ops::Range;

use super::find::same;
use crate::worker::literal::document::{Document, Element, Format, Run};

/// The headings whose text is `text`, by index.
pub(crate) fn headings(document: &Document, text: &str) -> Vec<usize> {
    let fits = |e: &Element| e.heading_level().is_some() && same(&document.text_of(e), text);
    document
        .elements
        .iter()
        .enumerate()
        .filter(|(_, e)| fits(e))
        .map(|(i, _)| i)
        .collect()
}

/// The source from the end of a heading to the next heading, of any level.
pub(crate) fn under(document: &Document, heading: usize) -> Range<usize> {
    let Some(start) = document.element(heading).map(|e| e.close.end) else {
        return 0..0;
    };
    let next = document
        .elements
        .iter()
        .skip(heading + 1)
        .find(|e| e.heading_level().is_some() && e.open.start >= start);
    // A heading in a box ends with the box's section, not with the page's footer.
    let footer = document
        .elements
        .iter()
        .skip(heading + 1)
        .find(|e| matches!(e.name.as_str(), "footer" | "nav"));
    let end = next.map_or(document.source.len(), |e| e.open.start);
    start..footer.map_or(end, |f| end.min(f.open.start)).max(start)
}

/// Whether a run stands in the page's main content rather than in its frame of menus and footers.
pub(crate) fn is_main(document: &Document, run: &Run) -> bool {
    !document.is_within(run.owner, &["nav", "footer", "head", "title"])
        && (!has_main(document) || document.is_within(run.owner, &["main"]))
}

/// Whether a page says itself what its main content is.
pub(crate) fn has_main(document: &Document) -> bool {
    document.elements.iter().any(|e| e.name == "main")
}

/// Whether a run is a title, which no reader sees on the page.
pub(crate) fn is_title(document: &Document, run: &Run) -> bool {
    document
        .element(run.owner)
        .is_some_and(|e| e.name == "title")
        && !document.is_within(run.owner, &["svg"])
}

/// The element that holds the main content.
pub(crate) fn main_element(document: &Document) -> usize {
    let find = |name: &str| document.elements.iter().position(|e| e.name == name);
    match document.format {
        Format::Html => find("main")
            .or_else(|| find("body"))
            .or_else(|| find("html"))
            .unwrap_or(0),
        Format::Markdown | Format::Plain => 0,
    }
}
