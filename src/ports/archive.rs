//! Raw mails and attachments, kept by what they contain.

use async_trait::async_trait;
use bytes::Bytes;

use super::fault::Fault;
use crate::domain::blob::BlobId;
use crate::domain::ids::ClientId;
use crate::domain::time::Timestamp;

/// Keeps bytes under the hash of their content.
///
/// `put` is durable before it returns, and putting the same bytes again is the same blob, kept as long as the later one.
#[async_trait]
pub trait Archive: Send + Sync {
    /// Keeps `content`, received at `at`, and answers its id.
    async fn put(&self, content: Bytes, at: Timestamp) -> Result<BlobId, Fault>;

    /// Keeps a file for the workers of `client`, as `put` does, and answers the reference by which they read it: the same
    /// for the same client and content.
    async fn put_file(
        &self,
        client: &ClientId,
        content: Bytes,
        at: Timestamp,
    ) -> Result<String, Fault>;

    /// The content of this id, unless it was purged or never put.
    async fn get(&self, id: &BlobId) -> Result<Option<Bytes>, Fault>;
}
