//! Removes a text: the whole paragraph, item or heading when it is the whole of it, else just the words.

use std::ops::Range;

use super::replace::replace_hits;
use super::set::find_one;
use crate::worker::literal::document::{Document, Format, Splice, apply, read};
use crate::worker::literal::instruction::{Command, Kind, Target};
use crate::worker::literal::messages::{self, list, quote};
use crate::worker::literal::outcome::{Done, Refusal};
use crate::worker::literal::search::locate::locate;
use crate::worker::literal::search::{Hit, Place};
use crate::worker::literal::site::Page;

/// Removes what the target names.
pub(crate) fn remove(
    site: &mut [Page],
    command: &Command,
    target: &Target,
) -> Result<Done, Refusal> {
    let hits = if let Some(text) = &target.text {
        locate(site, command, target, text)?
    } else {
        let (page, run, _) = find_one(site, command, target)?;
        let length = site
            .get(page)
            .and_then(|p| p.document.runs.get(run))
            .map_or(0, |r| r.map.text().len());
        vec![Hit {
            page,
            place: Place::Run(run),
            range: 0..length,
        }]
    };
    let (blocks, words): (Vec<Hit>, Vec<Hit>) = hits
        .into_iter()
        .partition(|hit| block_of(site, hit).is_some());
    let mut told = Vec::new();
    // Words first: removing blocks renumbers the texts after them, and a page may have both.
    if !words.is_empty() {
        let pages: Vec<usize> = blocks.iter().map(|h| h.page).collect();
        if words.iter().any(|h| pages.contains(&h.page)) {
            return remove_mixed(site, &blocks, &words, target);
        }
        told.push(remove_words(site, &words)?);
    }
    if !blocks.is_empty() {
        told.push(remove_blocks(site, &blocks)?);
    }
    Ok(Done::changed(told.join(" ")))
}

/// On a page with both, the words go and the blocks are found anew.
fn remove_mixed(
    site: &mut [Page],
    blocks: &[Hit],
    words: &[Hit],
    target: &Target,
) -> Result<Done, Refusal> {
    let first = remove_words(site, words)?;
    let text = target.text.as_deref().unwrap_or_default();
    let on: Vec<usize> = blocks.iter().map(|h| h.page).collect();
    let again = crate::worker::literal::search::find_in_runs(site, &on, text, &|_, _, _| true);
    let mut again: Vec<Hit> = again
        .into_iter()
        .filter(|hit| block_of(site, hit).is_some())
        .collect();
    again.dedup();
    let second = remove_blocks(site, &again)?;
    Ok(Done::changed(format!("{first} {second}")))
}

fn remove_words(site: &mut [Page], hits: &[Hit]) -> Result<String, Refusal> {
    let widened: Vec<Hit> = hits.iter().map(|hit| widen(site, hit)).collect();
    let text = widened.first().and_then(|hit| {
        Some(
            crate::worker::literal::search::locate::text_at(site, hit)?
                .get(hit.range.clone())?
                .trim()
                .to_owned(),
        )
    });
    let done = replace_hits(site, &widened, &text.unwrap_or_default(), "")?;
    Ok(done.summary)
}

/// With one of the spaces around the words, so that no two are left.
fn widen(site: &[Page], hit: &Hit) -> Hit {
    let text = crate::worker::literal::search::locate::text_at(site, hit).unwrap_or_default();
    let mut range = hit.range.clone();
    let before = text.get(..range.start).unwrap_or_default();
    let after = text.get(range.end..).unwrap_or_default();
    let closes = after.is_empty() || after.starts_with([' ', '.', ',', ';', ':', '!', '?', ')']);
    if before.ends_with(' ') && closes {
        range.start -= 1;
    } else if before.is_empty() && after.starts_with(' ') {
        range.end += 1;
    }
    Hit {
        range,
        ..hit.clone()
    }
}

fn remove_blocks(site: &mut [Page], hits: &[Hit]) -> Result<String, Refusal> {
    let mut paths: Vec<String> = Vec::new();
    let mut what = Vec::new();
    let mut by_page: std::collections::BTreeMap<usize, Vec<Range<usize>>> =
        std::collections::BTreeMap::new();
    for hit in hits {
        let Some((block, name)) = block_of(site, hit) else {
            continue;
        };
        let Some(page) = site.get(hit.page) else {
            continue;
        };
        let range = page
            .document
            .element(block)
            .map_or(0..0, crate::worker::literal::document::Element::outer);
        by_page
            .entry(hit.page)
            .or_default()
            .push(with_line(&page.document, range));
        what.push(format!(
            "the {name} {}",
            quote(&crate::worker::literal::search::locate::text_at(site, hit).unwrap_or_default())
        ));
    }
    for (index, mut ranges) in by_page {
        let Some(page) = site.get_mut(index) else {
            continue;
        };
        ranges.sort_by_key(|r| r.start);
        ranges.dedup();
        let count = ranges.len();
        let splices = ranges
            .into_iter()
            .map(|range| Splice {
                range,
                text: String::new(),
            })
            .collect();
        let source = apply(&page.document.source, splices)
            .ok_or_else(|| messages::would_break(&page.path))?;
        let changed = read(page.document.format, source);
        if !only_fewer(&page.document, &changed, count) {
            return Err(messages::would_break(&page.path));
        }
        paths.push(page.path.clone());
        page.set(changed);
    }
    what.dedup();
    Ok(format!("Removed {} from {}.", list(&what), list(&paths)))
}

/// Whether the texts are the same but for `count` that are gone.
fn only_fewer(before: &Document, after: &Document, count: usize) -> bool {
    let (before, after) = (before.texts(), after.texts());
    let mut rest = before.iter();
    before.len() == after.len() + count && after.iter().all(|text| rest.any(|b| b == text))
}

/// The paragraph, item or heading whose whole text the hit is.
fn block_of(site: &[Page], hit: &Hit) -> Option<(usize, &'static str)> {
    let document = &site.get(hit.page)?.document;
    let Place::Run(run) = hit.place else {
        return None;
    };
    let run = document.runs.get(run)?;
    if hit.range != (0..run.map.text().len()) {
        return None;
    }
    let mut found = None;
    for (index, element) in document.ancestors(run.owner) {
        let name = match element.name.as_str() {
            "p" => Kind::Paragraph.name(),
            "li" => Kind::Item.name(),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Kind::Heading.name(),
            "blockquote" => "quotation",
            "figcaption" => "caption",
            _ => break,
        };
        let alone = document.runs_within(&element.inner()).len() == 1;
        let media = |e: &&crate::worker::literal::document::Element| {
            element.inner().contains(&e.open.start)
                && matches!(
                    e.name.as_str(),
                    "img"
                        | "input"
                        | "svg"
                        | "video"
                        | "iframe"
                        | "picture"
                        | "button"
                        | "select"
                        | "textarea"
                        | "object"
                        | "audio"
                        | "canvas"
                )
        };
        if !alone
            || document
                .elements
                .iter()
                .skip(index + 1)
                .take_while(|e| e.open.start < element.close.start)
                .any(|e| media(&e))
        {
            break;
        }
        found = Some((index, name));
    }
    found
}

/// A block with the line it is alone on; in Markdown with the blank line after it.
fn with_line(document: &Document, range: Range<usize>) -> Range<usize> {
    let source = document.source.as_str();
    let before = source.get(..range.start).unwrap_or_default();
    let indent = before.len() - before.trim_end_matches([' ', '\t']).len();
    let starts = before.len() == indent
        || before
            .get(..before.len() - indent)
            .is_some_and(|b| b.ends_with('\n'));
    let after = source.get(range.end..).unwrap_or_default();
    let blank = after.len() - after.trim_start_matches([' ', '\t']).len();
    let end_of = |text: &str| {
        if text.starts_with("\r\n") {
            Some(2)
        } else if text.starts_with('\n') {
            Some(1)
        } else {
            text.is_empty().then_some(0)
        }
    };
    let Some(newline) = after.get(blank..).and_then(end_of).filter(|_| starts) else {
        return range;
    };
    let mut end = range.end + blank + newline;
    if document.format != Format::Html {
        let rest = source.get(end..).unwrap_or_default();
        let above_blank = before.trim_end_matches([' ', '\t']).is_empty()
            || before.ends_with("\n\n")
            || before.ends_with("\n\r\n");
        if let Some(more) = end_of(rest).filter(|_| above_blank) {
            end += more;
        }
    }
    range.start - indent..end
}
