//! Where a command reads and writes.

use std::fmt::Display;
use std::io::{self, IsTerminal, Read, Write};

use crate::config::Environment;
use crate::domain::time::Timestamp;

/// The streams of a command, and how it should look on them.
///
/// The streams are `Send` because a command waits for a server in between; hand in `io::stdout()`, not its lock.
pub struct Terminal<'a> {
    /// Read by commands that are told `-`.
    pub input: &'a mut (dyn Read + Send),
    /// Answers.
    pub out: &'a mut (dyn Write + Send),
    /// Errors, and remarks that are no part of the answer.
    pub err: &'a mut (dyn Write + Send),
    /// Whether answers are JSON.
    pub json: bool,
    /// Whether text is coloured, see [`wants_colour`].
    pub colour: bool,
    /// When the command began: what "in 29 min" counts from.
    pub now: Timestamp,
}

/// What a piece of text says by its look; it never says it by its look alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Style {
    /// It went well.
    Good,
    /// It did not.
    Bad,
    /// Somebody should look at it.
    Notice,
    /// Beside the point.
    Faint,
    /// A heading.
    Strong,
}

impl Style {
    const fn code(self) -> u8 {
        match self {
            Self::Strong => 1,
            Self::Faint => 2,
            Self::Bad => 31,
            Self::Good => 32,
            Self::Notice => 33,
        }
    }
}

impl Terminal<'_> {
    /// Writes a line of the answer.
    pub(in crate::cli) fn line(&mut self, line: impl Display) -> io::Result<()> {
        writeln!(self.out, "{line}")?;
        self.out.flush()
    }

    /// Writes JSON of the server as one line.
    pub(in crate::cli) fn json(&mut self, json: &str) -> io::Result<()> {
        if !json.contains(['\n', '\r']) {
            return self.line(json);
        }
        // Line ends in valid JSON are white space; its strings have none.
        self.line(serde_json::from_str::<serde_json::Value>(json)?)
    }

    /// Writes a line that is no part of the answer.
    pub(in crate::cli) fn remark(&mut self, line: impl Display) -> io::Result<()> {
        writeln!(self.err, "{line}")?;
        self.err.flush()
    }

    /// The text in this style, if there are colours.
    pub(in crate::cli) fn paint(&self, style: Style, text: &str) -> String {
        if self.colour {
            format!("\u{1b}[{}m{text}\u{1b}[0m", style.code())
        } else {
            text.to_owned()
        }
    }
}

impl std::fmt::Debug for Terminal<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Terminal")
            .field("json", &self.json)
            .field("colour", &self.colour)
            .finish_non_exhaustive()
    }
}

/// Whether text should be coloured: both streams are terminals that can, and nobody asked not to (`NO_COLOR`).
pub fn wants_colour(environment: &Environment) -> bool {
    io::stdout().is_terminal() && io::stderr().is_terminal() && allows_colour(environment)
}

fn allows_colour(environment: &Environment) -> bool {
    let set = |name| environment.text(name).ok().flatten();
    set("NO_COLOR").is_none() && set("TERM") != Some("dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_can_be_refused() {
        for (variables, allowed) in [
            (vec![], true),
            (vec![("TERM", "xterm"), ("NO_COLOR", "")], true),
            (vec![("NO_COLOR", "1")], false),
            (vec![("TERM", "dumb")], false),
        ] {
            let environment: Environment = variables.into_iter().collect();
            assert_eq!(allows_colour(&environment), allowed, "{environment:?}");
        }
    }

    #[test]
    fn only_a_coloured_terminal_gets_escape_codes() {
        let (mut input, mut out, mut err) = (io::empty(), Vec::new(), Vec::new());
        let mut terminal = Terminal {
            input: &mut input,
            out: &mut out,
            err: &mut err,
            json: false,
            colour: true,
            now: Timestamp::EPOCH,
        };
        assert_eq!(terminal.paint(Style::Bad, "no"), "\u{1b}[31mno\u{1b}[0m");
        terminal.colour = false;
        assert_eq!(terminal.paint(Style::Bad, "no"), "no");
    }
}
