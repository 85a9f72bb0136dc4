//! Threads and pointers as rows.

use async_trait::async_trait;

use super::change::{Change, NoRow, RowChange, Statements, body, number, text};
use crate::adapters::sqlite::SqliteStore;
use crate::adapters::sqlite::engine::{Failure, fault, one};
use crate::domain::ids::ThreadId;
use crate::domain::thread::{Pointer, PointerKey, Thread};
use crate::ports::fault::Fault;
use crate::ports::thread_store::ThreadStore;

const STATEMENTS: Statements = Statements {
    table: "threads",
    insert: "INSERT INTO threads (thread_id, version, body) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
    update: "UPDATE threads SET version = ?2, body = ?3 WHERE thread_id = ?1 AND version = ?2 - 1",
};

pub(super) fn change(mut thread: Thread) -> Result<Change, Failure> {
    let expected = thread.version;
    thread.version = expected.saturating_add(1);
    let params = vec![
        text(thread.thread_id.as_str()),
        number(thread.version),
        body(&thread)?,
    ];
    Ok(STATEMENTS.at(expected, params))
}

/// A pointer that exists stays as it is: pointers lead to where they led first.
pub(super) fn point(pointer: &Pointer) -> Change {
    Change::Row(RowChange {
        table: "pointers",
        sql: "INSERT INTO pointers (pointer_key, thread_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        params: vec![text(pointer.key.as_str()), text(pointer.thread_id.as_str())],
        no_row: NoRow::Fine,
    })
}

#[async_trait]
impl ThreadStore for SqliteStore {
    async fn get(&self, id: &ThreadId) -> Result<Option<Thread>, Fault> {
        self.readers()
            .now(|c| {
                one(
                    c,
                    "SELECT body FROM threads WHERE thread_id = ?1",
                    [id.as_str()],
                )
            })
            .map_err(fault("threads.get"))
    }

    async fn resolve(&self, keys: &[PointerKey]) -> Result<Option<(PointerKey, Thread)>, Fault> {
        const SQL: &str =
            "SELECT body FROM pointers JOIN threads USING (thread_id) WHERE pointer_key = ?1";
        self.readers()
            .now(|c| {
                for key in keys {
                    if let Some(thread) = one(c, SQL, [key.as_str()])? {
                        return Ok(Some((key.clone(), thread)));
                    }
                }
                Ok(None)
            })
            .map_err(fault("threads.resolve"))
    }
}
