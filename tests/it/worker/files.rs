//! Files in memory, as a worker reads them.

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;
use hermes::domain::blob::BlobId;
use hermes::domain::command::Attachment;
use hermes::domain::ids::CommandId;
use hermes::ports::attached_files::AttachedFiles;
use hermes::ports::fault::{Fault, FaultKind};

/// What is kept, by the hash under which it is asked for.
#[derive(Debug, Default)]
pub(crate) struct MemoryFiles {
    kept: Mutex<HashMap<BlobId, Bytes>>,
    /// How many reads still fail.
    pub(crate) failures: Mutex<usize>,
}

impl MemoryFiles {
    /// Keeps a file, and says how a command names it.
    pub(crate) fn put(&self, name: &str, content: &[u8]) -> Attachment {
        let sha256 = BlobId::of(content);
        self.put_as(&sha256, content);
        Attachment {
            name: name.to_owned(),
            content_type: "text/plain".to_owned(),
            bytes: content.len() as u64,
            reference: format!("blob:{sha256}"),
            sha256,
            image: None,
            notes: Vec::new(),
        }
    }

    /// Keeps content under a hash, its own or not.
    pub(crate) fn put_as(&self, sha256: &BlobId, content: &[u8]) {
        let content = Bytes::copy_from_slice(content);
        self.kept.lock().unwrap().insert(sha256.clone(), content);
    }
}

#[async_trait]
impl AttachedFiles for MemoryFiles {
    async fn read(&self, _command: &CommandId, file: &Attachment) -> Result<Option<Bytes>, Fault> {
        let mut failures = self.failures.lock().unwrap();
        if let Some(left) = failures.checked_sub(1) {
            *failures = left;
            return Err(Fault::new(
                "read",
                FaultKind::Transient,
                "struck by the test",
            ));
        }
        Ok(self.kept.lock().unwrap().get(&file.sha256).cloned())
    }
}
