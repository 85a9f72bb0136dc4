//! Connections for reads: some for point reads made inline, some for long reads on the blocking pool.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use rusqlite::{Connection, OptionalExtension, Params};
use serde::de::DeserializeOwned;

use super::connection::open_reader;
use super::error::Failure;

/// As many as async worker threads that read at once, within reason.
fn point_connections() -> usize {
    std::thread::available_parallelism()
        .map_or(2, usize::from)
        .clamp(2, 4)
}

/// Long reads at once; more wait their turn on the blocking pool.
const LONG_CONNECTIONS: usize = 2;

/// The two pools.
#[derive(Debug)]
pub(crate) struct Readers {
    point: Pool,
    long: Arc<Pool>,
}

impl Readers {
    /// Opens all connections.
    pub(crate) fn open(database: &Path) -> rusqlite::Result<Self> {
        Ok(Self {
            point: Pool::open(database, point_connections())?,
            long: Arc::new(Pool::open(database, LONG_CONNECTIONS)?),
        })
    }

    /// Makes a read of microseconds right here, on the caller's thread.
    pub(crate) fn now<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.point.with(read)
    }

    /// Makes a read that may take long on the blocking pool.
    pub(crate) async fn long<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let pool = Arc::clone(&self.long);
        tokio::task::spawn_blocking(move || pool.with(read))
            .await
            .unwrap_or(Err(Failure::ReadGone))
    }
}

/// Connections that are lent to one caller at a time. The lock is held only to take and to give back.
#[derive(Debug)]
struct Pool {
    idle: Mutex<Vec<Connection>>,
    returned: Condvar,
}

impl Pool {
    fn open(database: &Path, size: usize) -> rusqlite::Result<Self> {
        let idle = (0..size)
            .map(|_| open_reader(database))
            .collect::<rusqlite::Result<_>>()?;
        Ok(Self {
            idle: Mutex::new(idle),
            returned: Condvar::new(),
        })
    }

    fn with<T>(&self, read: impl FnOnce(&Connection) -> T) -> T {
        let connection = self.take();
        let result = catch_unwind(AssertUnwindSafe(|| read(&connection)));
        self.give_back(connection);
        result.unwrap_or_else(|panic| resume_unwind(panic))
    }

    fn take(&self) -> Connection {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(connection) = idle.pop() {
                return connection;
            }
            idle = self
                .returned
                .wait(idle)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn give_back(&self, connection: Connection) {
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(connection);
        self.returned.notify_one();
    }
}

/// The record whose `body` is the first column of the only row, if there is one.
pub(crate) fn one<T: DeserializeOwned>(
    connection: &Connection,
    sql: &'static str,
    params: impl Params,
) -> Result<Option<T>, Failure> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let body = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
    Ok(Some(serde_json::from_str(body)?))
}

/// The records whose `body` is the first column of each row.
pub(crate) fn many<T: DeserializeOwned>(
    connection: &Connection,
    sql: &'static str,
    params: impl Params,
) -> Result<Vec<T>, Failure> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    let mut records = Vec::new();
    while let Some(row) = rows.next()? {
        let body = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
        records.push(serde_json::from_str(body)?);
    }
    Ok(records)
}

/// One value of the only row, if there is one.
pub(crate) fn value<T: rusqlite::types::FromSql>(
    connection: &Connection,
    sql: &'static str,
    params: impl Params,
) -> Result<Option<T>, Failure> {
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row(params, |row| row.get(0)).optional()?)
}
