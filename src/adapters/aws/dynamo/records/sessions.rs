//! Reads of sessions.

use async_trait::async_trait;

use super::session_item::{self, LIVE_IN, LIVE_UNTIL, SESSION_ID, USER_ID, session};
use crate::adapters::aws::dynamo::DynamoStore;
use crate::adapters::aws::dynamo::engine::{
    Index, Item, TTL, Table, decode, encode, number, number_at, text, text_at,
};
use crate::domain::ids::{ClientId, ContainerId, SessionId};
use crate::domain::session::{Session, SessionStatus};
use crate::domain::time::Timestamp;
use crate::ports::fault::Fault;
use crate::ports::session_store::{Page, SessionCounts, SessionStore};

#[async_trait]
impl SessionStore for DynamoStore {
    /// One read: by the full key when the session's user is known, else a query by its id.
    async fn get(&self, id: &SessionId) -> Result<Option<Session>, Fault> {
        const OPERATION: &str = "sessions.get";
        if let Some(user) = self.users().get(id) {
            let key = session_item::key(id, &user);
            let row = self.reader().get(Table::Sessions, key, OPERATION).await?;
            if let Some(found) = row.as_ref().and_then(session) {
                return Ok(Some(found));
            }
            self.users().forget(id); // deleted; perhaps written again by somebody else
        }
        let query = self
            .reader()
            .query(Table::Sessions, None)
            .key_condition_expression("sessionId = :session")
            .expression_attribute_values(":session", text(id.as_str()))
            .consistent_read(true);
        let rows = self.reader().rows(query, 10, OPERATION).await?;
        let found = rows.iter().find_map(session);
        if let Some(found) = &found {
            self.users().put(id, found.user_id.clone());
        }
        Ok(found)
    }

    /// From the index as it is: a session that was made or kept alive a moment ago may be missing or in its old place (S10).
    async fn list_by_client(
        &self,
        client: &ClientId,
        now: Timestamp,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<Session>, Fault> {
        const OPERATION: &str = "sessions.list_by_client";
        let start = cursor
            .and_then(decode)
            .and_then(|at| session_item::after(client, &at));
        let mut query = self
            .reader()
            .query(Table::Sessions, Some("ClientIndex"))
            .key_condition_expression("clientId = :client")
            // other tools may have left `ttl` out or written it as text: those rows are looked at here
            .filter_expression(
                "#status <> :expired AND (#ttl > :now OR openCommands > :none
                 OR attribute_not_exists(#ttl) OR attribute_type(#ttl, :text))",
            )
            .expression_attribute_names("#status", "status")
            .expression_attribute_names("#ttl", TTL)
            .expression_attribute_values(":client", text(client.as_str()))
            .expression_attribute_values(":expired", text(SessionStatus::Expired.as_str()))
            .expression_attribute_values(":now", number(now.as_secs()))
            .expression_attribute_values(":none", number(0))
            .expression_attribute_values(":text", text("S"))
            .scan_index_forward(false)
            .set_exclusive_start_key(start);
        let mut live: Vec<Session> = Vec::new();
        loop {
            // one more than asked for tells whether there is a next page
            let missing = limit.saturating_add(1) - live.len();
            let rows = self
                .reader()
                .rows(query.clone(), missing, OPERATION)
                .await?;
            let last = rows.len() < missing;
            let end = rows.last().map(index_key);
            live.extend(
                rows.iter()
                    .filter_map(session)
                    .filter(|s| !s.is_expired(now)),
            );
            if last || live.len() > limit {
                break;
            }
            query = query.set_exclusive_start_key(end);
        }
        let follows = live.len() > limit;
        live.truncate(limit);
        let end = live.last().filter(|_| follows).map(session_item::position);
        let next = end.map(|end| encode(&end.each_ref().map(String::as_str)));
        Ok(Page { items: live, next })
    }

    async fn live_in(
        &self,
        container: &ContainerId,
        now: Timestamp,
    ) -> Result<Vec<Session>, Fault> {
        const OPERATION: &str = "sessions.live_in";
        let query = self
            .reader()
            .query(Table::Sessions, Some("ContainerIndex"))
            .key_condition_expression("liveIn = :container")
            .expression_attribute_values(":container", text(container.as_str()));
        let mut rows = self.reader().rows(query, usize::MAX, OPERATION).await?;
        let is_in = |row: &Item| text_at(row, LIVE_IN) == Some(container.as_str());
        let recent = self.recent();
        recent.add(self.now(), Index::LiveIn, SESSION_ID, &mut rows, is_in);
        let mut live = self.sessions(&rows, OPERATION).await?;
        live.retain(|session| !session.is_expired(now) && session.container_id == *container);
        Ok(live)
    }

    async fn overdue(&self, now: Timestamp, limit: usize) -> Result<Vec<Session>, Fault> {
        const OPERATION: &str = "sessions.overdue";
        let query = |shard| {
            self.reader()
                .query(Table::Sessions, Some("LiveIndex"))
                .key_condition_expression("liveShard = :shard AND liveUntil <= :now")
                .expression_attribute_values(":shard", shard)
                .expression_attribute_values(":now", number(now.as_secs()))
        };
        let mut rows = self.reader().in_all_shards(query, limit, OPERATION).await?;
        rows.sort_by_key(|row| number_at::<i64>(row, LIVE_UNTIL));
        rows.truncate(limit);
        let mut overdue = self.sessions(&rows, OPERATION).await?;
        overdue.retain(|s| s.status != SessionStatus::Expired && s.ttl <= now);
        overdue.sort_by_key(|session| session.ttl);
        Ok(overdue)
    }

    /// Of sessions that Hermes has written: a row of another tool counts from its first change by us.
    async fn counts(&self, now: Timestamp) -> Result<SessionCounts, Fault> {
        const OPERATION: &str = "sessions.counts";
        let query = |shard| {
            self.reader()
                .query(Table::Sessions, Some("LiveIndex"))
                .key_condition_expression("liveShard = :shard")
                .filter_expression("#ttl > :now OR openCommands > :none")
                .projection_expression("#status")
                .expression_attribute_names("#status", "status")
                .expression_attribute_names("#ttl", TTL)
                .expression_attribute_values(":shard", shard)
                .expression_attribute_values(":now", number(now.as_secs()))
                .expression_attribute_values(":none", number(0))
        };
        let rows = self
            .reader()
            .in_all_shards(query, usize::MAX, OPERATION)
            .await?;
        let mut counts = SessionCounts::default();
        for row in &rows {
            match super::legacy::status(text_at(row, "status")) {
                SessionStatus::Initializing => counts.initializing += 1,
                SessionStatus::Active => counts.active += 1,
                SessionStatus::Draining => counts.draining += 1,
                SessionStatus::Expired => {}
            }
        }
        Ok(counts)
    }
}

impl DynamoStore {
    /// The sessions of index rows as the table has them now.
    async fn sessions(
        &self,
        rows: &[Item],
        operation: &'static str,
    ) -> Result<Vec<Session>, Fault> {
        let keys = rows
            .iter()
            .map(|row| attributes(row, &[SESSION_ID, USER_ID]));
        let rows = self
            .reader()
            .fetch(Table::Sessions, keys.collect(), operation)
            .await?;
        Ok(rows.iter().filter_map(session).collect())
    }
}

/// Where a row of the client's index is.
fn index_key(row: &Item) -> Item {
    attributes(
        row,
        &[SESSION_ID, USER_ID, "clientId", session_item::LAST_ACTIVITY],
    )
}

fn attributes(row: &Item, names: &[&str]) -> Item {
    let found = names.iter().filter_map(|name| row.get_key_value(*name));
    found
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}
