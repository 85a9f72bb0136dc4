//! Reads previews for the web.

use std::sync::Arc;

use crate::domain::ids::SessionId;
use crate::ports::fault::Fault;
use crate::ports::preview_store::PreviewStore;
use crate::ports::session_store::SessionStore;

pub use crate::ports::preview_store::Found;

/// What a visitor of a preview gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visit {
    /// What the preview has at this path.
    Preview(Found),
    /// There is no such session and nothing was published for it.
    NoSuchSession,
}

/// Previews by session id: the id is the capability, no key is needed.
pub struct Previews {
    store: Arc<dyn PreviewStore>,
    sessions: Arc<dyn SessionStore>,
}

impl Previews {
    /// Previews out of `store`.
    pub fn new(store: Arc<dyn PreviewStore>, sessions: Arc<dyn SessionStore>) -> Self {
        Self { store, sessions }
    }

    /// Finds what a visitor asks for. A sleeping or expired session's preview still opens.
    pub async fn visit(&self, session: &SessionId, path: &str) -> Result<Visit, Fault> {
        let found = self.store.find(session, path).await?;
        if found == Found::Unpublished && self.sessions.get(session).await?.is_none() {
            return Ok(Visit::NoSuchSession);
        }
        Ok(Visit::Preview(found))
    }
}

impl std::fmt::Debug for Previews {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Previews")
    }
}
