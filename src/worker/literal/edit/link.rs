//! Changes where a link leads, and makes a text a link.

use std::ops::Range;

use super::add::{Leads, relative, target_of};
use crate::worker::literal::document::{
    Document, Splice, Writing, apply, escape_attribute, escape_html, read,
};
use crate::worker::literal::instruction::{Command, Kind, Target};
use crate::worker::literal::messages::{self, quote};
use crate::worker::literal::outcome::{Done, Refusal, RefusalCode};
use crate::worker::literal::search::locate::locate;
use crate::worker::literal::search::{Hit, Place};
use crate::worker::literal::site::Page;

/// Lets the link of that text lead to `typed`; a text that is no link becomes one.
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
    match locate(site, command, &target, text) {
        Ok(hits) => retarget(site, &hits, text, &leads),
        Err(refusal) if refusal.code == RefusalCode::NotFound => {
            let Ok(hits) = locate(site, command, &Target::default(), text) else {
                return Err(refusal);
            };
            wrap(site, &hits, text, &leads)
        }
        Err(refusal) => Err(refusal),
    }
}

fn url_on(page: &Page, leads: &Leads) -> String {
    match leads {
        Leads::Page(path) => relative(&page.path, path),
        Leads::Written(url) => url.clone(),
    }
}

/// Makes a text a link.
fn wrap(site: &mut [Page], hits: &[Hit], text: &str, leads: &Leads) -> Result<Done, Refusal> {
    let [
        Hit {
            page,
            place: Place::Run(run),
            range,
        },
    ] = hits
    else {
        return Err(messages::needs_model("I make one text at a time a link."));
    };
    let Some(page) = site.get_mut(*page) else {
        return Err(messages::no_pages());
    };
    let url = url_on(page, leads);
    let new = wrapped(&page.document, *run, range, &url)
        .ok_or_else(|| messages::would_break(&page.path))?;
    page.set(new);
    Ok(Done::changed(format!(
        "{} on {} is now a link to {url}.",
        quote(text),
        page.path
    )))
}

fn wrapped(document: &Document, run: usize, range: &Range<usize>, url: &str) -> Option<Document> {
    let shares = document.runs.get(run)?.map.shares(range)?;
    let [share] = shares.as_slice() else {
        return None;
    };
    let (open, close) = match document.nodes.get(share.node)?.writing {
        Writing::Html => (
            format!("<a href=\"{}\">", escape_html(url).replace('"', "&quot;")),
            "</a>".to_owned(),
        ),
        Writing::Markdown => ("[".to_owned(), format!("](<{url}>)")),
        Writing::Code | Writing::FrontMatter(_) | Writing::Plain => return None,
    };
    let at = |offset: usize, text: String| Splice {
        range: offset..offset,
        text,
    };
    let splices = vec![at(share.source.start, open), at(share.source.end, close)];
    let new = read(document.format, apply(&document.source, splices)?);
    let links = |d: &Document| d.elements.iter().filter(|e| e.name == "a").count();
    let added = new.texts() == document.texts() && links(&new) == links(document) + 1;
    let fits = !document.is_within(
        document.runs.get(run)?.owner,
        &["title", "button", "option", "textarea"],
    );
    (added && fits).then_some(new)
}

/// Changes where links lead.
fn retarget(site: &mut [Page], hits: &[Hit], text: &str, leads: &Leads) -> Result<Done, Refusal> {
    let mut summary = String::new();
    let mut changed = false;
    for hit in hits {
        let Place::Run(run) = hit.place else { continue };
        let Some(page) = site.get_mut(hit.page) else {
            continue;
        };
        let url = url_on(page, leads);
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
