//! Deletion of what has been kept long enough, in small bites.

use async_trait::async_trait;
use rusqlite::{Connection, params};

use super::SqliteStore;
use super::archive::remove_file;
use super::engine::{Failure, fault};
use crate::domain::blob::BlobId;
use crate::domain::time::Timestamp;
use crate::ports::fault::Fault;
use crate::ports::retention::{Cutoffs, Retention};

/// Most rows of a kind in one pass: other writers wait for a few milliseconds at most.
const BITE: i64 = 200;

const CLAIMS: &str = "DELETE FROM claims WHERE claim_key IN
    (SELECT claim_key FROM claims WHERE expires_at <= ?1 LIMIT ?2)";

const NOTES: &str = "DELETE FROM notes WHERE note_key IN
    (SELECT note_key FROM notes WHERE expires_at <= ?1 LIMIT ?2)";

const EVENTS: &str = "DELETE FROM events WHERE rowid IN
    (SELECT rowid FROM events WHERE at < ?1 LIMIT ?2)";

const DEAD_LETTERS: &str = "DELETE FROM messages WHERE message_id IN
    (SELECT message_id FROM messages INDEXED BY messages_dead WHERE direction = 'dead' AND sent_at < ?1 LIMIT ?2)";

/// Sessions that are over, and those that are but were not yet marked so. One with an open command is not.
const SESSIONS: [&str; 2] = [
    "DELETE FROM sessions WHERE rowid IN
        (SELECT rowid FROM sessions WHERE status = 'expired' AND ttl < ?1 LIMIT ?2)",
    "DELETE FROM sessions WHERE rowid IN
        (SELECT rowid FROM sessions WHERE status <> 'expired' AND ttl < ?1 AND open_commands = 0 LIMIT ?2)",
];

#[async_trait]
impl Retention for SqliteStore {
    async fn purge(&self, cutoffs: Cutoffs) -> Result<u64, Fault> {
        const OPERATION: &str = "retention.purge";
        let steps = [
            (CLAIMS, cutoffs.now),
            (NOTES, cutoffs.now),
            (EVENTS, cutoffs.events),
            (DEAD_LETTERS, cutoffs.dead_letters),
            (SESSIONS[0], cutoffs.sessions),
            (SESSIONS[1], cutoffs.sessions),
        ];
        let mut rows = 0;
        for (sql, before) in steps {
            rows += self
                .writer()
                .write(move |c| bite(c, sql, before))
                .await
                .map_err(fault(OPERATION))?;
        }
        let mails = self.purge_mail(cutoffs.mail).await;
        Ok(rows + mails.map_err(fault(OPERATION))?)
    }
}

fn bite(connection: &Connection, sql: &'static str, before: Timestamp) -> Result<u64, Failure> {
    let rows = connection
        .prepare_cached(sql)?
        .execute(params![before.as_millis(), BITE])?;
    Ok(rows as u64)
}

impl SqliteStore {
    /// Deletes files before their rows, so that nothing is left that no row names.
    async fn purge_mail(&self, before: Timestamp) -> Result<u64, Failure> {
        const OLD: &str =
            "SELECT blob_id, content IS NULL FROM blobs WHERE received_at < ?1 LIMIT ?2";
        const DELETE: &str = "DELETE FROM blobs WHERE blob_id = ?1 AND received_at < ?2";
        let _no_reader = self.files().write().await;
        let layout = self.layout().clone();
        let ids = self
            .readers()
            .long(move |c| {
                let mut statement = c.prepare_cached(OLD)?;
                let mut rows = statement.query(params![before.as_millis(), BITE])?;
                let mut ids = Vec::new();
                while let Some(row) = rows.next()? {
                    let id: String = row.get(0)?;
                    if row.get(1)?
                        && let Ok(blob) = BlobId::try_from(id.clone())
                    {
                        remove_file(&layout, &blob)?;
                    }
                    ids.push(id);
                }
                Ok(ids)
            })
            .await?;
        if ids.is_empty() {
            return Ok(0);
        }
        self.writer()
            .write(move |c| {
                let mut statement = c.prepare_cached(DELETE)?;
                let mut rows = 0_u64;
                for id in &ids {
                    rows += statement.execute(params![id, before.as_millis()])? as u64;
                }
                Ok(rows)
            })
            .await
    }
}
