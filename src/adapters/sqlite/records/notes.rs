//! Notes as rows.

use async_trait::async_trait;
use rusqlite::types::Value;
use rusqlite::{OptionalExtension, params};

use super::change::{Change, Statements, number, text};
use crate::adapters::sqlite::SqliteStore;
use crate::adapters::sqlite::engine::fault;
use crate::domain::note::{Note, NoteKey};
use crate::domain::time::Timestamp;
use crate::ports::fault::Fault;
use crate::ports::note_store::NoteStore;

const STATEMENTS: Statements = Statements {
    table: "notes",
    insert: "INSERT INTO notes (note_key, version, expires_at, value) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT DO NOTHING",
    update: "UPDATE notes SET version = ?2, expires_at = ?3, value = ?4
        WHERE note_key = ?1 AND version = ?2 - 1",
};

pub(super) fn change(note: Note) -> Change {
    let params = vec![
        text(note.key.as_str()),
        number(note.version.saturating_add(1)),
        Value::Integer(note.expires_at.as_millis()),
        Value::Text(note.value),
    ];
    STATEMENTS.at(note.version, params)
}

#[async_trait]
impl NoteStore for SqliteStore {
    async fn get(&self, key: &NoteKey) -> Result<Option<Note>, Fault> {
        const SQL: &str = "SELECT version, expires_at, value FROM notes WHERE note_key = ?1";
        self.readers()
            .now(|c| {
                let mut statement = c.prepare_cached(SQL)?;
                let note = statement
                    .query_row(params![key.as_str()], |row| {
                        Ok(Note {
                            key: key.clone(),
                            version: u64::try_from(row.get::<_, i64>(0)?).unwrap_or_default(),
                            expires_at: Timestamp::from_millis(row.get(1)?),
                            value: row.get(2)?,
                        })
                    })
                    .optional()?;
                Ok(note)
            })
            .map_err(fault("notes.get"))
    }
}
