//! Reads previews for the web.

use std::sync::Arc;

use crate::domain::ids::SessionId;
use crate::domain::thread::PointerKey;
use crate::ports::fault::Fault;
use crate::ports::preview_store::{PreviewOf, PreviewStore};
use crate::ports::session_store::SessionStore;
use crate::ports::thread_store::ThreadStore;

pub use crate::ports::preview_store::Found;

/// What a visitor of a preview gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visit {
    /// What the preview has at this path.
    Preview(Found),
    /// There is no such session.
    NoSuchSession,
}

/// Previews by session id: the id is the capability, no key is needed.
pub struct Previews {
    store: Arc<dyn PreviewStore>,
    sessions: Arc<dyn SessionStore>,
    threads: Arc<dyn ThreadStore>,
}

impl Previews {
    /// Previews out of `store`.
    pub fn new(
        store: Arc<dyn PreviewStore>,
        sessions: Arc<dyn SessionStore>,
        threads: Arc<dyn ThreadStore>,
    ) -> Self {
        Self {
            store,
            sessions,
            threads,
        }
    }

    /// Finds what a visitor asks for. A sleeping or expired session's preview still opens.
    pub async fn visit(&self, session: &SessionId, path: &str) -> Result<Visit, Fault> {
        let Some(preview) = self.preview_of(session).await? else {
            return Ok(Visit::NoSuchSession);
        };
        Ok(Visit::Preview(self.store.find(&preview, path).await?))
    }

    /// Rows of sessions go in the end, threads and what points to them stay.
    async fn preview_of(&self, session: &SessionId) -> Result<Option<PreviewOf>, Fault> {
        let of = |client, project| PreviewOf {
            client,
            project,
            session: session.clone(),
        };
        if let Some(row) = self.sessions.get(session).await? {
            return Ok(Some(of(row.client_id, row.project_id)));
        }
        let thread = self
            .threads
            .resolve(&[PointerKey::session(session)])
            .await?;
        Ok(thread.map(|(_, thread)| of(thread.client_id, thread.project_id)))
    }
}

impl std::fmt::Debug for Previews {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Previews")
    }
}
