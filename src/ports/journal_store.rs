//! Reads of the mail journal.

use async_trait::async_trait;

use super::fault::Fault;
use super::session_store::Page;
use crate::domain::ids::JournalId;
use crate::domain::journal::JournalRow;

/// Reads the journal as last committed.
#[async_trait]
pub trait JournalStore: Send + Sync {
    /// The row of this id.
    async fn get(&self, id: &JournalId) -> Result<Option<JournalRow>, Fault>;

    /// Rows, newest first, at most `limit`; `cursor` is a `next` of an earlier page.
    async fn list(&self, limit: usize, cursor: Option<&str>) -> Result<Page<JournalRow>, Fault>;
}
