//! The journal for people: what came in and what became of it.

use std::sync::Arc;

use super::projects::Projects;
use crate::domain::access::Scope;
use crate::domain::ids::JournalId;
use crate::domain::journal::JournalRow;
use crate::ports::fault::Fault;
use crate::ports::journal_store::JournalStore;
use crate::ports::session_store::Page;

/// Reads the journal within a caller's scope; what lies outside does not exist.
pub struct Journal {
    store: Arc<dyn JournalStore>,
    projects: Arc<Projects>,
}

impl Journal {
    /// Over this store; a row's client is that of its project.
    pub fn new(store: Arc<dyn JournalStore>, projects: Arc<Projects>) -> Self {
        Self { store, projects }
    }

    /// Rows, newest first. A page can have fewer than `limit` and still a next one.
    pub async fn list(
        &self,
        scope: &Scope,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<JournalRow>, Fault> {
        let mut page = self.store.list(limit, cursor).await?;
        page.items.retain(|row| self.is_visible(scope, row));
        Ok(page)
    }

    /// One row.
    pub async fn get(&self, scope: &Scope, id: &JournalId) -> Result<Option<JournalRow>, Fault> {
        let row = self.store.get(id).await?;
        Ok(row.filter(|row| self.is_visible(scope, row)))
    }

    fn is_visible(&self, scope: &Scope, row: &JournalRow) -> bool {
        self.projects.covered(scope, row.project_id.as_ref())
    }
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Journal")
    }
}
