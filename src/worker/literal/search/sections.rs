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
    // A section ends with the next heading, or before the page's footer or menu.
    let ends =
        |e: &Element| e.heading_level().is_some() || matches!(e.name.as_str(), "footer" | "nav");
    let next = document
        .elements
        .iter()
        .skip(heading + 1)
        .find(|e| ends(e) && e.open.start >= start);
    start..next.map_or(document.source.len(), |e| e.open.start)
}

/// The runs of a page's main content, not of its frame of menus and footers.
pub(crate) fn is_main(document: &Document) -> impl Fn(&Run) -> bool {
    let has_main = document.elements.iter().any(|e| e.name == "main");
    move |run| {
        !document.is_within(run.owner, &["nav", "footer", "head", "title"])
            && (!has_main || document.is_within(run.owner, &["main"]))
    }
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
