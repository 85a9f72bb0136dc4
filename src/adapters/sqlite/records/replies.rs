//! Outgoing replies as rows.

use async_trait::async_trait;
use rusqlite::params;
use rusqlite::types::Value;

use super::change::{Change, Statements, body, number, text};
use crate::adapters::sqlite::SqliteStore;
use crate::adapters::sqlite::engine::{Failure, fault, many, one};
use crate::domain::ids::ReplyId;
use crate::domain::reply::{Reply, ReplyState};
use crate::domain::time::Timestamp;
use crate::ports::fault::Fault;
use crate::ports::reply_store::ReplyStore;

const STATEMENTS: Statements = Statements {
    table: "replies",
    insert: "INSERT INTO replies (reply_id, version, due_at, body) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT DO NOTHING",
    update: "UPDATE replies SET version = ?2, due_at = ?3, body = ?4
        WHERE reply_id = ?1 AND version = ?2 - 1",
};

pub(super) fn change(mut reply: Reply) -> Result<Change, Failure> {
    let expected = reply.version;
    reply.version = expected.saturating_add(1);
    let due_at = match reply.state {
        ReplyState::Pending | ReplyState::Sending { .. } => reply.due_at,
        ReplyState::Sent { .. } | ReplyState::Failed { .. } => None,
    };
    let params = vec![
        text(reply.reply_id.as_str()),
        number(reply.version),
        Value::from(due_at.map(Timestamp::as_millis)),
        body(&reply)?,
    ];
    Ok(STATEMENTS.at(expected, params))
}

#[async_trait]
impl ReplyStore for SqliteStore {
    async fn get(&self, id: &ReplyId) -> Result<Option<Reply>, Fault> {
        self.readers()
            .now(|c| {
                one(
                    c,
                    "SELECT body FROM replies WHERE reply_id = ?1",
                    [id.as_str()],
                )
            })
            .map_err(fault("replies.get"))
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Reply>, Fault> {
        const SQL: &str = "SELECT body FROM replies WHERE due_at IS NOT NULL AND due_at <= ?1 ORDER BY due_at LIMIT ?2";
        self.read_list(limit, move |c, rows| {
            many(c, SQL, params![now.as_millis(), rows - 1])
        })
        .await
        .map_err(fault("replies.due"))
    }
}
