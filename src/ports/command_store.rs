//! Reads of commands.

use async_trait::async_trait;

use super::fault::Fault;
use crate::domain::command::Command;
use crate::domain::ids::{CommandId, ContainerId, SessionId};

/// Reads commands as last committed.
#[async_trait]
pub trait CommandStore: Send + Sync {
    /// The command of this id.
    async fn get(&self, id: &CommandId) -> Result<Option<Command>, Fault>;

    /// The latest commands of a session, newest first, at most `limit`.
    async fn by_session(&self, id: &SessionId, limit: usize) -> Result<Vec<Command>, Fault>;

    /// Commands of a container that are queued or running, in order of their sequence.
    async fn open_in(&self, id: &ContainerId) -> Result<Vec<Command>, Fault>;
}
