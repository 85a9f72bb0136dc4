//! The journal as rows.

use async_trait::async_trait;
use rusqlite::params;
use rusqlite::types::Value;

use super::change::{Change, Statements, body, number, text};
use super::cursor::{self, Cursor};
use crate::adapters::sqlite::SqliteStore;
use crate::adapters::sqlite::engine::{Failure, fault, many, one};
use crate::domain::ids::JournalId;
use crate::domain::journal::JournalRow;
use crate::ports::fault::Fault;
use crate::ports::journal_store::JournalStore;
use crate::ports::session_store::Page;

const STATEMENTS: Statements = Statements {
    table: "journal",
    insert: "INSERT INTO journal (journal_id, version, received_at, body) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT DO NOTHING",
    update: "UPDATE journal SET version = ?2, received_at = ?3, body = ?4
        WHERE journal_id = ?1 AND version = ?2 - 1",
};

pub(super) fn change(mut row: JournalRow) -> Result<Change, Failure> {
    let expected = row.version;
    row.version = expected.saturating_add(1);
    let params = vec![
        text(row.journal_id.as_str()),
        number(row.version),
        Value::Integer(row.received_at.as_millis()),
        body(&row)?,
    ];
    Ok(STATEMENTS.at(expected, params))
}

#[async_trait]
impl JournalStore for SqliteStore {
    async fn get(&self, id: &JournalId) -> Result<Option<JournalRow>, Fault> {
        self.readers()
            .now(|c| {
                one(
                    c,
                    "SELECT body FROM journal WHERE journal_id = ?1",
                    [id.as_str()],
                )
            })
            .map_err(fault("journal.get"))
    }

    async fn list(&self, limit: usize, cursor: Option<&str>) -> Result<Page<JournalRow>, Fault> {
        const SQL: &str = "SELECT body FROM journal WHERE (received_at, journal_id) < (?1, ?2)
            ORDER BY received_at DESC, journal_id DESC LIMIT ?3";
        let after = Cursor::read(cursor);
        let rows = self
            .read_list(limit, move |c, rows| {
                many(c, SQL, params![after.at.as_millis(), after.id, rows])
            })
            .await
            .map_err(fault("journal.list"))?;
        Ok(cursor::page(rows, limit, |row: &JournalRow| Cursor {
            at: row.received_at,
            id: row.journal_id.as_str().to_owned(),
        }))
    }
}
