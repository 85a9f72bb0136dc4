//! Deletion of what has been kept long enough.

use async_trait::async_trait;

use super::fault::Fault;
use crate::domain::time::Timestamp;

/// What may go: everything of its kind that is older.
#[derive(Debug, Clone, Copy)]
pub struct Cutoffs {
    /// Claims and notes that have expired by now.
    pub now: Timestamp,
    /// Raw mails received before (`HERMES_MAIL_RETENTION`).
    pub mail: Timestamp,
    /// Events written before (30 days, `design.md` section 6).
    pub events: Timestamp,
    /// Dead letters sent before (14 days, `design.md` section 7).
    pub dead_letters: Timestamp,
    /// Rows of sessions whose `ttl` passed before (2 days: as late as DynamoDB may be, S1).
    pub sessions: Timestamp,
}

/// Deletes what is older than the cutoffs. Where the backend does that by itself, days late, there is nothing to do.
#[async_trait]
pub trait Retention: Send + Sync {
    /// Makes one bounded pass and answers how many rows went; 0 when nothing is left to delete.
    async fn purge(&self, cutoffs: Cutoffs) -> Result<u64, Fault>;
}
