//! Reads of containers.

use async_trait::async_trait;

use super::fault::Fault;
use crate::domain::container::Container;
use crate::domain::ids::ContainerId;
use crate::domain::time::Timestamp;

/// Reads containers as last committed.
#[async_trait]
pub trait ContainerStore: Send + Sync {
    /// The container of this id.
    async fn get(&self, id: &ContainerId) -> Result<Option<Container>, Fault>;

    /// All containers that are starting, running or draining.
    async fn awake(&self) -> Result<Vec<Container>, Fault>;

    /// Containers that are stopped or failed, have open commands and whose `due_at` is not after `now`, at most
    /// `limit`, in fair order: the longest waiting of every client, then the second of every client, and so on.
    async fn waiting(&self, now: Timestamp, limit: usize) -> Result<Vec<Container>, Fault>;
}
