//! Reads of sessions.

use async_trait::async_trait;

use super::fault::Fault;
use crate::domain::ids::{ClientId, ContainerId, SessionId};
use crate::domain::session::Session;
use crate::domain::time::Timestamp;

/// One page of a list, and where the next one starts.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The rows, in the list's order.
    pub items: Vec<T>,
    /// Opaque start of the next page; `None` when this is the last.
    pub next: Option<String>,
}

/// How many sessions are open, for gauges.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "named after the statuses they count")]
pub struct SessionCounts {
    pub initializing: u64,
    pub active: u64,
    pub draining: u64,
}

/// Reads sessions as last committed. What has expired stays readable until it is purged (S1): callers ask
/// [`Session::status_at`].
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// The session of this id.
    async fn get(&self, id: &SessionId) -> Result<Option<Session>, Fault>;

    /// Live sessions of a client, last active first, at most `limit` (S10). `cursor` is a `next` of an earlier
    /// page; one that this backend did not make starts at the beginning.
    async fn list_by_client(
        &self,
        client: &ClientId,
        now: Timestamp,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<Session>, Fault>;

    /// Sessions of a container that are live at `now`.
    async fn live_in(&self, container: &ContainerId, now: Timestamp)
    -> Result<Vec<Session>, Fault>;

    /// Sessions whose `ttl` has passed at `now` but whose stored status is not `expired`, oldest first.
    async fn overdue(&self, now: Timestamp, limit: usize) -> Result<Vec<Session>, Fault>;

    /// Live sessions by status.
    async fn counts(&self, now: Timestamp) -> Result<SessionCounts, Fault>;
}
