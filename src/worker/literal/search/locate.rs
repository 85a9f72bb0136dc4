//! Finds what an instruction speaks of, and says so when it is not there or in several places.

use super::closest::closest;
use super::find::{Hit, Place, find_in_attributes, find_in_runs, same};
use super::{pages, sections};
use crate::worker::literal::document::{Document, Run, collapse};
use crate::worker::literal::instruction::{Command, Kind, Target};
use crate::worker::literal::messages;
use crate::worker::literal::outcome::Refusal;
use crate::worker::literal::site::Page;

/// Finds the places of a text: at least one, and only one unless everywhere is meant.
pub(crate) fn locate(
    site: &[Page],
    command: &Command,
    target: &Target,
    text: &str,
) -> Result<Vec<Hit>, Refusal> {
    let on = pages::searched(site, &command.pages)?;
    let hits = candidates(site, command, target, text, &on)?;
    if hits.is_empty() {
        return Err(missing(site, command, target.kind, text, &on));
    }
    if hits.len() > 1 && !command.everywhere {
        return Err(messages::ambiguous(
            &messages::quote(text),
            &places(site, &hits),
            messages::SAY_MORE,
        ));
    }
    Ok(hits)
}

/// The hits of the first way that gives any: in the kind of thing that was named, in any visible text, in
/// titles, descriptions and link targets.
fn candidates(
    site: &[Page],
    command: &Command,
    target: &Target,
    text: &str,
    on: &[usize],
) -> Result<Vec<Hit>, Refusal> {
    let scopes = match &target.under {
        Some(heading) => Some(under_headings(site, on, heading)?),
        None => None,
    };
    let inside = |page: usize, run: &Run| match &scopes {
        None => true,
        Some(scopes) => {
            let start = run.map.source().map_or(0, |s| s.start);
            scopes
                .iter()
                .any(|(p, range)| *p == page && range.contains(&start))
        }
    };
    let visible = |p: usize, d: &Document, r: &Run| inside(p, r) && !sections::is_title(d, r);
    if let Some(kind) = target.kind.filter(|k| *k != Kind::Text) {
        let of_kind = |p: usize, d: &Document, r: &Run| inside(p, r) && is_kind(d, r, kind);
        let hits = wholes_first(site, find_in_runs(site, on, text, &of_kind));
        if !hits.is_empty() || matches!(kind, Kind::Title | Kind::Link) {
            return Ok(hits);
        }
    }
    let mut hits = find_in_runs(site, on, text, &visible);
    if target.under.is_none() && (hits.is_empty() || command.everywhere) {
        hits.extend(find_in_runs(site, on, text, &|_, d, r| {
            sections::is_title(d, r)
        }));
        if hits.is_empty() || command.everywhere {
            hits.extend(find_in_attributes(site, on, text));
        }
    }
    Ok(hits)
}

/// The sections under the headings of that text.
pub(crate) fn under_headings(
    site: &[Page],
    on: &[usize],
    heading: &str,
) -> Result<Vec<(usize, std::ops::Range<usize>)>, Refusal> {
    let mut found = Vec::new();
    for &page in on {
        let Some(document) = site.get(page).map(|p| &p.document) else {
            continue;
        };
        found.extend(
            sections::headings(document, heading)
                .into_iter()
                .map(|h| (page, sections::under(document, h))),
        );
    }
    if found.is_empty() {
        return Err(messages::not_found(
            &format!("the heading {}", messages::quote(heading)),
            " on the site",
            closest(site, on, heading),
        ));
    }
    Ok(found)
}

fn is_kind(document: &Document, run: &Run, kind: Kind) -> bool {
    let within = |names: &[&str]| document.is_within(run.owner, names);
    match kind {
        Kind::Title => sections::is_title(document, run),
        Kind::Heading => within(&["h1", "h2", "h3", "h4", "h5", "h6"]),
        Kind::Subheading => within(&["h2", "h3", "h4", "h5", "h6"]),
        Kind::Paragraph => within(&["p"]),
        Kind::Item => within(&["li", "dd", "dt"]),
        Kind::Link => {
            let parents = run
                .map
                .nodes()
                .into_iter()
                .filter_map(|n| document.nodes.get(n))
                .map(|n| n.parent);
            parents.into_iter().any(|p| document.is_within(p, &["a"]))
        }
        Kind::Text => true,
    }
}

/// Of several hits, those that are the whole text of their place.
fn wholes_first(site: &[Page], hits: Vec<Hit>) -> Vec<Hit> {
    let whole = |hit: &Hit| text_at(site, hit).is_some_and(|t| hit.range == (0..t.len()));
    if hits.iter().any(whole) {
        hits.into_iter().filter(whole).collect()
    } else {
        hits
    }
}

/// The whole text that a hit is in.
pub(crate) fn text_at(site: &[Page], hit: &Hit) -> Option<String> {
    let document = &site.get(hit.page)?.document;
    match &hit.place {
        Place::Run(run) => Some(document.runs.get(*run)?.map.text().to_owned()),
        Place::Attribute { attribute, .. } => {
            Some(attribute.read(&document.source).text().to_owned())
        }
    }
}

/// Each hit as a line for the sender. Only as many are told in words as a mail lists.
pub(crate) fn places(site: &[Page], hits: &[Hit]) -> Vec<String> {
    let line = |hit: &Hit| {
        let page = site.get(hit.page).map_or("", |p| p.path.as_str());
        format!(
            "{page}: {}",
            messages::snippet(&text_at(site, hit).unwrap_or_default(), &hit.range)
        )
    };
    let told = hits.iter().take(8).map(line);
    told.chain(hits.iter().skip(8).map(|_| String::new()))
        .collect()
}

fn missing(
    site: &[Page],
    command: &Command,
    kind: Option<Kind>,
    text: &str,
    on: &[usize],
) -> Refusal {
    if command.guessed {
        return messages::not_understood(&command.said, 0, true);
    }
    if let Some(kind) = kind.filter(|_| is_seen(site, on, text)) {
        let what = format!("a {} that says {}", kind.name(), messages::quote(text));
        return messages::not_found(&what, &pages::on(site, &command.pages, on), None);
    }
    for page in on.iter().filter_map(|i| site.get(*i)) {
        if runs_across(&page.document, text) {
            return messages::spans_blocks(text, &page.path);
        }
    }
    let elsewhere = pages_with(site, text, on);
    let what = messages::quote(text);
    let mut refusal = messages::not_found(
        &what,
        &pages::on(site, &command.pages, on),
        closest(site, on, text),
    );
    if let Some(path) = elsewhere {
        refusal.message = format!(
            "I could not find {what}{}, but it is on {path}. Did you mean that page?",
            pages::on(site, &command.pages, on)
        );
    }
    refusal
}

/// Another page that has the text.
fn pages_with(site: &[Page], text: &str, not: &[usize]) -> Option<String> {
    let others: Vec<usize> = (0..site.len()).filter(|i| !not.contains(i)).collect();
    let hit = find_in_runs(site, &others, text, &|_, _, _| true)
        .into_iter()
        .next()?;
    site.get(hit.page).map(|p| p.path.clone())
}

/// Whether the text is there, but not within one paragraph.
fn runs_across(document: &Document, text: &str) -> bool {
    let joined = document.texts().join(" ").to_lowercase();
    let text = collapse(text).to_lowercase();
    !text.is_empty() && joined.contains(&text)
}

/// Whether the text stands anywhere on these pages.
pub(crate) fn is_seen(site: &[Page], on: &[usize], text: &str) -> bool {
    !find_in_runs(site, on, text, &|_, _, _| true).is_empty()
}

/// Whether a run already reads like `text`, somewhere on these pages.
pub(crate) fn is_there(site: &[Page], on: &[usize], text: &str) -> bool {
    let long_enough = text.chars().filter(|c| c.is_alphanumeric()).count() >= 3;
    long_enough && is_seen(site, on, text)
}

/// Whether two texts differ only in what no reader sees.
pub(crate) fn reads_same(a: &str, b: &str) -> bool {
    a == b || (collapse(a) == collapse(b) && same(a, b))
}
