//! Which edit a command is.

use super::{add, link, remove, replace, set};
use crate::worker::literal::instruction::{Action, Command, Kind, Target};
use crate::worker::literal::messages;
use crate::worker::literal::outcome::{Done, Refusal};
use crate::worker::literal::search::address;
use crate::worker::literal::site::Page;

/// Carries out one command; on a refusal nothing has been changed.
pub(crate) fn run(site: &mut [Page], command: &Command) -> Result<Done, Refusal> {
    match &command.action {
        Action::Change { target, to } => change(site, command, target, to),
        Action::Add { text, .. } if text.trim().is_empty() => {
            Err(messages::needs_model("The new text is empty."))
        }
        Action::Add {
            kind: Some(Kind::Title),
            ..
        } => Err(messages::needs_model(
            "A page has one title; to change it, write: change the title to \"…\".",
        )),
        Action::Add {
            kind,
            text,
            url,
            place,
        } => add::add(site, command, *kind, text, url.as_deref(), place),
        Action::Lead { text, url } => link::set_target(site, command, text, url),
        Action::Remove { target } if target.kind == Some(Kind::Title) => {
            Err(messages::needs_model(
                "A page needs a title; to change it, write: change the title to \"…\".",
            ))
        }
        Action::Remove { target } => remove::remove(site, command, target),
    }
}

fn change(
    site: &mut [Page],
    command: &Command,
    target: &Target,
    to: &str,
) -> Result<Done, Refusal> {
    let empty = to.trim().is_empty();
    match (target.kind, &target.text) {
        (Some(Kind::Link), Some(text))
            if address::looks_like_target(to) && !address::looks_like_target(text) =>
        {
            link::set_target(site, command, text, to)
        }
        (_, Some(_)) if empty => remove::remove(site, command, target),
        (_, Some(old)) => replace::replace(site, command, target, old, to),
        (_, None) if empty => Err(messages::needs_model("The new text is empty.")),
        (Some(Kind::Title), None) => set::set_title(site, command, to),
        (Some(Kind::Link) | None, None) => Err(messages::needs_model(
            "Please quote the text that I should change.",
        )),
        (Some(kind), None) if command.everywhere => {
            let what = format!(
                "I can change every {} only if you quote its present text.",
                kind.name()
            );
            Err(messages::needs_model(&what))
        }
        (Some(_), None) => set::set_text(site, command, target, to),
    }
}
