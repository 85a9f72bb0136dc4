//! The files that came with a command, as its worker reads them.

use async_trait::async_trait;
use bytes::Bytes;

use super::fault::Fault;
use crate::domain::command::Attachment;
use crate::domain::ids::CommandId;

/// Reads files by the references that [`put_file`](super::archive::Archive::put_file) gave out.
///
/// A worker reads the files of its own client at most. Whether the content is what its hash says is for the reader to see.
#[async_trait]
pub trait AttachedFiles: Send + Sync {
    /// The content of a file of this command, of at most `file.bytes` bytes: `None` when it is longer, purged, or none of
    /// this worker's.
    async fn read(&self, command: &CommandId, file: &Attachment) -> Result<Option<Bytes>, Fault>;
}
