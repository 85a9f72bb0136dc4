//! Threads, and the pointers that lead to them, in one table. A pointer's key has a `#`, an id has none.

use async_trait::async_trait;

use crate::adapters::aws::dynamo::DynamoStore;
use crate::adapters::aws::dynamo::engine::{
    Change, Condition, Edit, Table, in_order, item_of, record_of, text, text_at,
};
use crate::domain::ids::ThreadId;
use crate::domain::thread::{Pointer, PointerKey, Thread};
use crate::ports::fault::Fault;
use crate::ports::thread_store::ThreadStore;

/// The attribute in which a pointer names its thread; not `threadId`, which is the table's key.
const POINTS_TO: &str = "pointsTo";

pub(in crate::adapters::aws::dynamo) fn change(mut thread: Thread) -> Result<Change, Fault> {
    let condition = Condition::decided_from(thread.version);
    thread.version = thread.version.saturating_add(1);
    let id = thread.thread_id.as_str();
    Change::put(Table::Threads, id, item_of(&thread)?, condition)
}

/// A pointer that is there stays as it is. An update without a condition, because a condition that does not hold would
/// cancel the whole transaction.
pub(in crate::adapters::aws::dynamo) fn point(pointer: &Pointer) -> Change {
    let id = pointer.key.as_str();
    let thread = text(pointer.thread_id.as_str());
    let edit = (POINTS_TO.to_owned(), Edit::SetIfAbsent(thread));
    Change::update(Table::Threads, id, Table::Threads.key(id), vec![edit], None)
}

#[async_trait]
impl ThreadStore for DynamoStore {
    async fn get(&self, id: &ThreadId) -> Result<Option<Thread>, Fault> {
        const OPERATION: &str = "threads.get";
        let key = Table::Threads.key(id.as_str());
        let item = self.reader().get(Table::Threads, key, OPERATION).await?;
        item.map(|item| record_of(item, OPERATION)).transpose()
    }

    async fn resolve(&self, keys: &[PointerKey]) -> Result<Option<(PointerKey, Thread)>, Fault> {
        const OPERATION: &str = "threads.resolve";
        let mut ids: Vec<String> = Vec::with_capacity(keys.len());
        for key in keys {
            // a batch must not name a key twice
            if !ids.iter().any(|id| id == key.as_str()) {
                ids.push(key.as_str().to_owned());
            }
        }
        let items = if let [id] = ids.as_slice() {
            let item = self
                .reader()
                .get(Table::Threads, Table::Threads.key(id), OPERATION);
            Vec::from_iter(item.await?)
        } else {
            let keys = ids.iter().map(|id| Table::Threads.key(id)).collect();
            self.reader().fetch(Table::Threads, keys, OPERATION).await?
        };
        let hash_key = Table::Threads.hash_key();
        let found = in_order(hash_key, &ids, items);
        let first = found.iter().find_map(|item| {
            let thread: ThreadId = text_at(item, POINTS_TO)?.parse().ok()?;
            let from = text_at(item, hash_key)?;
            let key = keys.iter().find(|key| key.as_str() == from)?;
            Some((key.clone(), thread))
        });
        let Some((key, thread)) = first else {
            return Ok(None);
        };
        let thread = ThreadStore::get(self, &thread).await?;
        Ok(thread.map(|thread| (key, thread)))
    }
}
