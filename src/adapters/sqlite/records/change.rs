//! A write of the ledger as SQL: made by the caller, so that the writer thread only executes it.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::events::NewEvent;
use super::{claims, commands, containers, journal, notes, replies, sessions, threads};
use crate::adapters::sqlite::engine::Failure;
use crate::ports::ledger::Write;

/// What one write does to the database.
pub(crate) enum Change {
    /// Changes one row.
    Row(RowChange),
    /// Appends an event.
    Event(NewEvent),
}

/// A statement that changes one row if its condition holds.
pub(crate) struct RowChange {
    /// The table, which together with the first parameter names the record.
    pub(super) table: &'static str,
    pub(super) sql: &'static str,
    pub(super) params: Vec<Value>,
    pub(super) no_row: NoRow,
}

/// What it means that no row was changed.
pub(super) enum NoRow {
    /// The condition of the write does not hold.
    Conflict,
    /// There was nothing to do.
    Fine,
}

/// How a versioned record is written. Both statements take the key as `?1` and the new version as `?2`.
pub(super) struct Statements {
    pub(super) table: &'static str,
    pub(super) insert: &'static str,
    pub(super) update: &'static str,
}

impl Statements {
    /// The write of a record that was decided from `version`; 0 for one that must not exist.
    pub(super) fn at(&self, version: u64, params: Vec<Value>) -> Change {
        Change::Row(RowChange {
            table: self.table,
            sql: if version == 0 {
                self.insert
            } else {
                self.update
            },
            params,
            no_row: NoRow::Conflict,
        })
    }
}

impl Change {
    /// The change that `write` asks for; records get their next version here.
    pub(crate) fn of(write: Write) -> Result<Self, Failure> {
        match write {
            Write::Session(session) => sessions::change(session),
            Write::Thread(thread) => threads::change(thread),
            Write::Container(container) => containers::change(container),
            Write::Command(command) => commands::change(*command),
            Write::Reply(reply) => replies::change(*reply),
            Write::Journal(row) => journal::change(*row),
            Write::Note(note) => Ok(notes::change(note)),
            Write::Pointer(pointer) => Ok(threads::point(&pointer)),
            Write::Claim(claim) => Ok(claims::change(claim)),
            Write::Event(draft) => Ok(Self::Event(NewEvent::of(&draft)?)),
        }
    }

    /// Makes the change; [`Failure::Conflict`] when its condition does not hold.
    pub(crate) fn apply(&self, connection: &Connection) -> Result<(), Failure> {
        match self {
            Self::Row(change) => {
                let mut statement = connection.prepare_cached(change.sql)?;
                let rows = statement.execute(params_from_iter(&change.params))?;
                match change.no_row {
                    NoRow::Conflict if rows == 0 => Err(Failure::Conflict),
                    NoRow::Conflict | NoRow::Fine => Ok(()),
                }
            }
            Self::Event(event) => event.append(connection),
        }
    }

    /// Whether both write the same record.
    pub(crate) fn same_record(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Row(one), Self::Row(two)) => {
                one.table == two.table && one.params.first() == two.params.first()
            }
            (Self::Event(_), _) | (_, Self::Event(_)) => false,
        }
    }
}

/// A text column.
pub(super) fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

/// A column of a count; SQLite's integers are signed.
pub(super) fn number(value: u64) -> Value {
    Value::Integer(i64::try_from(value).unwrap_or(i64::MAX))
}

/// The `body` column.
pub(super) fn body(record: &impl serde::Serialize) -> Result<Value, Failure> {
    Ok(Value::Text(serde_json::to_string(record)?))
}
