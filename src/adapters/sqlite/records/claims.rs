//! Claims as rows.

use async_trait::async_trait;
use rusqlite::types::Value;
use rusqlite::{OptionalExtension, params};

use super::change::{Change, NoRow, RowChange, text};
use crate::adapters::sqlite::SqliteStore;
use crate::adapters::sqlite::engine::fault;
use crate::domain::claim::{Claim, ClaimKey};
use crate::domain::time::Timestamp;
use crate::ports::claim_store::ClaimStore;
use crate::ports::fault::Fault;

pub(super) fn change(claim: Claim) -> Change {
    Change::Row(RowChange {
        table: "claims",
        sql: "INSERT INTO claims (claim_key, value, claimed_at, expires_at) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT DO UPDATE SET value = ?2, claimed_at = ?3, expires_at = ?4
            WHERE expires_at <= ?3",
        params: vec![
            text(claim.key.as_str()),
            Value::Text(claim.value),
            Value::Integer(claim.claimed_at.as_millis()),
            Value::Integer(claim.expires_at.as_millis()),
        ],
        no_row: NoRow::Conflict,
    })
}

#[async_trait]
impl ClaimStore for SqliteStore {
    async fn get(&self, key: &ClaimKey, now: Timestamp) -> Result<Option<Claim>, Fault> {
        const SQL: &str = "SELECT value, claimed_at, expires_at FROM claims
            WHERE claim_key = ?1 AND expires_at > ?2";
        self.readers()
            .now(|c| {
                let mut statement = c.prepare_cached(SQL)?;
                let claim = statement
                    .query_row(params![key.as_str(), now.as_millis()], |row| {
                        Ok(Claim {
                            key: key.clone(),
                            value: row.get(0)?,
                            claimed_at: Timestamp::from_millis(row.get(1)?),
                            expires_at: Timestamp::from_millis(row.get(2)?),
                        })
                    })
                    .optional()?;
                Ok(claim)
            })
            .map_err(fault("claims.get"))
    }
}
