//! A consistent copy of the database into a new file, while it is in use or not.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::connection::{Layout, open_reader};

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The target exists: backups never overwrite.
    #[error("{0} exists already; a backup goes into a new file")]
    Exists(PathBuf),
    /// The folder has no database.
    #[error("there is no database in {0}")]
    NoDatabase(PathBuf),
    /// The target can't be written.
    #[error("cannot write {path}")]
    Target {
        /// The target.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// SQLite failed.
    #[error("the backup failed")]
    Database {
        /// What SQLite said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// It was cut off, for instance because the service stops.
    #[error("the backup was cut off")]
    CutOff,
}

impl From<rusqlite::Error> for BackupError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database {
            source: error.into(),
        }
    }
}

/// Copies the database of `data_dir` into the new file `to`, whether a Hermes is running there or not. Blocks.
///
/// Mails above 256 KB are in the folder `mail` beside the database, under the hash of their content: copy that folder
/// after the backup.
pub fn backup_file(data_dir: &Path, to: &Path) -> Result<(), BackupError> {
    let database = Layout::of(data_dir).database();
    if !database.is_file() {
        return Err(BackupError::NoDatabase(data_dir.to_owned()));
    }
    let source = open_reader(&database)?;
    let created = create(to)?;
    let copied = copy(&source, to).and_then(|()| {
        created
            .sync_all()
            .map_err(|source| target_error(to, source))
    });
    if copied.is_err() {
        // Half a backup is worse than none; the error that made it one is what matters.
        drop(std::fs::remove_file(to));
    }
    copied
}

/// Copies the database of `data_dir` into the folder `to`, as a data folder has it. Blocks.
pub fn backup_folder(data_dir: &Path, to: &Path) -> Result<(), BackupError> {
    backup_file(data_dir, &Layout::of(to).database())
}

/// All pages in one step are one read transaction: whoever writes meanwhile neither waits nor makes it start again.
const ALL_PAGES: i32 = -1;

fn copy(source: &Connection, to: &Path) -> Result<(), BackupError> {
    let mut target = Connection::open(to)?;
    let backup = Backup::new(source, &mut target)?;
    while backup.step(ALL_PAGES)? != StepResult::Done {
        std::thread::sleep(Duration::from_millis(50)); // locked by a tool
    }
    drop(backup);
    // One file, without a log beside it.
    target.pragma_update(None, "journal_mode", "DELETE")?;
    target.close().map_err(|(_, error)| error)?;
    Ok(())
}

fn create(to: &Path) -> Result<File, BackupError> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(to)
        .map_err(|source| {
            if source.kind() == std::io::ErrorKind::AlreadyExists {
                BackupError::Exists(to.to_owned())
            } else {
                target_error(to, source)
            }
        })
}

fn target_error(to: &Path, source: std::io::Error) -> BackupError {
    BackupError::Target {
        path: to.to_owned(),
        source,
    }
}
