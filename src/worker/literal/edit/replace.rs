//! Replaces a text by another, in one place or everywhere.

use std::collections::BTreeMap;

use super::rewrite::{Change, Rewritten, rewrite};
use crate::worker::literal::document::{Document, Splice, apply, collapse, escape_html, read};
use crate::worker::literal::instruction::{Command, Target};
use crate::worker::literal::messages::{self, list, quote};
use crate::worker::literal::outcome::{Done, Refusal, RefusalCode};
use crate::worker::literal::search::locate::{is_seen, is_there, locate, reads_same};
use crate::worker::literal::search::{Hit, Place};
use crate::worker::literal::search::{address, pages};
use crate::worker::literal::site::Page;

/// Replaces the text that the target names.
pub(crate) fn replace(
    site: &mut [Page],
    command: &Command,
    target: &Target,
    old: &str,
    new: &str,
) -> Result<Done, Refusal> {
    let new = collapse(new);
    if reads_same(old, &new) {
        return Ok(Done::already(format!(
            "{} stays as it is: the new text is the same.",
            quote(old)
        )));
    }
    let hits = match locate(site, command, target, old) {
        Ok(hits) => hits,
        Err(refusal) => {
            let on = pages::searched(site, &command.pages)?;
            if refusal.code == RefusalCode::NotFound
                && !command.guessed
                && !is_seen(site, &on, old)
                && is_there(site, &on, &new)
            {
                let place = pages::on(site, &command.pages, &on);
                return Ok(Done::already(format!(
                    "{} is not there any more, and {} already is{place}.",
                    quote(old),
                    quote(&new)
                )));
            }
            return Err(refusal);
        }
    };
    replace_hits(site, &hits, old, &new)
}

/// Replaces the hits, page by page, and tells what was done.
pub(crate) fn replace_hits(
    site: &mut [Page],
    hits: &[Hit],
    old: &str,
    new: &str,
) -> Result<Done, Refusal> {
    let mut by_page: BTreeMap<usize, Vec<&Hit>> = BTreeMap::new();
    for hit in hits {
        by_page.entry(hit.page).or_default().push(hit);
    }
    let mut notes = Notes::default();
    let mut paths = Vec::new();
    let mut new_documents = Vec::new();
    for (&index, hits) in &by_page {
        let Some(page) = site.get(index) else {
            continue;
        };
        let rewritten = on_page(&page.document, hits, old, new)
            .ok_or_else(|| messages::would_break(&page.path))?;
        notes.add(&page.document, hits, &rewritten);
        paths.push(page.path.clone());
        new_documents.push((index, rewritten.document));
    }
    for (index, document) in new_documents {
        if let Some(page) = site.get_mut(index) {
            page.set(document);
        }
    }
    let places = match (hits.len(), paths.as_slice()) {
        (1, _) => format!(" on {}", list(&paths)),
        (n, [_]) => format!(" in {n} places on {}", list(&paths)),
        (n, pages) => format!(" in {n} places on {} pages ({})", pages.len(), list(&paths)),
    };
    let what = if new.is_empty() {
        format!("Removed {}", quote(old))
    } else {
        format!("Replaced {} with {}", quote(old), quote(new))
    };
    Ok(Done::changed(format!("{what}{places}.{}", notes.text(old))))
}

fn on_page(document: &Document, hits: &[&Hit], old: &str, new: &str) -> Option<Rewritten> {
    let mut changes = Vec::new();
    let mut attributes = Vec::new();
    for hit in hits {
        match &hit.place {
            Place::Run(run) => changes.push(Change {
                run: *run,
                range: hit.range.clone(),
                new: new.to_owned(),
            }),
            Place::Attribute { attribute, .. } => {
                let map = attribute.read(&document.source);
                let target = attribute.name == "href";
                let text = if target {
                    let known = address::follow(map.text(), old, new);
                    known.or_else(|| address::link_target(new))?
                } else {
                    format!(
                        "{}{new}{}",
                        map.text().get(..hit.range.start)?,
                        map.text().get(hit.range.end..)?
                    )
                };
                let text = attribute.escape(&text).unwrap_or_else(|| {
                    format!("\"{}\"", escape_html(&text).replace('"', "&quot;"))
                });
                attributes.push(Splice {
                    range: attribute.value.clone(),
                    text,
                });
            }
        }
    }
    attributes.sort_by_key(|s| s.range.start);
    attributes.dedup_by_key(|s| s.range.start);
    if attributes.is_empty() {
        return rewrite(document, &changes);
    }
    // Attributes do not move the texts of the page: first they, then the texts.
    let source = apply(&document.source, attributes)?;
    let between = read(document.format, source);
    let untouched =
        between.texts() == document.texts() && between.elements.len() == document.elements.len();
    let targets = Vec::new();
    untouched.then_some(())?;
    if changes.is_empty() {
        return Some(Rewritten {
            document: between,
            targets,
            lost_links: 0,
        });
    }
    rewrite(&between, &changes)
}

/// What else the sender should know.
#[derive(Debug, Default)]
struct Notes {
    targets: Vec<String>,
    lost_links: usize,
    title_stays: bool,
}

impl Notes {
    fn add(&mut self, document: &Document, hits: &[&Hit], rewritten: &Rewritten) {
        self.targets.extend(rewritten.targets.iter().cloned());
        self.lost_links += rewritten.lost_links;
        let title = document
            .title_element()
            .map(|t| document.text_of(t))
            .unwrap_or_default();
        let heading = |hit: &&Hit| match hit.place {
            Place::Run(run) => document.runs.get(run).is_some_and(|r| {
                document.is_within(r.owner, &["h1"])
                    && r.map.text() == title
                    && hit.range == (0..title.len())
            }),
            Place::Attribute { .. } => false,
        };
        let after = rewritten
            .document
            .title_element()
            .map(|t| rewritten.document.text_of(t))
            .unwrap_or_default();
        self.title_stays |= !title.is_empty() && after == title && hits.iter().any(heading);
    }

    fn text(&self, old: &str) -> String {
        let mut out = Vec::new();
        if let Some(target) = self.targets.first() {
            out.push(format!(" The link now leads to {target}."));
        }
        match self.lost_links {
            0 => {}
            1 => out.push(" The link in it is now plain text.".to_owned()),
            _ => out.push(" The links in it are now plain text.".to_owned()),
        }
        if self.title_stays {
            out.push(format!(
                " The title in the browser's tab still says {}.",
                quote(old)
            ));
        }
        out.concat()
    }
}
