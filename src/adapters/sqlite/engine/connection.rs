//! Where the files are, and how each kind of connection is set up.

use std::fs::{DirBuilder, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::error::OpenError;

/// Name of the database in the data folder.
pub(crate) const DATABASE_FILE: &str = "hermes.db";

/// Longest wait for a lock. Only a backup or a person with a tool can hold one against us.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The files of a data folder.
#[derive(Debug, Clone)]
pub(crate) struct Layout(PathBuf);

impl Layout {
    /// The layout of `folder`.
    pub(crate) fn of(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    /// Makes the folder and an empty database if they are missing; only their owner may look inside.
    pub(crate) fn create(&self) -> Result<(), OpenError> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.0)
            .and_then(|()| {
                // SQLite gives its other files the mode of the database.
                OpenOptions::new()
                    .append(true)
                    .create(true)
                    .mode(0o600)
                    .open(self.database())
            })
            .map(drop)
            .map_err(|source| self.folder_error(source))
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.0
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.0.join(DATABASE_FILE)
    }

    pub(crate) fn lock(&self) -> PathBuf {
        self.0.join("hermes.lock")
    }

    /// Where mails are that are too large for a row.
    pub(crate) fn mail(&self) -> PathBuf {
        self.0.join("mail")
    }

    pub(crate) fn folder_error(&self, source: std::io::Error) -> OpenError {
        OpenError::Folder {
            folder: self.0.clone(),
            source,
        }
    }
}

/// Opens the one connection that writes.
///
/// `synchronous=FULL` syncs the log at each commit: NORMAL may lose the last ones with the power. Checkpoints are the
/// checkpointer's.
pub(crate) fn open_writer(database: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(database, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // Else SQLite, built with STAT4, plans a statement anew for each value of a range.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA wal_autocheckpoint = 0;
         PRAGMA journal_size_limit = 67108864;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -6000;",
    )?;
    Ok(connection)
}

/// Opens a connection that only reads. Its cache is small: it is dropped at each commit of the writer, and what it
/// misses comes from the system's cache in a microsecond.
pub(crate) fn open_reader(database: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(database, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // Else SQLite, built with STAT4, plans a statement anew for each value of a range.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(32);
    connection.execute_batch(
        "PRAGMA query_only = ON;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -2000;",
    )?;
    Ok(connection)
}

/// Opens the connection that moves the log into the database.
pub(crate) fn open_checkpointer(database: &Path) -> rusqlite::Result<Connection> {
    let connection = open_writer(database)?;
    connection.execute_batch("PRAGMA cache_size = -100;")?;
    Ok(connection)
}
