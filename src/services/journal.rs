//! The journal for people: what came in and what became of it.

use std::sync::Arc;

use crate::domain::ids::JournalId;
use crate::domain::journal::JournalRow;
use crate::ports::fault::Fault;
use crate::ports::journal_store::JournalStore;
use crate::ports::session_store::Page;

/// Reads the journal.
pub struct Journal {
    store: Arc<dyn JournalStore>,
}

impl Journal {
    /// Over this store.
    pub fn new(store: Arc<dyn JournalStore>) -> Self {
        Self { store }
    }

    /// Rows, newest first.
    pub async fn list(
        &self,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<JournalRow>, Fault> {
        self.store.list(limit, cursor).await
    }

    /// One row.
    pub async fn get(&self, id: &JournalId) -> Result<Option<JournalRow>, Fault> {
        self.store.get(id).await
    }
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Journal")
    }
}
