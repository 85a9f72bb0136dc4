//! Raw mails and attachments: small ones as rows, large ones as files.
//!
//! A file is complete and synced before its row is written, and gone before its row is deleted: a row without its file
//! can only be left by a purge that was cut off, and the next one ends it.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use rusqlite::{OptionalExtension, params};

use super::SqliteStore;
use super::engine::{Failure, Layout, fault};
use crate::domain::blob::BlobId;
use crate::domain::ids::ClientId;
use crate::domain::time::Timestamp;
use crate::ports::archive::Archive;
use crate::ports::fault::Fault;

/// Larger content is a file: SQLite would copy it several times on its way through the log.
const LARGEST_ROW: usize = 256 * 1024;

#[async_trait]
impl Archive for SqliteStore {
    async fn put(&self, content: Bytes, at: Timestamp) -> Result<BlobId, Fault> {
        self.keep(content, at).await.map_err(fault("archive.put"))
    }

    async fn put_file(
        &self,
        _client: &ClientId,
        content: Bytes,
        at: Timestamp,
    ) -> Result<String, Fault> {
        // whose it is stands in the command: the socket asks there
        let id = self.keep(content, at).await;
        let id = id.map_err(fault("archive.put_file"))?;
        Ok(format!("blob:{id}"))
    }

    async fn get(&self, id: &BlobId) -> Result<Option<Bytes>, Fault> {
        self.fetch(id).await.map_err(fault("archive.get"))
    }
}

impl SqliteStore {
    async fn keep(&self, content: Bytes, at: Timestamp) -> Result<BlobId, Failure> {
        const SQL: &str = "INSERT INTO blobs (blob_id, received_at, content) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET received_at = max(received_at, ?2)";
        let _no_purge = self.files().read().await;
        let (id, row) = if content.len() <= LARGEST_ROW {
            (BlobId::of(&content), Some(content))
        } else {
            let layout = self.layout().clone();
            let id = blocking(move || write_file(&layout, &content)).await?;
            (id, None)
        };
        let key = id.clone();
        self.writer()
            .write(move |c| {
                let params = params![key.as_str(), at.as_millis(), row.as_deref()];
                c.prepare_cached(SQL)?.execute(params)?;
                Ok(())
            })
            .await?;
        Ok(id)
    }

    async fn fetch(&self, id: &BlobId) -> Result<Option<Bytes>, Failure> {
        const SQL: &str = "SELECT content FROM blobs WHERE blob_id = ?1";
        let _no_purge = self.files().read().await;
        let key = id.clone();
        let row: Option<Option<Vec<u8>>> = self
            .readers()
            .long(move |c| {
                let mut statement = c.prepare_cached(SQL)?;
                Ok(statement
                    .query_row([key.as_str()], |row| row.get(0))
                    .optional()?)
            })
            .await?;
        match row {
            None => Ok(None),
            Some(Some(content)) => Ok(Some(Bytes::from(content))),
            Some(None) => {
                let (layout, id) = (self.layout().clone(), id.clone());
                blocking(move || read_file(&layout, &id)).await.map(Some)
            }
        }
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or(Err(Failure::ReadGone))
}

/// Where the file of a blob is.
fn path_of(layout: &Layout, id: &BlobId) -> PathBuf {
    let folder = id.as_str().get(..2).unwrap_or_default();
    layout.mail().join(folder).join(id.as_str())
}

fn unfinished(layout: &Layout) -> PathBuf {
    layout.mail().join("unfinished")
}

/// Removes what was being written when the last process ended.
pub(super) fn remove_unfinished(layout: &Layout) -> io::Result<()> {
    gone(std::fs::remove_dir_all(unfinished(layout)))
}

/// Deletes the file of a blob, if it has one.
pub(super) fn remove_file(layout: &Layout, id: &BlobId) -> io::Result<()> {
    gone(std::fs::remove_file(path_of(layout, id)))
}

fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Writes aside, syncs, renames, syncs the folders: whatever has the blob's name is complete and stays.
fn write_file(layout: &Layout, content: &[u8]) -> Result<BlobId, Failure> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let id = BlobId::of(content);
    let path = path_of(layout, &id);
    let folder = path.parent().unwrap_or(Path::new("."));
    make_folder(folder)?;
    make_folder(&unfinished(layout))?;
    let aside = unfinished(layout).join(NEXT.fetch_add(1, Ordering::Relaxed).to_string());
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&aside)?;
    file.write_all(content)?;
    file.sync_all()?;
    std::fs::rename(&aside, &path)?;
    for folder in [folder, &layout.mail(), layout.folder()] {
        File::open(folder)?.sync_all()?;
    }
    Ok(id)
}

fn make_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn read_file(layout: &Layout, id: &BlobId) -> Result<Bytes, Failure> {
    let content = std::fs::read(path_of(layout, id))?;
    if BlobId::of(&content) == *id {
        Ok(Bytes::from(content))
    } else {
        Err(Failure::BlobDamaged(id.to_string()))
    }
}
