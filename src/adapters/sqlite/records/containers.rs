//! Containers as rows.

use async_trait::async_trait;
use rusqlite::params;
use rusqlite::types::Value;

use super::change::{Change, Statements, body, number, text};
use crate::adapters::sqlite::SqliteStore;
use crate::adapters::sqlite::engine::{Failure, fault, many, one};
use crate::domain::container::Container;
use crate::domain::ids::ContainerId;
use crate::domain::time::Timestamp;
use crate::ports::container_store::ContainerStore;
use crate::ports::fault::Fault;

const STATEMENTS: Statements = Statements {
    table: "containers",
    insert: "INSERT INTO containers (container_id, version, client_id, state, open_commands, due_at, body)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
    update: "UPDATE containers SET version = ?2, client_id = ?3, state = ?4, open_commands = ?5, due_at = ?6,
        body = ?7 WHERE container_id = ?1 AND version = ?2 - 1",
};

pub(super) fn change(mut container: Container) -> Result<Change, Failure> {
    let expected = container.version;
    container.version = expected.saturating_add(1);
    let params = vec![
        text(container.container_id.as_str()),
        number(container.version),
        text(container.client_id.as_str()),
        text(container.state_name()),
        number(container.open_commands.into()),
        Value::from(container.due_at.map(Timestamp::as_millis)),
        body(&container)?,
    ];
    Ok(STATEMENTS.at(expected, params))
}

#[async_trait]
impl ContainerStore for SqliteStore {
    async fn get(&self, id: &ContainerId) -> Result<Option<Container>, Fault> {
        self.readers()
            .now(|c| {
                one(
                    c,
                    "SELECT body FROM containers WHERE container_id = ?1",
                    [id.as_str()],
                )
            })
            .map_err(fault("containers.get"))
    }

    async fn awake(&self) -> Result<Vec<Container>, Fault> {
        const SQL: &str =
            "SELECT body FROM containers WHERE state IN ('starting', 'running', 'draining')
             ORDER BY container_id";
        self.readers()
            .long(|c| many(c, SQL, []))
            .await
            .map_err(fault("containers.awake"))
    }

    async fn waiting(&self, now: Timestamp, limit: usize) -> Result<Vec<Container>, Fault> {
        // The turn of a container is its place among those of its client: all first turns come before any second.
        const SQL: &str = "
            SELECT body FROM containers JOIN (
                SELECT container_id, due_at AS since,
                       row_number() OVER (PARTITION BY client_id ORDER BY due_at, container_id) AS turn
                FROM containers
                WHERE state IN ('stopped', 'failed') AND open_commands > 0 AND due_at IS NOT NULL AND due_at <= ?1
                ORDER BY turn, since, container_id LIMIT ?2
            ) USING (container_id)
            ORDER BY turn, since, container_id";
        self.readers()
            .long(move |c| {
                let rows = i64::try_from(limit).unwrap_or(i64::MAX);
                many(c, SQL, params![now.as_millis(), rows])
            })
            .await
            .map_err(fault("containers.waiting"))
    }
}
