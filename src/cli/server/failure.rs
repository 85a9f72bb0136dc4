//! Why a command was not carried out, and how that is said.

use std::io::{self, ErrorKind};

use serde_json::json;

use crate::cli::screen::{Style, Terminal};
use crate::config::SettingsErrors;
use crate::config::cli::Exit;

use super::problem::Problem;

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The command line or its files are wrong; nothing was sent.
    #[error("{0}")]
    Usage(String),
    /// The settings that say where the server is are wrong.
    #[error("{0}")]
    Settings(#[from] SettingsErrors),
    /// No server answered, or what answered is no Hermes.
    #[error("{why}")]
    Unreachable {
        /// What happened, with the URL.
        why: String,
        /// What can be done about it.
        hint: String,
    },
    /// The server refused.
    #[error("{}", .0.said())]
    Refused(Box<Problem>),
    /// The server tried, and failed.
    #[error("{}", .0.said())]
    Failed(Box<Problem>),
    /// The answer could not be written.
    #[error("the answer could not be written")]
    Output(#[from] io::Error),
}

impl Failure {
    /// The exit code that says so. A reader that has closed the pipe has seen what it wanted.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Usage(_) | Self::Settings(_) => Exit::Usage,
            Self::Unreachable { .. } => Exit::Unreachable,
            Self::Refused(_) => Exit::Refused,
            Self::Output(error) if error.kind() == ErrorKind::BrokenPipe => Exit::Done,
            Self::Failed(_) | Self::Output(_) => Exit::Failed,
        }
    }

    /// What else there is to know, a line each.
    fn more(&self) -> Vec<String> {
        match self {
            Self::Unreachable { hint, .. } => vec![format!("hint: {hint}")],
            Self::Refused(problem) | Self::Failed(problem) => problem.more(),
            Self::Output(error) => vec![format!("  {error}")],
            Self::Usage(_) | Self::Settings(_) => Vec::new(),
        }
    }

    /// The server's own words, else the same form for what never reached it.
    fn json(&self) -> String {
        let code = match self {
            Self::Refused(problem) | Self::Failed(problem) => return problem.json.clone(),
            Self::Usage(_) | Self::Settings(_) => "usage",
            Self::Unreachable { .. } => "server_unreachable",
            Self::Output(_) => "output_failed",
        };
        json!({ "code": code, "detail": self.to_string() }).to_string()
    }
}

/// Tells the failure on standard error, and with `--json` on standard output too. Answers the exit code.
pub fn report(failure: &Failure, terminal: &mut Terminal<'_>) -> Exit {
    let output_is_gone = matches!(failure, Failure::Output(_));
    let told = if output_is_gone && failure.exit() == Exit::Done {
        Ok(())
    } else {
        tell(failure, !output_is_gone, terminal)
    };
    // Nobody is left to be told that telling failed; the exit code still says what happened.
    drop(told);
    failure.exit()
}

fn tell(failure: &Failure, has_output: bool, terminal: &mut Terminal<'_>) -> io::Result<()> {
    let error = terminal.paint(Style::Bad, "error:");
    terminal.remark(format_args!("{error} {failure}"))?;
    for line in failure.more() {
        terminal.remark(line)?;
    }
    if terminal.json && has_output {
        terminal.line(failure.json())?;
    }
    Ok(())
}
