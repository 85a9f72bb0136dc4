//! Moves the write-ahead log into the database without holding up the writer.
//!
//! SQLite's own way is to do it in the commit that fills the log, which makes that commit wait for the whole move and
//! two syncs. Here a thread of its own does the bulk while commits go on. Because the log can only start afresh once
//! all of it is moved, the writer itself moves the small rest when the log has grown large.

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use rusqlite::Connection;

use super::connection::open_checkpointer;
use super::error::Failure;

/// Unmoved pages of 4 KB at which the thread is woken: 4 MB, as SQLite's default.
const WAKE: i64 = 1_000;

/// Pages in the log at which the writer moves the rest: 32 MB.
const LARGE: i64 = 8_000;

/// How many pages are a small rest, which the writer moves in a few milliseconds.
const SMALL_REST: i64 = 1_000;

/// Pages in the log at which the writer moves them whatever it costs: 256 MB.
const HUGE: i64 = 64_000;

/// Runs the thread, and tells it when there is something to do.
#[derive(Debug)]
pub(crate) struct Checkpointer {
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Pages in the log, and how many of them are in the database already.
struct Log {
    pages: i64,
    moved: i64,
}

impl Checkpointer {
    /// Starts the thread.
    pub(crate) fn start(database: &Path) -> Result<Self, Failure> {
        let connection = open_checkpointer(database)?;
        let (wake, woken) = sync_channel(1); // one wish is as good as many
        let thread = std::thread::Builder::new()
            .name("hermes-checkpoint".to_owned())
            .spawn(move || run(&connection, &woken))?;
        Ok(Self {
            wake: Some(wake),
            thread: Some(thread),
        })
    }

    /// Called by the writer between two transactions.
    pub(crate) fn after_commit(&self, writer: &Connection) {
        let Ok(log) = checkpoint(writer, "PRAGMA wal_checkpoint(NOOP)") else {
            return; // only looked; the thread reports what is wrong
        };
        let rest = log.pages - log.moved;
        if rest > 0 && (log.pages >= HUGE || (log.pages >= LARGE && rest <= SMALL_REST)) {
            report(checkpoint(writer, "PRAGMA wal_checkpoint(PASSIVE)"));
        } else if rest >= WAKE {
            // Not taken: it is awake already, or it has died and the log grows until `HUGE`.
            let _taken = self.wake.as_ref().is_some_and(|w| w.try_send(()).is_ok());
        }
    }

    /// Called by the writer after its last transaction: leaves an empty log.
    pub(crate) fn at_end(self, writer: &Connection) {
        drop(self); // its thread might be at it
        report(checkpoint(writer, "PRAGMA wal_checkpoint(TRUNCATE)"));
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.wake = None; // ends the loop
        if let Some(thread) = self.thread.take() {
            // It has nothing to lose: the log is moved at the next start.
            drop(thread.join());
        }
    }
}

fn run(connection: &Connection, woken: &Receiver<()>) {
    while woken.recv().is_ok() {
        report(checkpoint(connection, "PRAGMA wal_checkpoint(PASSIVE)"));
    }
}

fn checkpoint(connection: &Connection, pragma: &'static str) -> rusqlite::Result<Log> {
    connection.prepare_cached(pragma)?.query_row([], |row| {
        Ok(Log {
            pages: row.get(1)?,
            moved: row.get(2)?,
        })
    })
}

fn report(result: rusqlite::Result<Log>) {
    if let Err(error) = result {
        tracing::warn!(%error, "the write-ahead log could not be moved into the database and grows");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::sqlite::engine::connection::{Layout, open_reader, open_writer};

    #[test]
    fn the_log_starts_afresh_under_steady_writes() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::of(folder.path());
        layout.create().unwrap();
        let database = layout.database();
        let writer = open_writer(&database).unwrap();
        writer.execute_batch("CREATE TABLE t (x BLOB)").unwrap();
        let reader = open_reader(&database).unwrap();
        let checkpointer = Checkpointer::start(&database).unwrap();
        let mut longest = 0;
        loop {
            writer
                .execute("INSERT INTO t VALUES (zeroblob(2000000))", [])
                .unwrap();
            checkpointer.after_commit(&writer);
            let read = "SELECT count(*) FROM t";
            let rows: i64 = reader.query_row(read, [], |row| row.get(0)).unwrap();
            assert!(rows > 0);
            let log = checkpoint(&writer, "PRAGMA wal_checkpoint(NOOP)").unwrap();
            if log.pages < longest {
                break;
            }
            longest = log.pages;
            assert!(longest < 2 * HUGE, "the log only grows");
        }
        assert!(longest >= LARGE, "{longest}: not before it is worth it");
        checkpointer.at_end(&writer);
        let log = checkpoint(&writer, "PRAGMA wal_checkpoint(NOOP)").unwrap();
        assert_eq!(log.pages, 0);
    }
}
