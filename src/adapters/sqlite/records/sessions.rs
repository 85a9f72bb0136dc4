//! Sessions as rows.

use async_trait::async_trait;
use rusqlite::params;
use rusqlite::types::Value;

use super::change::{Change, Statements, body, number, text};
use super::cursor::{self, Cursor};
use crate::adapters::sqlite::SqliteStore;
use crate::adapters::sqlite::engine::{Failure, fault, many, one};
use crate::domain::ids::{ClientId, ContainerId, SessionId};
use crate::domain::session::Session;
use crate::domain::time::Timestamp;
use crate::ports::fault::Fault;
use crate::ports::session_store::{Page, SessionCounts, SessionStore};

const STATEMENTS: Statements = Statements {
    table: "sessions",
    insert: "INSERT INTO sessions
        (session_id, version, client_id, container_id, status, last_activity, ttl, open_commands, body)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING",
    update: "UPDATE sessions SET version = ?2, client_id = ?3, container_id = ?4, status = ?5,
        last_activity = ?6, ttl = ?7, open_commands = ?8, body = ?9
        WHERE session_id = ?1 AND version = ?2 - 1",
};

pub(super) fn change(mut session: Session) -> Result<Change, Failure> {
    let expected = session.version;
    session.version = expected.saturating_add(1);
    let params = vec![
        text(session.session_id.as_str()),
        number(session.version),
        text(session.client_id.as_str()),
        text(session.container_id.as_str()),
        text(session.status.as_str()),
        Value::Integer(session.last_activity.as_millis()),
        Value::Integer(session.ttl.as_millis()),
        number(session.open_commands.into()),
        body(&session)?,
    ];
    Ok(STATEMENTS.at(expected, params))
}

/// What [`Session::is_expired`] denies, in SQL, at the time that the parameter `$now` has.
macro_rules! live {
    ($now:literal) => {
        concat!(
            "status <> 'expired' AND (open_commands > 0 OR ttl > ",
            $now,
            ")"
        )
    };
}

#[async_trait]
impl SessionStore for SqliteStore {
    async fn get(&self, id: &SessionId) -> Result<Option<Session>, Fault> {
        self.readers()
            .now(|c| {
                one(
                    c,
                    "SELECT body FROM sessions WHERE session_id = ?1",
                    [id.as_str()],
                )
            })
            .map_err(fault("sessions.get"))
    }

    async fn list_by_client(
        &self,
        client: &ClientId,
        now: Timestamp,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<Session>, Fault> {
        const SQL: &str = concat!(
            "SELECT body FROM sessions WHERE client_id = ?1 AND ",
            live!("?2"),
            " AND (last_activity, session_id) < (?3, ?4)
              ORDER BY last_activity DESC, session_id DESC LIMIT ?5"
        );
        let after = Cursor::read(cursor);
        let client = client.clone();
        let rows = self
            .read_list(limit, move |c, rows| {
                let (client, now) = (client.as_str(), now.as_millis());
                let (at, id) = (after.at.as_millis(), after.id);
                many(c, SQL, params![client, now, at, id, rows])
            })
            .await
            .map_err(fault("sessions.list_by_client"))?;
        Ok(cursor::page(rows, limit, |last: &Session| Cursor {
            at: last.last_activity,
            id: last.session_id.as_str().to_owned(),
        }))
    }

    async fn live_in(
        &self,
        container: &ContainerId,
        now: Timestamp,
    ) -> Result<Vec<Session>, Fault> {
        const SQL: &str = concat!(
            "SELECT body FROM sessions WHERE container_id = ?1 AND ",
            live!("?2")
        );
        let container = container.clone();
        self.readers()
            .long(move |c| many(c, SQL, params![container.as_str(), now.as_millis()]))
            .await
            .map_err(fault("sessions.live_in"))
    }

    async fn overdue(&self, now: Timestamp, limit: usize) -> Result<Vec<Session>, Fault> {
        const SQL: &str = "SELECT body FROM sessions WHERE status <> 'expired' AND ttl <= ?1
            ORDER BY ttl LIMIT ?2";
        self.read_list(limit, move |c, rows| {
            many(c, SQL, params![now.as_millis(), rows - 1])
        })
        .await
        .map_err(fault("sessions.overdue"))
    }

    async fn counts(&self, now: Timestamp) -> Result<SessionCounts, Fault> {
        const SQL: &str = concat!(
            "SELECT count(*) FILTER (WHERE status = 'initializing'),
                    count(*) FILTER (WHERE status = 'active'),
                    count(*) FILTER (WHERE status = 'draining')
             FROM sessions WHERE ",
            live!("?1")
        );
        self.readers()
            .long(move |c| {
                let mut statement = c.prepare_cached(SQL)?;
                let counts = statement.query_row([now.as_millis()], |row| {
                    let count = |column| row.get::<_, i64>(column).map(i64::unsigned_abs);
                    Ok(SessionCounts {
                        initializing: count(0)?,
                        active: count(1)?,
                        draining: count(2)?,
                    })
                })?;
                Ok(counts)
            })
            .await
            .map_err(fault("sessions.counts"))
    }
}
