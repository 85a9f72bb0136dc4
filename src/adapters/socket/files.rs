//! Files over the socket: a worker may read those of its own container's commands, and nothing else of the archive.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use reqwest::StatusCode;

use super::client::SocketQueues;
use super::protocol::{FILE, FileRequest};
use crate::domain::blob::BlobId;
use crate::domain::command::Attachment;
use crate::domain::ids::{CommandId, ContainerId};
use crate::ports::archive::Archive;
use crate::ports::attached_files::AttachedFiles;
use crate::ports::command_store::CommandStore;
use crate::ports::fault::{Fault, FaultKind};

/// Hands files out to workers.
#[derive(Clone)]
pub struct WorkerFiles {
    commands: Arc<dyn CommandStore>,
    archive: Arc<dyn Archive>,
}

impl WorkerFiles {
    /// The files of `archive` that `commands` name.
    pub fn new(commands: Arc<dyn CommandStore>, archive: Arc<dyn Archive>) -> Self {
        Self { commands, archive }
    }

    /// The file, if a command of this container has it. Whatever is not its own is absent to a worker.
    pub(super) async fn of(
        &self,
        container: &ContainerId,
        command: &CommandId,
        id: &BlobId,
    ) -> Result<Option<Bytes>, Fault> {
        let command = self.commands.get(command).await?;
        let is_its_own = command.is_some_and(|command| {
            command.container_id == *container
                && command.attachments.iter().any(|file| file.sha256 == *id)
        });
        if is_its_own {
            self.archive.get(id).await
        } else {
            Ok(None)
        }
    }
}

impl fmt::Debug for WorkerFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WorkerFiles")
    }
}

#[async_trait]
impl AttachedFiles for SocketQueues {
    async fn read(&self, command: &CommandId, file: &Attachment) -> Result<Option<Bytes>, Fault> {
        const OPERATION: &str = "attached_files.read";
        let request = FileRequest {
            command_id: command.clone(),
            sha256: file.sha256.clone(),
        };
        let mut response = self.post(OPERATION, FILE, &request, DOWNLOAD).await?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Ok(None),
            _ => return Err(super::client::refused(OPERATION, response).await),
        }
        let lost = |error: reqwest::Error| Fault::new(OPERATION, FaultKind::Transient, error);
        let limit = usize::try_from(file.bytes).unwrap_or(usize::MAX);
        let mut content = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(lost)? {
            if content.len() + chunk.len() > limit {
                return Ok(None);
            }
            content.extend_from_slice(&chunk);
        }
        Ok(Some(content.freeze()))
    }
}

/// How long the largest file may take on one machine.
const DOWNLOAD: std::time::Duration = std::time::Duration::from_mins(1);
