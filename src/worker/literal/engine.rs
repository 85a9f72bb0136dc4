//! From a message to edited files: all of it or nothing.

use super::edit::run;
use super::instruction::{Understood, understand};
use super::messages;
use super::outcome::{FileEdit, Outcome, Refusal};
use super::site::Site;

/// Longest instruction, in bytes.
pub const MAX_INSTRUCTION: usize = 32 << 10;

/// Carries out an instruction in plain words on a site. Does no I/O and changes nothing itself: the edits
/// are for the caller to write. Several instructions are carried out in order, all or none.
pub fn carry_out(instruction: &str, site: &Site) -> Outcome {
    match try_carry_out(instruction, site) {
        Ok(outcome) => outcome,
        Err(Refusal { code, message }) => Outcome::Refused { code, message },
    }
}

fn try_carry_out(instruction: &str, site: &Site) -> Result<Outcome, Refusal> {
    if instruction.len() > MAX_INSTRUCTION {
        return Err(messages::too_long("is longer than I can read at once"));
    }
    let commands = match understand(instruction) {
        Understood::Commands(commands) => commands,
        Understood::Nothing => return Err(messages::empty()),
        Understood::TooMany => return Err(messages::too_long("asks for more than I do at once")),
        Understood::Not {
            said,
            others,
            quotes_would_help,
        } => {
            return Err(messages::not_understood(&said, others, quotes_would_help));
        }
    };
    if site.is_empty() {
        return Err(messages::no_pages());
    }
    let mut pages = site.pages();
    let mut done = Vec::new();
    for command in &commands {
        let result = run(&mut pages, command);
        done.push(result.map_err(|refusal| match commands.len() {
            1 => refusal,
            _ => messages::of_several(&command.said, &refusal),
        })?);
    }
    let sentences: Vec<&str> = done.iter().map(|d| d.summary.as_str()).collect();
    let summary = match sentences.as_slice() {
        [one] => (*one).to_owned(),
        several => several
            .iter()
            .map(|s| format!("- {s}"))
            .collect::<Vec<String>>()
            .join("\n"),
    };
    let edits: Vec<FileEdit> = pages
        .into_iter()
        .filter(|page| page.changed && site.text(&page.path) != Some(page.document.source.as_str()))
        .map(|page| FileEdit {
            path: page.path,
            new_text: page.document.source,
        })
        .collect();
    Ok(if edits.is_empty() {
        Outcome::Unchanged { summary }
    } else {
        Outcome::Edited { edits, summary }
    })
}
