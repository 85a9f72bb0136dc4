//! The journal: every inbound message, what was decided, and why.

use serde::{Deserialize, Serialize};

use super::blob::BlobId;
use super::ids::{CommandId, JournalId, ProjectId, SessionId, ThreadId};
use super::time::Timestamp;

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Its text is carried out.
    Instruct,
    /// It is one of the commands by reply.
    Command,
    /// Journal only.
    Silent,
    /// The sender is told why not.
    Refuse,
    /// Kept until somebody confirms.
    Hold,
    /// Not readable at all.
    Poison,
}

impl Verdict {
    /// All verdicts, for metrics.
    pub const ALL: [Self; 6] = [
        Self::Instruct,
        Self::Command,
        Self::Silent,
        Self::Refuse,
        Self::Hold,
        Self::Poison,
    ];

    /// The verdict as the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Instruct => "instruct",
            Self::Command => "command",
            Self::Silent => "silent",
            Self::Refuse => "refuse",
            Self::Hold => "hold",
            Self::Poison => "poison",
        }
    }
}

/// By which door a message came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// SES by way of the mail queue.
    Ses,
    /// Posted to `/hermes/api/mail`.
    Http,
    /// Decided again from the journal.
    Replay,
    /// An instruction by REST, not a mail.
    Api,
}

impl Channel {
    /// The channel as metrics and the API write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ses => "ses",
            Self::Http => "http",
            Self::Replay => "replay",
            Self::Api => "api",
        }
    }
}

/// One inbound message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    missing_docs,
    reason = "the undocumented fields are the ids of their types"
)]
pub struct JournalRow {
    pub journal_id: JournalId,
    /// When it arrived first.
    pub received_at: Timestamp,
    pub channel: Channel,
    /// Its Message-ID, without brackets; made up when it had none (E10).
    pub message_id: String,
    /// The one mailbox in From, if there is just one (A1).
    pub from: Option<String>,
    /// Addresses it was sent to.
    pub to: Vec<String>,
    pub subject: String,
    /// Size of the raw mail in bytes.
    pub bytes: u64,
    pub project_id: Option<ProjectId>,
    pub verdict: Verdict,
    /// Ids of the rules that decided, in order.
    pub rules: Vec<String>,
    /// Why, in a sentence.
    pub reason: String,
    pub session_id: Option<SessionId>,
    pub thread_id: Option<ThreadId>,
    pub command_id: Option<CommandId>,
    /// The raw mail, until its retention ends.
    pub raw: BlobId,
    /// How often it was decided again.
    pub replays: u32,
    /// Counts the writes of this record.
    pub version: u64,
}
