//! Changes where a link leads.

use super::add::{Leads, relative, target_of};
use super::find::Place;
use super::locate::locate;
use crate::worker::literal::document::{Splice, apply, escape_attribute, read};
use crate::worker::literal::instruction::{Command, Kind, Target};
use crate::worker::literal::messages::{self, quote};
use crate::worker::literal::outcome::{Done, Refusal};
use crate::worker::literal::site::Page;

/// Lets the link of that text lead to `typed`.
pub(crate) fn set_target(
    site: &mut [Page],
    command: &Command,
    text: &str,
    typed: &str,
) -> Result<Done, Refusal> {
    let leads = target_of(site, typed)?;
    let target = Target {
        kind: Some(Kind::Link),
        ..Target::default()
    };
    let hits = locate(site, command, &target, text)?;
    let mut summary = String::new();
    let mut changed = false;
    for hit in &hits {
        let Place::Run(run) = hit.place else { continue };
        let Some(page) = site.get_mut(hit.page) else {
            continue;
        };
        let url = match &leads {
            Leads::Page(path) => relative(&page.path, path),
            Leads::Written(url) => url.clone(),
        };
        let broken = || messages::would_break(&page.path);
        let document = &page.document;
        let shares = document
            .runs
            .get(run)
            .and_then(|r| r.map.shares(&hit.range))
            .ok_or_else(broken)?;
        let parents = shares
            .iter()
            .filter_map(|s| document.nodes.get(s.node))
            .map(|n| n.parent);
        let link = parents
            .flat_map(|p| document.ancestors(p))
            .map(|(_, e)| e)
            .find(|e| e.name == "a");
        let (old, place) = link
            .and_then(|link| document.link_target(link))
            .ok_or_else(broken)?;
        if old == url {
            summary = format!(
                "The link {} on {} already leads to {url}.",
                quote(text),
                page.path
            );
            continue;
        }
        let written = escape_attribute(document, &place, &url).ok_or_else(broken)?;
        let source = apply(
            &document.source,
            vec![Splice {
                range: place.range,
                text: written,
            }],
        )
        .ok_or_else(broken)?;
        let new = read(document.format, source);
        if new.texts() != document.texts() || new.elements.len() != document.elements.len() {
            return Err(broken());
        }
        summary = format!(
            "The link {} on {} now leads to {url} instead of {old}.",
            quote(text),
            page.path
        );
        page.set(new);
        changed = true;
    }
    Ok(Done { summary, changed })
}
