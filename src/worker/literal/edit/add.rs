//! Adds a paragraph, a list item, a heading or a link.

use super::markup::{New, splice};
use super::point::Point;
use super::spot::spot;
use crate::worker::literal::document::{Care, Document, Format, apply, collapse, read};
use crate::worker::literal::instruction::{Command, Kind, Pages, Place};
use crate::worker::literal::messages::{self, quote};
use crate::worker::literal::outcome::{Done, Refusal};
use crate::worker::literal::search::{address, pages};
use crate::worker::literal::site::Page;

/// Adds a new thing.
pub(crate) fn add(
    site: &mut [Page],
    command: &Command,
    kind: Option<Kind>,
    text: &str,
    url: Option<&str>,
    place: &Place,
) -> Result<Done, Refusal> {
    let url = url.map(|typed| target_of(site, typed)).transpose()?;
    let (spot, kind) = spot(site, command, kind, place)?;
    let Some(page) = site.get_mut(spot.page) else {
        return Err(messages::no_pages());
    };
    let url = url.map(|target| match target {
        Leads::Page(path) => relative(&page.path, &path),
        Leads::Written(url) => url,
    });
    // Blank lines in the text part paragraphs.
    let parts: Vec<&str> = match kind {
        Kind::Paragraph => text
            .split("\n\n")
            .filter(|p| !p.trim().is_empty())
            .collect(),
        Kind::Title | Kind::Heading | Kind::Subheading | Kind::Item | Kind::Link | Kind::Text => {
            vec![text]
        }
    };
    let parts: Vec<New<'_>> = parts
        .into_iter()
        .map(|t| New {
            kind,
            text: collapse(t),
            url: url.as_deref(),
        })
        .collect();
    let changed = insert(&page.document, spot.point, &parts).ok_or_else(|| unsuited(page, kind))?;
    page.set(changed);
    let name = match (kind, url.as_deref()) {
        (_, Some(url)) => format!("the link {} to {url}", quote(text)),
        (kind, None) => format!("the {} {}", kind.name(), quote(text)),
    };
    Ok(Done::changed(format!(
        "Added {name} {} {}.",
        spot.told, page.path
    )))
}

fn unsuited(page: &Page, kind: Kind) -> Refusal {
    match (page.document.format, kind) {
        (Format::Plain, Kind::Item | Kind::Link | Kind::Heading | Kind::Subheading) => {
            messages::needs_model(&format!(
                "{} is a plain text file, which has only paragraphs.",
                page.path
            ))
        }
        _ => messages::would_break(&page.path),
    }
}

/// Where a link leads.
pub(crate) enum Leads {
    Page(String),
    Written(String),
}

/// Reads a link's target as the sender named it.
pub(crate) fn target_of(site: &[Page], typed: &str) -> Result<Leads, Refusal> {
    let word = !typed.is_empty()
        && typed
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ' '));
    let file = site
        .iter()
        .find(|p| p.path.eq_ignore_ascii_case(typed.trim_start_matches("./")));
    if let Some(page) = file {
        return Ok(Leads::Page(page.path.clone()));
    }
    if word && !typed.chars().all(|c| c.is_ascii_digit() || c == ' ') {
        let said = if typed == "home" {
            Pages::Home
        } else {
            Pages::Named(typed.to_owned())
        };
        let found = pages::single(site, &said)?;
        return Ok(Leads::Page(
            site.get(found).map_or_else(String::new, |p| p.path.clone()),
        ));
    }
    address::link_target(typed)
        .map(Leads::Written)
        .ok_or_else(|| messages::bad_link(typed))
}

/// The path of one page as seen from another.
pub(crate) fn relative(from: &str, to: &str) -> String {
    let (from, to): (Vec<&str>, Vec<&str>) = (from.split('/').collect(), to.split('/').collect());
    let folders = from.len().saturating_sub(1);
    let shared = from
        .iter()
        .zip(&to)
        .take(folders)
        .take_while(|(a, b)| a == b)
        .count();
    let up = "../".repeat(folders - shared);
    format!("{up}{}", to.get(shared..).unwrap_or_default().join("/"))
}

/// Writes the new things at a point. `None` when the page would not read as asked.
fn insert(document: &Document, at: Point, parts: &[New<'_>]) -> Option<Document> {
    [Care::Light, Care::Full].into_iter().find_map(|care| {
        let source = apply(&document.source, vec![splice(document, at, parts, care)?])?;
        let changed = read(document.format, source);
        let new: String = parts.iter().map(|p| p.text.as_str()).collect();
        (adds_only(document, &changed, &new) && links(&changed) >= links(document))
            .then_some(changed)
    })
}

fn links(document: &Document) -> usize {
    document.elements.iter().filter(|e| e.name == "a").count()
}

/// Whether the page says what it said and, in one place, the new text. White space is not compared: a new
/// text may stand on the same line as its neighbours.
fn adds_only(before: &Document, after: &Document, new: &str) -> bool {
    let letters = |document: &Document| -> Vec<char> {
        document
            .runs
            .iter()
            .flat_map(|r| r.map.text().chars())
            .filter(|c| *c != ' ')
            .collect()
    };
    let (before, after) = (letters(before), letters(after));
    let new: Vec<char> = new.chars().filter(|c| *c != ' ').collect();
    let shared = before
        .iter()
        .zip(&after)
        .take_while(|(a, b)| a == b)
        .count();
    // The new text may begin like what follows it, so that the shared front reaches into it.
    (0..=new.len().min(shared)).any(|back| {
        let at = shared - back;
        after.get(at..).is_some_and(|rest| rest.starts_with(&new))
            && after.get(at + new.len()..) == before.get(at..)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_to_the_page() {
        for (from, to, expected) in [
            ("index.html", "contact.html", "contact.html"),
            ("blog/a.html", "contact.html", "../contact.html"),
            ("blog/a.html", "blog/b.html", "b.html"),
            ("a/b/c.html", "a/d.html", "../d.html"),
            ("index.html", "blog/a.html", "blog/a.html"),
        ] {
            assert_eq!(relative(from, to), expected, "{from} {to}");
        }
    }
}
