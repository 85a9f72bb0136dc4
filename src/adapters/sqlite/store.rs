//! The store: what is open, in the order in which it closes.

use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;

use super::archive::remove_unfinished;
use super::engine::{
    BackupError, Checkpointer, Failure, FolderLock, Layout, OpenError, Readers, Writer,
    backup_file, fault, migrate, open_error, open_writer, value,
};
use super::waiters::Waiters;
use crate::ports::clock::Clock;
use crate::ports::fault::Fault;

/// Lists up to this length are read inline: well below a millisecond.
const INLINE_ROWS: usize = 100;

/// The embedded store. Clones share one database; dropping the last one commits what is queued, and closes it.
#[derive(Clone)]
pub struct SqliteStore {
    shared: Arc<Shared>,
}

/// Fields drop in this order: the writer ends first, the folder is free last.
struct Shared {
    writer: Writer,
    readers: Readers,
    clock: Arc<dyn Clock>,
    waiters: Waiters,
    files: tokio::sync::RwLock<()>,
    layout: Layout,
    _lock: FolderLock,
}

impl SqliteStore {
    /// Opens the store of a data folder, and makes both if they are missing.
    pub fn open(data_dir: &Path, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let layout = Layout::of(data_dir);
        layout.create()?;
        let lock = FolderLock::take(&layout)?;
        remove_unfinished(&layout).map_err(|source| layout.folder_error(source))?;
        let database = layout.database();
        let sqlite = |error| open_error(error, &database);
        let mut connection = open_writer(&database).map_err(sqlite)?;
        migrate(&mut connection, &database)?;
        let readers = Readers::open(&database).map_err(sqlite)?;
        let writer = Checkpointer::start(&database)
            .and_then(|checkpointer| Ok(Writer::start(connection, checkpointer)?))
            .map_err(|failure| OpenError::Database {
                file: database.clone(),
                source: failure.into(),
            })?;
        Ok(Self {
            shared: Arc::new(Shared {
                writer,
                readers,
                clock,
                waiters: Waiters::default(),
                files: tokio::sync::RwLock::new(()),
                layout,
                _lock: lock,
            }),
        })
    }

    /// Whether the database can be read and its writer lives. Cheap: for readiness.
    pub fn ping(&self) -> Result<(), Fault> {
        const OPERATION: &str = "store.ping";
        self.readers()
            .now(|c| value::<i64>(c, "SELECT count(*) FROM sqlite_schema", []))
            .map_err(fault(OPERATION))?;
        if self.writer().is_alive() {
            Ok(())
        } else {
            Err(Failure::WriterGone.into_fault(OPERATION))
        }
    }

    /// Copies the database into the new file `to` while it is in use; see [`backup_file`].
    pub async fn backup(&self, to: &Path) -> Result<(), BackupError> {
        let (folder, to) = (self.layout().folder().to_owned(), to.to_owned());
        tokio::task::spawn_blocking(move || backup_file(&folder, &to))
            .await
            .unwrap_or(Err(BackupError::CutOff))
    }

    pub(super) fn writer(&self) -> &Writer {
        &self.shared.writer
    }

    pub(super) fn readers(&self) -> &Readers {
        &self.shared.readers
    }

    pub(super) fn clock(&self) -> &dyn Clock {
        self.shared.clock.as_ref()
    }

    pub(super) fn waiters(&self) -> &Waiters {
        &self.shared.waiters
    }

    pub(super) fn layout(&self) -> &Layout {
        &self.shared.layout
    }

    /// Held to write while files of mails are deleted, else to read.
    pub(super) fn files(&self) -> &tokio::sync::RwLock<()> {
        &self.shared.files
    }

    /// Reads a list of at most `limit` rows, where that is done best. `read` is given `limit + 1`: the row after the
    /// last one says whether there is another page.
    pub(super) async fn read_list<T: Send + 'static>(
        &self,
        limit: usize,
        read: impl FnOnce(&Connection, i64) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let rows = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
        if limit <= INLINE_ROWS {
            self.readers().now(|c| read(c, rows))
        } else {
            self.readers().long(move |c| read(c, rows)).await
        }
    }
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteStore")
            .field("layout", &self.shared.layout)
            .finish_non_exhaustive()
    }
}
