//! Reads of session events.

use async_trait::async_trait;

use super::fault::Fault;
use crate::domain::event::Event;
use crate::domain::ids::SessionId;

/// Reads events as last committed.
#[async_trait]
pub trait EventStore: Send + Sync {
    /// Events of a session with a sequence above `after`, in order, at most `limit`.
    async fn page(&self, id: &SessionId, after: u64, limit: usize) -> Result<Vec<Event>, Fault>;
}
