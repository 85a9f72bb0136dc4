//! Reads of outgoing replies.

use async_trait::async_trait;

use super::fault::Fault;
use crate::domain::ids::ReplyId;
use crate::domain::reply::Reply;
use crate::domain::time::Timestamp;

/// Reads replies as last committed.
#[async_trait]
pub trait ReplyStore: Send + Sync {
    /// The reply of this id.
    async fn get(&self, id: &ReplyId) -> Result<Option<Reply>, Fault>;

    /// Replies that are not sent and whose `due_at` is not after `now`, oldest due first.
    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Reply>, Fault>;
}
