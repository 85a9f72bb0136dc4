//! How a command ended, as its exit code tells scripts.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// It did what was asked.
    Done = 0,
    /// It tried, and the thing failed.
    Failed = 1,
    /// The command line or the settings are wrong; nothing was tried.
    Usage = 2,
    /// No server answered.
    Unreachable = 3,
    /// The server refused: no such thing, not allowed, not now.
    Refused = 4,
    /// Stopped by Ctrl-C.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// The codes, as help lists them.
pub(super) const HELP: &str = "\
Exit codes:
  0    done
  1    it was tried and failed
  2    the command line or the settings are wrong
  3    no server answered
  4    the server refused
  130  interrupted";
