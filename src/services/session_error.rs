//! Why a use case of sessions is refused.

use std::time::Duration;

use super::projects::ProjectError;
use crate::ports::fault::Fault;
use crate::ports::ledger::CommitError;

/// Why a use case of sessions is refused, or failed.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// No such session for this caller (also: another tenant's, or its row is gone).
    #[error("there is no such session")]
    NotFound,
    /// It has expired.
    #[error("the session has expired")]
    Expired,
    /// It is draining.
    #[error("the session is draining")]
    Draining {
        /// When to ask again.
        retry_after: Duration,
    },
    /// No such command for this caller.
    #[error("there is no such command")]
    NoSuchCommand,
    /// The caller's key does not cover the client.
    #[error("this key does not cover the client")]
    ForeignClient,
    /// No such thread of this client and project.
    #[error("there is no such thread for this client and project")]
    UnknownThread,
    /// No project, or not for this user.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// The same `Idempotency-Key` came with another body.
    #[error("this idempotency key was used with another body")]
    IdempotencyKeyReused,
    /// Too many writers at once.
    #[error("too many concurrent changes")]
    Contention,
    /// The backend failed.
    #[error("the backend failed")]
    Backend(#[from] Fault),
}

impl SessionError {
    /// Whether the attempt lost to a concurrent writer.
    pub(crate) fn is_conflict(&self) -> bool {
        matches!(self, Self::Contention)
    }

    /// Whether trying again may help.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Contention | Self::Draining { .. } => true,
            Self::Backend(fault) => fault.is_transient(),
            Self::NotFound
            | Self::Expired
            | Self::NoSuchCommand
            | Self::ForeignClient
            | Self::UnknownThread
            | Self::Project(_)
            | Self::IdempotencyKeyReused => false,
        }
    }
}

impl From<CommitError> for SessionError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Conflict => Self::Contention,
            CommitError::Backend(fault) => Self::Backend(fault),
        }
    }
}
