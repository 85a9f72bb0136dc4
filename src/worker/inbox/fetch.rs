//! Bringing the files of a command into its worktree, whole or not at all.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::folder::InboxFolder;
use super::manifest;
use crate::domain::blob::BlobId;
use crate::domain::command::Attachment;
use crate::domain::wire::Work;
use crate::ports::attached_files::AttachedFiles;

/// Tries to read one file, and the pause between them.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_secs(1);

/// Why the files are not there.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchFileError {
    /// This one cannot be had, or is not what it was when it came.
    #[error("{0} cannot be read")]
    Unavailable(String),
    /// The worktree cannot be written.
    #[error("the files cannot be written into the worktree")]
    Worktree(#[from] io::Error),
}

/// What became of the files.
#[derive(Debug)]
pub(crate) enum Unpacked {
    /// No file came with the command.
    Nothing,
    /// They are here.
    Folder(InboxFolder),
    /// The command was stopped meanwhile; some may be there.
    Cancelled,
}

/// Fetches files for commands.
pub(crate) struct Fetch {
    files: Arc<dyn AttachedFiles>,
}

impl Fetch {
    pub(crate) fn new(files: Arc<dyn AttachedFiles>) -> Self {
        Self { files }
    }

    /// Makes the folder of a command with its files in it.
    pub(crate) async fn unpack(
        &self,
        work: &Work,
        tree: &Path,
        cancel: &CancellationToken,
    ) -> Result<Unpacked, FetchFileError> {
        let context = &work.context;
        if context.attachments.is_empty() {
            return Ok(Unpacked::Nothing);
        }
        let folder = InboxFolder::make(tree).await?;
        for file in &context.attachments {
            let Some(read) = cancel.run_until_cancelled(self.read(work, file)).await else {
                return Ok(Unpacked::Cancelled);
            };
            folder.put(&file.name, &read?).await?;
        }
        let manifest = manifest::json(context, &work.instruction).map_err(io::Error::other)?;
        folder.put("manifest.json", &manifest).await?;
        Ok(Unpacked::Folder(folder))
    }

    /// The file as it came: a part of it, or something else, is as good as nothing.
    async fn read(&self, work: &Work, file: &Attachment) -> Result<Bytes, FetchFileError> {
        let (command, mut tries) = (&work.command_id, 1);
        loop {
            match self.files.read(command, file).await {
                Ok(Some(content)) if BlobId::of(&content) == file.sha256 => return Ok(content),
                Ok(Some(_)) => {
                    tracing::warn!(command.id = %command, "a file of command {command} does not have its hash");
                }
                Ok(None) => {
                    tracing::warn!(command.id = %command, "a file of command {command} is gone");
                }
                Err(fault) => {
                    tracing::warn!(command.id = %command, error = &fault as &dyn std::error::Error,
                        "a file of command {command} cannot be read");
                }
            }
            if tries == TRIES {
                return Err(FetchFileError::Unavailable(file.name.clone()));
            }
            tries += 1;
            sleep(PAUSE).await;
        }
    }
}
