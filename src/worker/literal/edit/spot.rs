//! Finds the spot for a new thing: the end of the page, beside a text, in a list, in the menu.

use super::point::{self, Point};
use crate::worker::literal::instruction::{Command, Kind, Place, Target};
use crate::worker::literal::messages::{self, quote};
use crate::worker::literal::outcome::Refusal;
use crate::worker::literal::search::{Hit, Place as Found};
use crate::worker::literal::search::{locate, pages};
use crate::worker::literal::site::Page;

/// A place on a page, and how to call it in a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) page: usize,
    pub(crate) point: Point,
    /// `at the end of`, to be followed by the page's path.
    pub(crate) told: String,
}

/// Finds where a new thing goes, and what kind of thing it becomes there.
pub(crate) fn spot(
    site: &[Page],
    command: &Command,
    kind: Option<Kind>,
    place: &Place,
) -> Result<(Spot, Kind), Refusal> {
    let wanted = kind.unwrap_or(Kind::Paragraph);
    let wanted = if wanted == Kind::Text {
        Kind::Paragraph
    } else {
        wanted
    };
    match place {
        Place::Menu => menu(site, command).map(|spot| {
            (
                spot,
                if wanted == Kind::Link {
                    Kind::Link
                } else {
                    Kind::Item
                },
            )
        }),
        Place::End | Place::Start if wanted == Kind::Item => {
            let page = pages::single(site, &command.pages)?;
            let lists = lists_of(site, page);
            item_in_list(site, page, &lists, place).map(|spot| (spot, wanted))
        }
        Place::End | Place::Start => {
            let page = pages::single(site, &command.pages)?;
            let Some(document) = site.get(page).map(|p| &p.document) else {
                return Err(messages::no_pages());
            };
            let (point, told) = match place {
                Place::Start => (point::start_of_main(document), "at the beginning of"),
                Place::End | Place::After(_) | Place::Before(_) | Place::Under(_) | Place::Menu => {
                    (point::end_of_main(document), "at the end of")
                }
            };
            Ok((
                Spot {
                    page,
                    point,
                    told: told.to_owned(),
                },
                wanted,
            ))
        }
        Place::Under(heading) if wanted == Kind::Item => {
            in_list_under(site, command, heading).map(|spot| (spot, wanted))
        }
        Place::After(text) | Place::Before(text) | Place::Under(text) => {
            beside(site, command, kind, text, place)
        }
    }
}

fn beside(
    site: &[Page],
    command: &Command,
    kind: Option<Kind>,
    text: &str,
    place: &Place,
) -> Result<(Spot, Kind), Refusal> {
    let hit = anchor(site, command, text, place)?;
    let (page, run) = match &hit {
        Hit {
            page,
            place: Found::Run(run),
            ..
        } => (*page, *run),
        Hit {
            page,
            place: Found::Attribute { .. },
            ..
        } => {
            let path = site.get(*page).map_or("", |p| p.path.as_str());
            return Err(messages::would_break(path));
        }
    };
    let Some(document) = site.get(page).map(|p| &p.document) else {
        return Err(messages::no_pages());
    };
    let owner = document.runs.get(run).map_or(0, |r| r.owner);
    let item = point::item_around(document, owner)
        .filter(|_| matches!(kind, None | Some(Kind::Item | Kind::Link)));
    let kind = match kind {
        None if item.is_some() => Kind::Item,
        None | Some(Kind::Text) => Kind::Paragraph,
        Some(kind) => kind,
    };
    if kind == Kind::Item && item.is_none() {
        return Err(messages::needs_model(&format!(
            "{} is in no list.",
            quote(text)
        )));
    }
    let element = item.unwrap_or_else(|| point::block_beside(document, owner));
    let (point, told) = match place {
        Place::Before(_) => (Point::Before(element), "before"),
        Place::Under(_) => (Point::After(element), "under"),
        Place::After(_) | Place::End | Place::Start | Place::Menu => {
            (Point::After(element), "after")
        }
    };
    Ok((
        Spot {
            page,
            point,
            told: format!("{told} {} on", quote(text)),
        },
        kind,
    ))
}

/// The text beside which something goes; a heading of that text is meant first.
fn anchor(site: &[Page], command: &Command, text: &str, place: &Place) -> Result<Hit, Refusal> {
    let kind = matches!(place, Place::Under(_)).then_some(Kind::Heading);
    let once = Command {
        everywhere: false,
        ..command.clone()
    };
    let mut hits = locate::locate(
        site,
        &once,
        &Target {
            kind,
            ..Target::default()
        },
        text,
    )?;
    hits.truncate(1);
    hits.pop()
        .ok_or_else(|| messages::not_found(&quote(text), "", None))
}

/// The lists of a page's content; those of its menus only when it has no others.
fn lists_of(site: &[Page], page: usize) -> Vec<usize> {
    let Some(document) = site.get(page).map(|p| &p.document) else {
        return Vec::new();
    };
    let all: Vec<usize> = document
        .elements
        .iter()
        .enumerate()
        .filter(|(_, e)| e.is_list())
        .map(|(i, _)| i)
        .collect();
    // A list within a list is a part of it.
    let outer = |i: &usize| {
        document
            .element(*i)
            .is_some_and(|e| !document.is_within(e.parent, &["ul", "ol"]))
    };
    let framed = |i: &usize| document.is_within(*i, &["nav", "header", "footer"]);
    all.into_iter().filter(|i| outer(i) && !framed(i)).collect()
}

fn item_in_list(
    site: &[Page],
    page: usize,
    lists: &[usize],
    place: &Place,
) -> Result<Spot, Refusal> {
    let Some(found) = site.get(page) else {
        return Err(messages::no_pages());
    };
    let document = &found.document;
    match lists {
        [] => Err(messages::not_found(
            "a list",
            &format!(" on {}", found.path),
            None,
        )),
        [list] => {
            let items = point::items(document, *list);
            let point = match (place, items.first(), items.last()) {
                (Place::Start, Some(first), _) => Point::Before(*first),
                (_, _, Some(end)) => Point::After(*end),
                _ => Point::Into(*list),
            };
            Ok(Spot {
                page,
                point,
                told: "to the list on".to_owned(),
            })
        }
        several => {
            let first = |list: &usize| {
                let items = point::items(document, *list);
                let text = items
                    .first()
                    .and_then(|i| document.element(*i))
                    .map(|e| document.text_of(e))
                    .unwrap_or_default();
                format!("{}: the list that begins with {}", found.path, quote(&text))
            };
            let told = several.iter().take(8).map(first);
            let places: Vec<String> = told
                .chain(several.iter().skip(8).map(|_| String::new()))
                .collect();
            let advice = "Please name the heading above the list, or an item of it: add a list item \"…\" after \"…\".";
            Err(messages::ambiguous("a list", &places, advice))
        }
    }
}

/// The list under a heading, or the list that has an item of that text.
fn in_list_under(site: &[Page], command: &Command, heading: &str) -> Result<Spot, Refusal> {
    let on = pages::searched(site, &command.pages)?;
    let sections = match locate::under_headings(site, &on, heading) {
        Ok(sections) => sections,
        // No heading: perhaps an item of the list is named.
        Err(refusal) => {
            let item = Target {
                kind: Some(Kind::Item),
                ..Target::default()
            };
            let Ok(hits) = locate::locate(site, command, &item, heading) else {
                return Err(refusal);
            };
            return list_of_hit(site, &hits);
        }
    };
    let mut found: Vec<(usize, Vec<usize>)> = Vec::new();
    for (page, range) in sections {
        let Some(document) = site.get(page).map(|p| &p.document) else {
            continue;
        };
        let lists: Vec<usize> = lists_of(site, page)
            .into_iter()
            .filter(|l| {
                document
                    .element(*l)
                    .is_some_and(|e| range.contains(&e.open.start))
            })
            .collect();
        if !lists.is_empty() {
            found.push((page, lists));
        }
    }
    match found.as_slice() {
        [(page, lists)] => item_in_list(site, *page, lists, &Place::End),
        [] => Err(messages::not_found(
            &format!("a list under {}", quote(heading)),
            "",
            None,
        )),
        several => {
            let paths: Vec<String> = several
                .iter()
                .filter_map(|(p, _)| site.get(*p))
                .map(|p| p.path.clone())
                .collect();
            Err(messages::which_page(&paths))
        }
    }
}

fn list_of_hit(site: &[Page], hits: &[Hit]) -> Result<Spot, Refusal> {
    let found = hits.first().and_then(|hit| {
        let Found::Run(run) = hit.place else {
            return None;
        };
        let document = &site.get(hit.page)?.document;
        let item = point::item_around(document, document.runs.get(run)?.owner)?;
        Some((hit.page, document.element(item)?.parent))
    });
    let (page, list) = found.ok_or_else(|| messages::not_found("a list", "", None))?;
    item_in_list(site, page, &[list], &Place::End)
}

/// The end of the navigation's list.
fn menu(site: &[Page], command: &Command) -> Result<Spot, Refusal> {
    let page = pages::single(site, &command.pages)?;
    let Some(found) = site.get(page) else {
        return Err(messages::no_pages());
    };
    let document = &found.document;
    let nav = document.elements.iter().position(|e| e.name == "nav");
    let inside = |i: usize| nav.is_some_and(|n| document.ancestors(i).any(|(a, _)| a == n));
    let last = |name: &str| {
        let named = document.elements.iter().enumerate().rev();
        named
            .filter(|(i, e)| e.name == name && inside(*i))
            .map(|(i, _)| i)
            .next()
    };
    let after = last("li").or_else(|| last("a"));
    let point = after
        .map(Point::After)
        .ok_or_else(|| messages::not_found("a menu", &format!(" on {}", found.path), None))?;
    Ok(Spot {
        page,
        point,
        told: "to the menu on".to_owned(),
    })
}
