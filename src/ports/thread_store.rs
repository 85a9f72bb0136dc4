//! Reads of threads and of the pointers that lead to them.

use async_trait::async_trait;

use super::fault::Fault;
use crate::domain::ids::ThreadId;
use crate::domain::thread::{PointerKey, Thread};

/// Reads threads as last committed.
#[async_trait]
pub trait ThreadStore: Send + Sync {
    /// The thread of this id.
    async fn get(&self, id: &ThreadId) -> Result<Option<Thread>, Fault>;

    /// The first of `keys` that points anywhere, and the thread there (T13: first resolvable id wins).
    async fn resolve(&self, keys: &[PointerKey]) -> Result<Option<(PointerKey, Thread)>, Fault>;
}
