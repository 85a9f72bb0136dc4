//! Gives a thing that is named by its kind a new text: the title, the heading, the second paragraph.

use super::rewrite::{Change, rewrite};
use crate::worker::literal::document::{
    Document, Format, Run, Splice, apply, collapse, escape_html, read,
};
use crate::worker::literal::instruction::{Command, Kind, Ordinal, Pages, Target};
use crate::worker::literal::messages::{self, quote};
use crate::worker::literal::outcome::{Done, Refusal};
use crate::worker::literal::search::locate::under_headings;
use crate::worker::literal::search::same;
use crate::worker::literal::search::{pages, sections};
use crate::worker::literal::site::Page;

/// Gives the title of a page, or of all pages, a new text.
pub(crate) fn set_title(site: &mut [Page], command: &Command, new: &str) -> Result<Done, Refusal> {
    let new = collapse(new);
    if command.pages == Pages::All {
        let all: Vec<usize> = (0..site.len())
            .filter(|&i| site.get(i).is_some_and(Page::is_page))
            .collect();
        let done: Vec<Done> = all
            .into_iter()
            .map(|page| title_of(site, page, &new))
            .collect::<Result<_, _>>()?;
        let changed = done.iter().any(|d| d.changed);
        let summary = format!(
            "The title of all {} pages is now {}.",
            done.len(),
            quote(&new)
        );
        return Ok(Done { summary, changed });
    }
    let page = pages::single(site, &command.pages)?;
    title_of(site, page, &new)
}

fn title_of(site: &mut [Page], index: usize, new: &str) -> Result<Done, Refusal> {
    let Some(page) = site.get_mut(index) else {
        return Err(messages::no_pages());
    };
    let document = &page.document;
    let old = page.title();
    let heading = page.heading();
    let run_of = |wanted: &dyn Fn(&Document, &Run) -> bool| {
        document.runs.iter().position(|r| wanted(document, r))
    };
    let title_run = run_of(&|d, r| sections::is_title(d, r));
    let heading_run = run_of(&|d, r| d.is_within(r.owner, &["h1"]));
    let mut runs: Vec<usize> = title_run.into_iter().collect();
    // Where title and heading say the same, people mean the one they see: both change.
    let both = match (&old, &heading) {
        (Some(old), Some(heading)) => same(old, heading),
        (None, Some(_)) => document.format == Format::Markdown,
        (_, None) => false,
    };
    if both {
        runs.extend(heading_run);
    }
    if old.as_deref() == Some(new) && (!both || heading.as_deref() == Some(new)) {
        return Ok(Done::already(format!(
            "The title of {} already is {}.",
            page.path,
            quote(new)
        )));
    }
    let rewritten = if runs.is_empty() {
        insert_title(document, new)
    } else {
        set_runs(document, &runs, new)
    };
    let rewritten = rewritten.ok_or_else(|| no_title(page))?;
    let path = page.path.clone();
    page.set(rewritten);
    let was = old.map_or_else(String::new, |old| format!(" from {}", quote(&old)));
    let note = match heading {
        Some(_) if both && title_run.is_some() => {
            " The heading said the same, so it changed too.".to_owned()
        }
        Some(heading) if !both && !same(&heading, new) => format!(
            " The heading on the page still says {}; to change it, write: change the heading to \"…\".",
            quote(&heading)
        ),
        Some(_) | None => String::new(),
    };
    let summary = format!("Changed the title of {path}{was} to {}.{note}", quote(new));
    Ok(Done::changed(summary))
}

fn no_title(page: &Page) -> Refusal {
    match page.document.format {
        Format::Plain => messages::not_found(
            "a title",
            &format!(" on {}: it is a plain text file", page.path),
            None,
        ),
        Format::Html | Format::Markdown => messages::would_break(&page.path),
    }
}

fn set_runs(document: &Document, runs: &[usize], new: &str) -> Option<Document> {
    let change = |&run: &usize| {
        let length = document.runs.get(run)?.map.text().len();
        Some(Change {
            run,
            range: 0..length,
            new: new.to_owned(),
        })
    };
    let changes: Vec<Change> = runs.iter().map(change).collect::<Option<_>>()?;
    rewrite(document, &changes).map(|r| r.document)
}

/// Gives a page without a title one: into an empty `<title>`, else into its head.
fn insert_title(document: &Document, new: &str) -> Option<Document> {
    if document.format != Format::Html {
        return None;
    }
    let splice = if let Some(title) = document.title_element() {
        Splice {
            range: title.inner(),
            text: escape_html(new),
        }
    } else {
        let head = document.elements.iter().find(|e| e.name == "head")?;
        let text = format!("{}<title>{}</title>", document.newline(), escape_html(new));
        Splice {
            range: head.open.end..head.open.end,
            text,
        }
    };
    let changed = read(document.format, apply(&document.source, vec![splice])?);
    (changed.texts().len() == document.texts().len() + 1).then_some(changed)
}

/// Gives a heading, paragraph, item or text that is named by its kind and place a new text.
pub(crate) fn set_text(
    site: &mut [Page],
    command: &Command,
    target: &Target,
    new: &str,
) -> Result<Done, Refusal> {
    let (page, run, name) = find_one(site, command, target)?;
    let new = collapse(new);
    let Some(found) = site.get_mut(page) else {
        return Err(messages::no_pages());
    };
    let old = found
        .document
        .runs
        .get(run)
        .map_or("", |r| r.map.text())
        .to_owned();
    if old == new {
        return Ok(Done::already(format!(
            "The {name} on {} already is {}.",
            found.path,
            quote(&new)
        )));
    }
    let changed = set_runs(&found.document, &[run], &new)
        .ok_or_else(|| messages::would_break(&found.path))?;
    found.set(changed);
    let title = found.title().filter(|t| name == "heading" && same(t, &old));
    let note = title.map_or_else(String::new, |t| {
        format!(" The title in the browser's tab still says {}.", quote(&t))
    });
    Ok(Done::changed(format!(
        "Changed the {name} on {} from {} to {}.{note}",
        found.path,
        quote(&old),
        quote(&new)
    )))
}

/// The one run that a target without a text means: its page, its index, and what to call it.
pub(crate) fn find_one(
    site: &[Page],
    command: &Command,
    target: &Target,
) -> Result<(usize, usize, &'static str), Refusal> {
    let kind = target.kind.unwrap_or(Kind::Text);
    let name = kind.name();
    let (page, range) = match &target.under {
        None => (pages::single(site, &command.pages)?, None),
        Some(heading) => {
            let on = pages::searched(site, &command.pages)?;
            match under_headings(site, &on, heading)?.as_slice() {
                [(page, range)] => (*page, Some(range.clone())),
                several => {
                    let paths: Vec<String> = several
                        .iter()
                        .filter_map(|(p, _)| site.get(*p))
                        .map(|p| p.path.clone())
                        .collect();
                    return Err(messages::ambiguous(
                        &format!("the heading {}", quote(heading)),
                        &paths,
                        messages::SAY_MORE,
                    ));
                }
            }
        }
    };
    let Some(found) = site.get(page) else {
        return Err(messages::no_pages());
    };
    let document = &found.document;
    let within = |run: &Run| {
        range
            .as_ref()
            .is_none_or(|r| run.map.source().is_some_and(|s| r.contains(&s.start)))
    };
    let of_kind = fitting(document, kind, target);
    let found_runs: Vec<usize> = document
        .runs
        .iter()
        .enumerate()
        .filter(|(_, run)| within(run) && of_kind(run))
        .map(|(i, _)| i)
        .collect();
    let chosen = match (target.ordinal, found_runs.as_slice()) {
        (Some(Ordinal::Nth(n)), all) => all.get(n).copied(),
        (Some(Ordinal::Last), all) => all.last().copied(),
        (None, [one]) => Some(*one),
        (None, []) => None,
        (None, several) => {
            let text = |i: &usize| {
                document.runs.get(*i).map_or_else(String::new, |r| {
                    format!("{}: {}", found.path, quote(r.map.text()))
                })
            };
            let places: Vec<String> = several.iter().map(text).collect();
            return Err(messages::ambiguous(
                &format!("a {name}"),
                &places,
                messages::QUOTE_IT,
            ));
        }
    };
    let place = target
        .under
        .as_ref()
        .map_or_else(String::new, |h| format!(" under {}", quote(h)));
    chosen.map(|run| (page, run, name)).ok_or_else(|| {
        messages::not_found(
            &format!("such a {name}{place}"),
            &format!(" on {}", found.path),
            None,
        )
    })
}

/// Whether a run is of the kind that the target names.
fn fitting<'a>(
    document: &'a Document,
    kind: Kind,
    target: &'a Target,
) -> impl Fn(&Run) -> bool + 'a {
    const HEADINGS: [&str; 6] = ["h1", "h2", "h3", "h4", "h5", "h6"];
    let is_main = sections::is_main(document);
    let only_heading = only_heading(document);
    move |run| {
        let within = |names: &[&str]| document.is_within(run.owner, names);
        let placed = target.under.is_some() || is_main(run);
        let counted = target.ordinal.is_some() || target.under.is_some();
        match kind {
            Kind::Title => sections::is_title(document, run),
            Kind::Heading if counted => placed && within(&HEADINGS),
            Kind::Heading => within(&["h1"]) || (only_heading && within(&["h2", "h3"])),
            Kind::Subheading => placed && within(&["h2"]),
            Kind::Paragraph => placed && within(&["p"]),
            Kind::Item => placed && within(&["li"]),
            Kind::Link => false,
            Kind::Text => placed && !within(&HEADINGS) && !within(&["title", "button", "option"]),
        }
    }
}

/// Whether the page has no main heading and only one other.
fn only_heading(document: &Document) -> bool {
    let levels: Vec<u8> = document
        .elements
        .iter()
        .filter_map(crate::worker::literal::document::Element::heading_level)
        .collect();
    matches!(levels.as_slice(), [level] if *level > 1)
}
