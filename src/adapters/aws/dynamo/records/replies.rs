//! Outgoing replies as items.

use async_trait::async_trait;

use crate::adapters::aws::dynamo::DynamoStore;
use crate::adapters::aws::dynamo::engine::{
    Change, Condition, Index, Item, Table, item_of, number, number_at, record_of, shard,
};
use crate::domain::ids::ReplyId;
use crate::domain::reply::{Reply, ReplyState};
use crate::domain::time::Timestamp;
use crate::ports::fault::Fault;
use crate::ports::reply_store::ReplyStore;

pub(in crate::adapters::aws::dynamo) fn change(mut reply: Reply) -> Result<Change, Fault> {
    let condition = Condition::decided_from(reply.version);
    reply.version = reply.version.saturating_add(1);
    let id = reply.reply_id.as_str();
    let mut item = item_of(&reply)?;
    if is_waiting(&reply) {
        item.insert("dueShard".to_owned(), shard(id));
    }
    let due = reply.due_at.filter(|_| is_waiting(&reply)).map(|due| {
        let mut row = Table::Replies.key(id);
        row.insert("dueAt".to_owned(), number(due.as_millis()));
        row
    });
    let change = Change::put(Table::Replies, id, item, condition)?;
    Ok(change.shown(Index::DueReplies, due))
}

/// Whether it is to be sent some time; the time of its last try may still be on it afterwards.
fn is_waiting(reply: &Reply) -> bool {
    match reply.state {
        ReplyState::Pending | ReplyState::Sending { .. } => reply.due_at.is_some(),
        ReplyState::Sent { .. } | ReplyState::Failed { .. } => false,
    }
}

#[async_trait]
impl ReplyStore for DynamoStore {
    async fn get(&self, id: &ReplyId) -> Result<Option<Reply>, Fault> {
        const OPERATION: &str = "replies.get";
        let key = Table::Replies.key(id.as_str());
        let item = self.reader().get(Table::Replies, key, OPERATION).await?;
        item.map(|item| record_of(item, OPERATION)).transpose()
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Reply>, Fault> {
        const OPERATION: &str = "replies.due";
        let query = |shard| {
            self.reader()
                .query(Table::Replies, Some("DueIndex"))
                .key_condition_expression("dueShard = :shard AND dueAt <= :now")
                .expression_attribute_values(":shard", shard)
                .expression_attribute_values(":now", number(now.as_millis()))
        };
        let mut rows = self.reader().in_all_shards(query, limit, OPERATION).await?;
        let is_due =
            |row: &Item| number_at(row, "dueAt").is_some_and(|due: i64| due <= now.as_millis());
        let key = Table::Replies.hash_key();
        let recent = self.recent();
        recent.add(self.now(), Index::DueReplies, key, &mut rows, is_due);
        rows.sort_by_key(|row| number_at::<i64>(row, "dueAt"));
        rows.truncate(limit);
        let items = self
            .reader()
            .as_now(Table::Replies, &rows, OPERATION)
            .await?;
        let replies = items.into_iter().map(|item| record_of(item, OPERATION));
        let mut replies: Vec<Reply> = replies.collect::<Result<_, _>>()?;
        replies.retain(|reply| is_waiting(reply) && reply.due_at.is_some_and(|due| due <= now));
        Ok(replies)
    }
}
