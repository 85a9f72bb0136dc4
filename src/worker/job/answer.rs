//! What a worker answers to a command.

use crate::domain::command::{CommandResult, NOT_BUILT, NOTHING_CHANGED, STOPPED_BEFORE};
use crate::domain::time::Timestamp;
use crate::domain::wire::{Response, Work};

use super::cancel::Why;
use super::site::Build;
use crate::worker::git::{Branch, Oid};

/// The end of a command, but for the ids that its response repeats.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Answer {
    pub(crate) success: bool,
    pub(crate) interrupted: bool,
    pub(crate) branch: Option<String>,
    pub(crate) result: CommandResult,
}

/// A change that is on the branch.
#[derive(Debug)]
pub(crate) struct Saved {
    pub(crate) commit: Oid,
    pub(crate) files: Vec<String>,
    pub(crate) summary: String,
}

/// The first names of a very long list: a response must fit into a message and a record.
fn first(mut files: Vec<String>) -> Vec<String> {
    const MOST_BYTES: usize = 64 * 1024;
    let mut bytes = 0;
    files.retain(|file| {
        bytes += file.len();
        bytes <= MOST_BYTES
    });
    files
}

impl Answer {
    /// There was nothing to change.
    pub(crate) fn unchanged(summary: String) -> Self {
        let summary = if summary.trim().is_empty() {
            NOTHING_CHANGED.to_owned()
        } else {
            summary
        };
        Self {
            success: true,
            result: CommandResult {
                summary: Some(summary),
                ..CommandResult::default()
            },
            ..Self::default()
        }
    }

    /// It cannot be done; the message is for the sender.
    pub(crate) fn failure(code: &str, message: String) -> Self {
        Self {
            result: CommandResult {
                summary: Some(message),
                error_code: Some(code.to_owned()),
                ..CommandResult::default()
            },
            ..Self::default()
        }
    }

    /// It is on the branch.
    pub(crate) fn saved(saved: Saved) -> Self {
        Self {
            success: true,
            result: CommandResult {
                summary: Some(saved.summary),
                files_changed: first(saved.files),
                git_commit: Some(saved.commit.to_string()),
                ..CommandResult::default()
            },
            ..Self::default()
        }
    }

    /// It was stopped; what was done until then may be on the branch.
    pub(crate) fn interrupted(saved: Option<Saved>) -> Self {
        let mut answer = match saved {
            Some(saved) => Self::saved(saved),
            None => Self::unchanged(STOPPED_BEFORE.to_owned()),
        };
        answer.success = false;
        answer.interrupted = true;
        answer
    }

    /// Adds what became of the build; a red one makes it a failure.
    pub(crate) fn built(mut self, build: Build) -> Self {
        match build {
            Build::NotNeeded | Build::Cancelled => {}
            Build::Green => self.result.build_success = Some(true),
            Build::Red(log) => {
                self.success = false;
                let result = &mut self.result;
                result.build_success = Some(false);
                result.deploy_success = Some(false);
                result.error = Some(log);
                result.error_code = Some("build_failed".to_owned());
                let done = result.summary.take().unwrap_or_default();
                result.summary = Some(format!("{done}\n\n{NOT_BUILT}").trim_start().to_owned());
            }
        }
        self
    }

    pub(crate) fn on(mut self, branch: &Branch) -> Self {
        self.branch = Some(branch.to_string());
        self
    }

    /// The answer as a response to `work`.
    pub(crate) fn into_response(
        mut self,
        work: &Work,
        generation: u64,
        at: Timestamp,
        why: Option<&Why>,
    ) -> Response {
        if let (true, Some(Why::Newer(newer))) = (self.interrupted, why) {
            self.result.interrupted_by = Some(newer.clone());
        }
        Response {
            command_id: work.command_id.clone(),
            session_id: work.session_id.clone(),
            project_id: work.project_id.clone(),
            user_id: work.user_id.clone(),
            timestamp: at,
            generation: Some(generation),
            success: self.success,
            interrupted: self.interrupted,
            preview_url: None, // Hermes knows where its previews are
            branch: self.branch,
            result: self.result,
        }
    }
}
