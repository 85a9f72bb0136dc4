//! Carries the command out.

use std::io::{BufRead, BufReader, Write};

use serde::Serialize;
use serde_json::Value;

use crate::cli::input;
use crate::cli::mail::LARGEST_MAIL;
use crate::cli::screen::Terminal;
use crate::cli::server::{Failure, report};
use crate::config::cli::{Exit, ExplainMail, FileOrStdin};
use crate::domain::mail::Explained;

use super::batch::{self, Entry};
use super::look::{Decider, look};
use super::report::print;

/// `hermes mail explain`.
pub fn explain(command: &ExplainMail, decider: Decider<'_>, terminal: &mut Terminal<'_>) -> Exit {
    let from = command.file.as_ref().unwrap_or(&FileOrStdin::Stdin);
    let told = if command.batch {
        many(from, decider, terminal)
    } else {
        one(from, decider, terminal)
    };
    told.unwrap_or_else(|failure| report(&failure, terminal))
}

fn one(
    from: &FileOrStdin,
    decider: Decider<'_>,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Failure> {
    let content = input::read_even_nothing(from, LARGEST_MAIL, terminal)?;
    for explained in look(&content, decider) {
        if terminal.json {
            terminal.line(json_of(&explained)?)?;
        } else {
            print(&explained, terminal)?;
        }
    }
    Ok(Exit::Done)
}

/// One object of a batch.
#[derive(Serialize)]
struct Numbered<'a> {
    id: &'a Value,
    #[serde(flatten)]
    explained: &'a Explained,
}

fn many(
    from: &FileOrStdin,
    decider: Decider<'_>,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Failure> {
    let unreadable = match from {
        FileOrStdin::Stdin => {
            let input = BufReader::new(&mut *terminal.input);
            each(input, terminal.out, decider)?
        }
        FileOrStdin::File(path) => each(BufReader::new(input::open(path)?), terminal.out, decider)?,
    };
    if unreadable == 0 {
        return Ok(Exit::Done);
    }
    terminal.remark(format_args!(
        "lines without a mail that could be read: {unreadable}; each says why"
    ))?;
    Ok(Exit::Failed)
}

/// Explains entry by entry; answers how many could not be read.
fn each(
    mut input: impl BufRead,
    out: &mut dyn Write,
    decider: Decider<'_>,
) -> Result<u64, Failure> {
    let mut unreadable = 0;
    while let Some(Entry { id, raw }) = batch::next(&mut input)? {
        let explained = raw.map(|raw| look(&raw, decider));
        let explained = explained.unwrap_or_else(|why| {
            unreadable += 1;
            vec![Explained::poison(None, why)]
        });
        // a document with several mails is one line all the same
        for explained in explained.iter().take(1) {
            writeln!(out, "{}", json_of(&Numbered { id: &id, explained })?)?;
        }
        out.flush()?;
    }
    Ok(unreadable)
}

fn json_of(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure::Output(error.into()))
}
