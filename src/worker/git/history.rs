//! What a branch says of the commands that changed it.
//!
//! Every commit of a worker names its command, its session and whether the command was done. These trailers are how a
//! command that is delivered again, by whatever accident, is known to be there already.

use std::fmt;

use crate::domain::ids::{CommandId, SessionId};

/// Name of an object: hexadecimal, so that it can never be taken for an option or a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Oid(String);

impl Oid {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let ok = matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit());
        ok.then(|| Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A commit and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Commit {
    pub(crate) id: Oid,
    pub(crate) tree: Oid,
}

/// How far the command of a commit came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Done, and the build was green if there is one.
    Done,
    /// Done, but the build is red.
    Red,
    /// Interrupted on the way; if the command comes again, it is carried out again.
    Wip,
}

impl State {
    fn trailers(self) -> &'static str {
        match self {
            Self::Done => "Hermes-State: done\n",
            Self::Red => "Hermes-State: wip\nHermes-Build: failed\n",
            Self::Wip => "Hermes-State: wip\n",
        }
    }
}

/// A branch as it is on the project's repository.
#[derive(Debug)]
pub(crate) struct History {
    /// Its last commit; that of the default branch while it does not exist.
    pub(crate) tip: Commit,
    /// Whether it exists.
    pub(crate) exists: bool,
    ended: Vec<(CommandId, Oid)>,
}

/// How far back a command is looked for: a command comes again within minutes, not after hundreds of others.
pub(super) const DEPTH: &str = "--max-count=300";

/// What [`History::read`] reads: one line a commit.
pub(super) const FORMAT: &str = "--format=%H %T\
    %x09%(trailers:key=Hermes-Command,valueonly,separator=%x20)\
    %x09%(trailers:key=Hermes-State,valueonly,separator=%x20)\
    %x09%(trailers:key=Hermes-Build,valueonly,separator=%x20)";

impl History {
    /// Reads a log, newest commit first; `None` when there is no commit.
    pub(super) fn read(log: &str, exists: bool) -> Option<Self> {
        let (id, tree) = log.lines().next()?.split('\t').next()?.split_once(' ')?;
        let tip = Commit {
            id: Oid::parse(id)?,
            tree: Oid::parse(tree)?,
        };
        let ended = if exists {
            log.lines().filter_map(ended_command).collect()
        } else {
            Vec::new()
        };
        Some(Self { tip, exists, ended })
    }

    /// The commit with which a command ended, if it did.
    pub(crate) fn find(&self, command: &CommandId) -> Option<&Oid> {
        let found = self.ended.iter().find(|(id, _)| id == command);
        found.map(|(_, commit)| commit)
    }
}

fn ended_command(line: &str) -> Option<(CommandId, Oid)> {
    let mut fields = line.split('\t');
    let commit = Oid::parse(fields.next()?.split(' ').next()?)?;
    let command = fields.next()?.parse().ok()?;
    let (state, build) = (fields.next()?, fields.next().unwrap_or_default());
    (state == "done" || build == "failed").then_some((command, commit))
}

/// What a commit says: a subject, the summary, and trailers.
#[derive(Debug, Clone)]
pub(crate) struct Message<'a> {
    pub(crate) summary: &'a str,
    pub(crate) command: &'a CommandId,
    pub(crate) session: &'a SessionId,
}

const SUBJECT_LIMIT: usize = 72;

impl Message<'_> {
    /// The commit message for a state.
    pub(crate) fn write(&self, state: State) -> String {
        let summary = self.summary.trim();
        let summary = if summary.is_empty() {
            "Change the website"
        } else {
            summary
        };
        let line = summary.lines().next().unwrap_or_default();
        let mut subject: String = line.chars().take(SUBJECT_LIMIT).collect();
        if subject.len() < line.len() {
            subject = line.chars().take(SUBJECT_LIMIT - 1).chain(['…']).collect();
        }
        let body = if subject == summary {
            String::new()
        } else {
            format!("{summary}\n\n")
        };
        format!(
            "{subject}\n\n{body}Hermes-Command: {}\nHermes-Session: {}\n{}",
            self.command,
            self.session,
            state.trailers(),
        )
    }

    /// The summary that was written into a commit message.
    pub(crate) fn summary_of(message: &str) -> String {
        let message = message.trim();
        let text = message
            .rsplit_once("\n\n")
            .map_or(message, |(text, _trailers)| text);
        let summary = text
            .split_once("\n\n")
            .map_or(text, |(_subject, body)| body);
        summary.trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message<'a>(summary: &'a str, ids: &'a (CommandId, SessionId)) -> Message<'a> {
        Message {
            summary,
            command: &ids.0,
            session: &ids.1,
        }
    }

    #[test]
    fn a_summary_comes_back_from_its_commit() {
        let ids = ("cmd-1".parse().unwrap(), "ses-1".parse().unwrap());
        let long = "ä".repeat(200);
        for summary in ["Done.", "One\n\nTwo\n\nHermes-Command: cmd-2", &long] {
            let text = message(summary, &ids).write(State::Done);
            assert_eq!(Message::summary_of(&text), summary);
            assert!(text.lines().next().unwrap().chars().count() <= SUBJECT_LIMIT);
        }
        let text = message("Done.", &ids).write(State::Red);
        assert_eq!(
            text,
            "Done.\n\nHermes-Command: cmd-1\nHermes-Session: ses-1\nHermes-State: wip\nHermes-Build: failed\n"
        );
    }

    #[test]
    fn only_ended_commands_are_found() {
        let (a, b, c) = ("a".repeat(40), "b".repeat(40), "c".repeat(40));
        let log = format!(
            "{a} {b}\tcmd-3\twip\t\n{b} {b}\tcmd-2\twip\tfailed\n{c} {b}\tcmd-1\tdone\t\n{c} {b}\t\t\t\n"
        );
        let history = History::read(&log, true).unwrap();
        assert_eq!(history.tip.id.as_str(), a);
        let found = |id: &str| history.find(&id.parse().unwrap()).map(Oid::as_str);
        assert_eq!(found("cmd-1"), Some(c.as_str()));
        assert_eq!(found("cmd-2"), Some(b.as_str()));
        assert_eq!(found("cmd-3"), None);
        assert!(History::read("", true).is_none());
    }
}
