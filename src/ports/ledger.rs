//! All writes of records: conditional, and several of them in one transaction.

use async_trait::async_trait;

use super::fault::Fault;
use crate::domain::claim::Claim;
use crate::domain::command::Command;
use crate::domain::container::Container;
use crate::domain::event::EventDraft;
use crate::domain::journal::JournalRow;
use crate::domain::note::Note;
use crate::domain::reply::Reply;
use crate::domain::session::Session;
use crate::domain::thread::{Pointer, Thread};

/// One record to write. The record's `version` is the one it was decided from: 0 for a record that must not
/// exist yet. The ledger stores it with `version + 1`.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each variant is the record of its name")]
pub enum Write {
    Session(Session),
    Thread(Thread),
    Container(Container),
    Command(Box<Command>),
    Reply(Box<Reply>),
    Journal(Box<JournalRow>),
    Note(Note),
    /// Kept if it is new; one that exists stays as it is and is no conflict.
    Pointer(Pointer),
    /// Must not exist, or be expired at its own `claimed_at`.
    Claim(Claim),
    /// Gets the session's next sequence number: 1, 2, 3 without gaps.
    Event(EventDraft),
}

/// Why a transaction was not made.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// A record has changed since it was read: read again and decide again. Nothing was written.
    #[error("a record has changed since it was read")]
    Conflict,
    /// The backend failed. Whether the transaction was made is unknown when the fault is transient.
    #[error("the store failed")]
    Backend(#[from] Fault),
}

impl CommitError {
    /// Whether it lost to a concurrent writer.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict)
    }

    /// Whether trying again may help; a conflict needs a new decision first.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Conflict => true,
            Self::Backend(fault) => fault.is_transient(),
        }
    }
}

/// Commits writes.
///
/// All writes of one call take effect together or not at all, and are durable before the call returns.
/// A write whose condition does not hold makes the call fail with [`CommitError::Conflict`]. At most one write per
/// record in a call; at most 100 writes, of which the first event of each session counts twice: its number is a record
/// too.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// Makes the transaction.
    async fn commit(&self, writes: Vec<Write>) -> Result<(), CommitError>;
}
