//! The mail journal as items.

use async_trait::async_trait;

use crate::adapters::aws::dynamo::DynamoStore;
use crate::adapters::aws::dynamo::engine::{
    Change, Condition, Table, decode, encode, item_of, record_of, shard, text, text_at,
};
use crate::domain::ids::JournalId;
use crate::domain::journal::JournalRow;
use crate::domain::time::Timestamp;
use crate::ports::fault::Fault;
use crate::ports::journal_store::JournalStore;
use crate::ports::session_store::Page;

/// The sort key of the index: when it arrived and its id, so that no two are the same.
const RECEIVED: &str = "received";

pub(in crate::adapters::aws::dynamo) fn change(mut row: JournalRow) -> Result<Change, Fault> {
    let condition = Condition::decided_from(row.version);
    row.version = row.version.saturating_add(1);
    let id = row.journal_id.as_str();
    let mut item = item_of(&row)?;
    item.insert("receivedShard".to_owned(), shard(id));
    item.insert(RECEIVED.to_owned(), text(place(row.received_at, id)));
    Change::put(Table::Messages, id, item, condition)
}

/// Sorts by time, then by id: 15 digits of milliseconds last until the year 33658.
fn place(at: Timestamp, id: &str) -> String {
    format!("{:015}#{id}", at.as_millis().max(0))
}

fn is_place(text: &str) -> bool {
    let parts = text.split_once('#');
    let parts = parts.and_then(|(at, id)| Some((at.parse().ok()?, id)));
    parts.is_some_and(|(at, id)| place(Timestamp::from_millis(at), id) == text)
}

#[async_trait]
impl JournalStore for DynamoStore {
    async fn get(&self, id: &JournalId) -> Result<Option<JournalRow>, Fault> {
        const OPERATION: &str = "journal.get";
        let key = Table::Messages.key(id.as_str());
        let item = self.reader().get(Table::Messages, key, OPERATION).await?;
        item.map(|item| record_of(item, OPERATION)).transpose()
    }

    /// Eight queries whose rows are merged: the rows of all time are spread over as many partitions, whatever the day.
    async fn list(&self, limit: usize, cursor: Option<&str>) -> Result<Page<JournalRow>, Fault> {
        const OPERATION: &str = "journal.list";
        /// Above every time.
        const TOP: &str = ":";
        let before = cursor.and_then(decode::<1>).map(|[place]| place);
        let before = before.filter(|before| is_place(before));
        let before = text(before.as_deref().unwrap_or(TOP));
        let query = |shard| {
            self.reader()
                .query(Table::Messages, Some("ReceivedIndex"))
                .key_condition_expression("receivedShard = :shard AND received < :before")
                .expression_attribute_values(":shard", shard)
                .expression_attribute_values(":before", before.clone())
                .scan_index_forward(false)
        };
        let more = limit.saturating_add(1);
        let mut rows = self.reader().in_all_shards(query, more, OPERATION).await?;
        rows.sort_by(|a, b| text_at(b, RECEIVED).cmp(&text_at(a, RECEIVED)));
        let follows = rows.len() > limit;
        rows.truncate(limit);
        let end = rows.last().filter(|_| follows);
        let next = end
            .and_then(|end| text_at(end, RECEIVED))
            .map(|end| encode(&[end]));
        let items = self
            .reader()
            .as_now(Table::Messages, &rows, OPERATION)
            .await?;
        let items = items.into_iter().map(|item| record_of(item, OPERATION));
        Ok(Page {
            items: items.collect::<Result<_, _>>()?,
            next,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_sort_by_time_and_then_by_id() {
        let at = Timestamp::from_millis;
        assert!(place(at(9), "msg-b") < place(at(10), "msg-a"));
        assert!(place(at(10), "msg-a") < place(at(10), "msg-b"));
        assert!(is_place(&place(at(10), "msg-a")));
        for not in ["", "#", "10#msg-a", "\0", "{}"] {
            assert!(!is_place(not), "{not:?}");
        }
    }
}
