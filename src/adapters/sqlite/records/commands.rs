//! Commands as rows.

use async_trait::async_trait;
use rusqlite::params;

use super::change::{Change, Statements, body, number, text};
use crate::adapters::sqlite::SqliteStore;
use crate::adapters::sqlite::engine::{Failure, fault, many, one};
use crate::domain::command::Command;
use crate::domain::ids::{CommandId, ContainerId, SessionId};
use crate::ports::command_store::CommandStore;
use crate::ports::fault::Fault;

const STATEMENTS: Statements = Statements {
    table: "commands",
    insert: "INSERT INTO commands (command_id, version, session_id, container_id, state, sequence, body)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
    update: "UPDATE commands SET version = ?2, session_id = ?3, container_id = ?4, state = ?5, sequence = ?6,
        body = ?7 WHERE command_id = ?1 AND version = ?2 - 1",
};

pub(super) fn change(mut command: Command) -> Result<Change, Failure> {
    let expected = command.version;
    command.version = expected.saturating_add(1);
    let params = vec![
        text(command.command_id.as_str()),
        number(command.version),
        text(command.session_id.as_str()),
        text(command.container_id.as_str()),
        text(command.state.as_str()),
        number(command.sequence),
        body(&command)?,
    ];
    Ok(STATEMENTS.at(expected, params))
}

#[async_trait]
impl CommandStore for SqliteStore {
    async fn get(&self, id: &CommandId) -> Result<Option<Command>, Fault> {
        self.readers()
            .now(|c| {
                one(
                    c,
                    "SELECT body FROM commands WHERE command_id = ?1",
                    [id.as_str()],
                )
            })
            .map_err(fault("commands.get"))
    }

    async fn by_session(&self, id: &SessionId, limit: usize) -> Result<Vec<Command>, Fault> {
        const SQL: &str =
            "SELECT body FROM commands WHERE session_id = ?1 ORDER BY sequence DESC LIMIT ?2";
        let id = id.clone();
        self.read_list(limit, move |c, rows| {
            many(c, SQL, params![id.as_str(), rows - 1])
        })
        .await
        .map_err(fault("commands.by_session"))
    }

    async fn open_in(&self, id: &ContainerId) -> Result<Vec<Command>, Fault> {
        const SQL: &str =
            "SELECT body FROM commands WHERE container_id = ?1 AND state IN ('queued', 'running')
             ORDER BY sequence";
        let id = id.clone();
        self.readers()
            .long(move |c| many(c, SQL, [id.as_str()]))
            .await
            .map_err(fault("commands.open_in"))
    }
}
