//! The answer to a mail, and why one is not taken.

use crate::domain::ids::{CommandId, JournalId, SessionId};
use crate::domain::journal::Verdict;
use crate::ports::fault::Fault;
use crate::ports::ledger::CommitError;

/// What became of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the undocumented fields are the ids of their types"
)]
pub struct Received {
    /// Its Message-ID, without brackets.
    pub message_id: String,
    pub journal_id: JournalId,
    pub verdict: Verdict,
    /// Whether it had been received before; nothing was done then.
    pub duplicate: bool,
    pub session_id: Option<SessionId>,
    pub command_id: Option<CommandId>,
    /// Ids of the rules that decided, in order.
    pub rules: Vec<String>,
    /// What became of it in the other projects that it was sent to (T15).
    pub also: Vec<Self>,
}

/// Why a mail is not taken.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The bytes are no mail.
    #[error("this is not a mail: {0}")]
    NotAMail(String),
    /// No such journal row.
    #[error("there is no such message in the journal")]
    NotFound,
    /// A replay of a message that has a command already.
    #[error("this message has become command {0}")]
    HasCommand(CommandId),
    /// The raw mail was deleted after its retention.
    #[error("the raw mail is no longer kept")]
    RawGone,
    /// Too many writers at once.
    #[error("too many concurrent changes")]
    Contention,
    /// The backend failed.
    #[error("the backend failed")]
    Backend(#[from] Fault),
}

impl IntakeError {
    /// Whether the attempt lost to a concurrent writer.
    pub(crate) fn is_conflict(&self) -> bool {
        matches!(self, Self::Contention)
    }

    /// Whether trying again may help.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Contention => true,
            Self::Backend(fault) => fault.is_transient(),
            Self::NotAMail(_) | Self::NotFound | Self::HasCommand(_) | Self::RawGone => false,
        }
    }
}

impl From<CommitError> for IntakeError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Conflict => Self::Contention,
            CommitError::Backend(fault) => Self::Backend(fault),
        }
    }
}
