//! The command: one instruction for one session, from queued to its one end.

use serde::{Deserialize, Serialize};

use super::blob::BlobId;
use super::ids::{
    ClientId, CommandId, ContainerId, JournalId, ProjectId, SessionId, ThreadId, UserId,
};
use super::mail::files::{FileNote, RefusedFile};
use super::mail::{EmailAddress, Language, LetterKind, MessageId};
use super::member::Role;
use super::time::Timestamp;

/// Where a command is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CommandState {
    /// Accepted, not begun.
    Queued,
    /// A worker has begun.
    Running,
    /// Done; the branch has it, or there was nothing to change.
    Succeeded,
    /// Not done, and why.
    Failed,
    /// Stopped on the way by a newer message, `stop` or deactivate.
    Interrupted,
}

impl CommandState {
    /// Whether it has not ended.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Queued | Self::Running)
    }

    /// The state as the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
        }
    }
}

/// Which way the instruction came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// A mail; the outcome goes back by mail.
    Email,
    /// The REST API; the outcome is read there.
    Api,
}

/// What an answer by mail needs to know of the mail it answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MailOrigin {
    /// The journal row.
    pub journal_id: JournalId,
    /// The authenticated sender.
    pub from: EmailAddress,
    /// To whom the answer goes instead of the sender: another member of the project (A7).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_to: Option<EmailAddress>,
    /// Members who get the answer as well (A8).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copies: Vec<EmailAddress>,
    /// Its subject, decoded.
    pub subject: String,
    /// Its Message-ID.
    pub message_id: MessageId,
    /// Its References, oldest first.
    pub references: Vec<MessageId>,
    /// What its sender writes, so that answers are in it.
    #[serde(default)]
    pub language: Language,
    /// What its sender might do when it came; for advice only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// What the answer has to say about how the mail was understood, in sentences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
    /// Whether its sender wants acknowledgements (L10).
    #[serde(default)]
    pub acks: Acks,
}

/// Whether a sender wants to be told that a message has arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Acks {
    /// As everybody.
    #[default]
    Wanted,
    /// The mail asked for none.
    Unwanted,
}

/// What is asked of the worker by one of the fixed words and not as a change (P1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "name")]
pub enum Action {
    /// Put the thread's branch on the website itself.
    Publish,
    /// Take turns back.
    Undo {
        /// How many, the last one first.
        turns: u32,
    },
    /// Throw away what is not published.
    Discard,
    /// Go on with what was stopped.
    Continue,
}

/// A file that came with the instruction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    /// Sanitised name (B12).
    pub name: String,
    /// What it is by its bytes; the declared type where they do not tell.
    pub content_type: String,
    /// Size.
    pub bytes: u64,
    /// Hash of the content.
    pub sha256: BlobId,
    /// Where the worker reads it.
    #[serde(rename = "ref")]
    pub reference: String,
    /// The number of an image, as in `[image 1: name]` where the text shows it (B12).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<u32>,
    /// What the agent should know of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<FileNote>,
}

/// What a worker said of a command's end.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CommandResult {
    /// What happened, for the sender.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// Paths that the commit changes.
    pub files_changed: Vec<String>,
    /// The commit on the thread's branch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub git_commit: Option<String>,
    /// Whether the build was green; absent without a build.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub build_success: Option<bool>,
    /// Whether the preview shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deploy_success: Option<bool>,
    /// What went wrong, for the sender; for a red build the end of its log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Stable name of what went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
    /// The newer command that stopped it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interrupted_by: Option<CommandId>,
}

impl CommandResult {
    /// Longest summary, in bytes.
    pub const MAX_SUMMARY: usize = 32 * 1024;
    /// Longest error, in bytes; of a build's log its end.
    pub const MAX_ERROR: usize = 32 * 1024;
    /// Longest list of files, in bytes of their paths.
    pub const MAX_FILES: usize = 64 * 1024;

    /// The same, short enough for a record: a worker may send up to a megabyte, an item of DynamoDB has 400 KB.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        if let Some(summary) = &mut self.summary {
            summary.truncate(summary.floor_char_boundary(Self::MAX_SUMMARY));
        }
        if let Some(error) = &mut self.error {
            let from = error.len().saturating_sub(Self::MAX_ERROR);
            error.drain(..error.ceil_char_boundary(from));
        }
        if let Some(code) = &mut self.error_code {
            code.truncate(code.floor_char_boundary(256));
        }
        if let Some(commit) = &mut self.git_commit {
            commit.truncate(commit.floor_char_boundary(256));
        }
        let mut left = Self::MAX_FILES;
        let fits = |path: &String| {
            left = left.saturating_sub(path.len() + 1);
            left > 0
        };
        self.files_changed.retain(fits);
        self
    }
}

/// One instruction for one session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    missing_docs,
    reason = "the undocumented fields are the ids of their types"
)]
pub struct Command {
    pub command_id: CommandId,
    pub session_id: SessionId,
    pub thread_id: ThreadId,
    pub container_id: ContainerId,
    pub client_id: ClientId,
    pub project_id: ProjectId,
    pub user_id: UserId,
    pub source: Source,
    /// The sender's own words.
    pub instruction: String,
    /// What the words ask for, when they are fixed ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    /// The mail it came by.
    pub mail: Option<MailOrigin>,
    /// Files that came with it.
    pub attachments: Vec<Attachment>,
    /// Files that came with it and that the agent does not get; the answer names them (B13).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused_files: Vec<RefusedFile>,
    pub state: CommandState,
    /// Its place in the container: order of work, whatever order queues deliver in (C18).
    pub sequence: u64,
    /// The generation it was last sent to; 0 for none.
    pub dispatched_generation: u64,
    /// How often a worker began it.
    pub starts: u32,
    /// Why it is to be stopped, once somebody asked for that.
    pub cancel: Option<CancelReason>,
    /// The generation that was told of `cancel`; 0 for none.
    pub cancel_sent_generation: u64,
    pub created_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub result: Option<CommandResult>,
    /// The notes that its sender got before its end, at most one of each kind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<LetterKind>,
    /// Why the answer to it was not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_trouble: Option<ReplyTrouble>,
    /// Counts the writes of this record.
    pub version: u64,
}

impl Command {
    /// Whether its sender got a note of this kind.
    pub fn was_told(&self, kind: LetterKind) -> bool {
        self.told.contains(&kind)
    }

    /// Whether the worker of this generation has begun it and not ended it.
    pub fn is_running_in(&self, generation: u64) -> bool {
        self.state == CommandState::Running && self.dispatched_generation == generation
    }
}

/// What became of an answer that did not reach its reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReplyTrouble {
    /// It was given up.
    Failed,
    /// It came back (L17).
    Bounced,
}

/// Why a command is stopped from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CancelReason {
    /// Its session was deactivated.
    Deactivated,
    /// The sender wrote `stop` (C20).
    Stop,
}

impl CancelReason {
    /// The reason on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deactivated => "deactivated",
            Self::Stop => "stop",
        }
    }
}

/// What a worker says of a command that changed nothing, where its agent said nothing.
pub const NOTHING_CHANGED: &str = "Nothing had to be changed.";

/// What a worker says of a command that was stopped before it changed anything.
pub const STOPPED_BEFORE: &str = "Stopped before anything was changed.";

/// What a worker adds to the summary of a change that does not build.
pub const NOT_BUILT: &str = "The change is saved, but the website could not be built with it. The preview still shows the last version that could.";

/// Starts without an end after which a command is given up (`design.md` section 7).
pub const MAX_STARTS: u32 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_of_any_size_fits_a_record() {
        let short = CommandResult {
            summary: Some("Done".to_owned()),
            files_changed: vec!["index.html".to_owned()],
            error: Some("line 3".to_owned()),
            ..CommandResult::default()
        };
        assert_eq!(short.clone().bounded(), short);

        let end_of_log = format!("{}the end", "\u{e9}".repeat(300_000));
        let long = CommandResult {
            summary: Some("\u{e9}".repeat(300_000)),
            files_changed: vec!["a/long/path.html".to_owned(); 50_000],
            git_commit: Some("f".repeat(300_000)),
            error: Some(end_of_log),
            error_code: Some("x".repeat(300_000)),
            ..CommandResult::default()
        };
        let bounded = long.bounded();
        assert!(bounded.error.as_ref().unwrap().ends_with("the end"));
        let size = serde_json::to_string(&bounded).unwrap().len();
        assert!(size < 150_000, "{size}");
    }
}
