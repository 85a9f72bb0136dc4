//! Session events as rows, numbered when they are written.

use async_trait::async_trait;
use rusqlite::{Connection, Row, params};

use crate::adapters::sqlite::SqliteStore;
use crate::adapters::sqlite::engine::{Failure, fault};
use crate::domain::event::{Event, EventDraft};
use crate::domain::ids::SessionId;
use crate::domain::time::Timestamp;
use crate::ports::event_store::EventStore;
use crate::ports::fault::Fault;

/// An event to be numbered and appended.
pub(crate) struct NewEvent {
    session_id: String,
    at: i64,
    client_id: String,
    project_id: String,
    thread_id: String,
    kind: String,
}

impl NewEvent {
    pub(super) fn of(draft: &EventDraft) -> Result<Self, Failure> {
        Ok(Self {
            session_id: draft.session_id.as_str().to_owned(),
            at: draft.at.as_millis(),
            client_id: draft.client_id.as_str().to_owned(),
            project_id: draft.project_id.as_str().to_owned(),
            thread_id: draft.thread_id.as_str().to_owned(),
            kind: serde_json::to_string(&draft.kind)?,
        })
    }

    /// Gives it the session's next number, in the transaction that it tells of.
    pub(super) fn append(&self, connection: &Connection) -> Result<(), Failure> {
        const NEXT: &str = "INSERT INTO event_counters (session_id, last) VALUES (?1, 1)
            ON CONFLICT DO UPDATE SET last = last + 1 RETURNING last";
        const APPEND: &str =
            "INSERT INTO events (session_id, sequence, at, client_id, project_id, thread_id, kind)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let sequence: i64 = connection
            .prepare_cached(NEXT)?
            .query_row([&self.session_id], |row| row.get(0))?;
        connection.prepare_cached(APPEND)?.execute(params![
            self.session_id,
            sequence,
            self.at,
            self.client_id,
            self.project_id,
            self.thread_id,
            self.kind
        ])?;
        Ok(())
    }
}

#[async_trait]
impl EventStore for SqliteStore {
    async fn page(&self, id: &SessionId, after: u64, limit: usize) -> Result<Vec<Event>, Fault> {
        const SQL: &str = "SELECT sequence, at, client_id, project_id, thread_id, kind FROM events
            WHERE session_id = ?1 AND sequence > ?2 ORDER BY sequence LIMIT ?3";
        let id = id.clone();
        let after = i64::try_from(after).unwrap_or(i64::MAX);
        self.read_list(limit, move |c, rows| {
            let mut statement = c.prepare_cached(SQL)?;
            let mut rows = statement.query(params![id.as_str(), after, rows - 1])?;
            let mut events = Vec::new();
            while let Some(row) = rows.next()? {
                events.push(event(&id, row)?);
            }
            Ok(events)
        })
        .await
        .map_err(fault("events.page"))
    }
}

fn event(session: &SessionId, row: &Row<'_>) -> Result<Event, Failure> {
    let text = |column: usize| -> Result<String, Failure> { Ok(row.get(column)?) };
    Ok(Event {
        sequence: row.get::<_, i64>(0)?.unsigned_abs(),
        draft: EventDraft {
            session_id: session.clone(),
            at: Timestamp::from_millis(row.get(1)?),
            client_id: text(2)?.try_into()?,
            project_id: text(3)?.try_into()?,
            thread_id: text(4)?.try_into()?,
            kind: serde_json::from_str(&text(5)?)?,
        },
    })
}
