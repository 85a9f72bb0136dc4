//! Tables of a test's own, and a look at them past the store.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use hermes::adapters::aws::dynamo::{DynamoStore, schema};
use hermes::adapters::aws::names::Names;
use hermes::adapters::aws::{Clients, RequestOutcome, RequestWatch};
use hermes::domain::time::Timestamp;
use hermes::ports::clock::Clock;
use hermes::ports::ledger::{CommitError, Ledger, Write};
use serde_json::Value;

use crate::support::{ManualClock, emulator};

/// An item as the SDK gives it.
pub(super) type Item = HashMap<String, AttributeValue>;

/// Counts calls by operation.
#[derive(Debug, Default)]
pub(super) struct Calls(Mutex<BTreeMap<String, u32>>);

impl RequestWatch for Calls {
    fn observed(
        &self,
        _service: &str,
        operation: &str,
        _outcome: RequestOutcome,
        _after: Duration,
    ) {
        *self
            .0
            .lock()
            .unwrap()
            .entry(operation.to_owned())
            .or_default() += 1;
    }
}

impl Calls {
    /// The calls since the last time, as `2 GetItem, 1 Query`.
    pub(super) fn take(&self) -> String {
        let calls = std::mem::take(&mut *self.0.lock().unwrap());
        let calls = calls
            .iter()
            .map(|(operation, count)| format!("{count} {operation}"));
        calls.collect::<Vec<_>>().join(", ")
    }
}

/// Empty tables in an account of the test's own.
pub(super) struct Lab {
    pub(super) client: Client,
    pub(super) names: Names,
    pub(super) clock: Arc<ManualClock>,
    pub(super) calls: Arc<Calls>,
}

impl Lab {
    pub(super) async fn new() -> Self {
        let lab = Self::without_tables();
        let made = schema::create_missing(&lab.client, &lab.names).await;
        made.expect("makes the tables");
        lab.calls.take();
        lab
    }

    pub(super) fn without_tables() -> Self {
        let calls = Arc::<Calls>::default();
        let account = emulator().account();
        let watch = Some(Arc::<Calls>::clone(&calls) as Arc<dyn RequestWatch>);
        let clients = Clients::new(&account.sdk(), &account.settings, watch);
        Self {
            client: clients.dynamodb,
            names: Names::new(&account.settings),
            clock: Arc::default(),
            calls,
        }
    }

    /// A store that remembers nothing, as that of another replica.
    pub(super) fn store(&self) -> DynamoStore {
        let clock = Arc::<ManualClock>::clone(&self.clock);
        DynamoStore::new(self.client.clone(), &self.names, clock)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Puts a session's row as another tool would.
    pub(super) async fn put_session(&self, row: Value) {
        let item: Item = serde_dynamo::aws_sdk_dynamodb_1::to_item(row).unwrap();
        let put = self
            .client
            .put_item()
            .table_name(self.names.table_sessions());
        put.set_item(Some(item)).send().await.expect("puts");
    }

    /// The row of a session, whoever wrote it.
    pub(super) async fn session_row(&self, id: &str, user: &str) -> Option<Item> {
        let key = [("sessionId", id), ("userId", user)];
        self.item(self.names.table_sessions(), &key).await
    }

    /// An item of a table with text keys.
    pub(super) async fn item(&self, table: &str, key: &[(&str, &str)]) -> Option<Item> {
        let mut get = self
            .client
            .get_item()
            .table_name(table)
            .consistent_read(true);
        for (name, value) in key {
            get = get.key(*name, AttributeValue::S((*value).to_owned()));
        }
        get.send().await.expect("reads").item
    }

    /// Removes an attribute of an item.
    pub(super) async fn remove(&self, table: &str, key: &[(&str, &str)], attribute: &str) {
        let mut update = self.client.update_item().table_name(table);
        for (name, value) in key {
            update = update.key(*name, AttributeValue::S((*value).to_owned()));
        }
        let update = update.update_expression("REMOVE #a");
        let update = update.expression_attribute_names("#a", attribute);
        update.send().await.expect("removes");
    }

    /// Deletes the row of a session, as DynamoDB does some time after its `ttl`.
    pub(super) async fn delete_session(&self, id: &str, user: &str) {
        let delete = self
            .client
            .delete_item()
            .table_name(self.names.table_sessions());
        let delete = delete
            .key("sessionId", AttributeValue::S(id.to_owned()))
            .key("userId", AttributeValue::S(user.to_owned()));
        delete.send().await.expect("deletes");
    }
}

/// Commits writes that must succeed.
pub(super) async fn write(store: &DynamoStore, writes: impl IntoIterator<Item = Write>) {
    let writes = writes.into_iter().collect();
    store.commit(writes).await.expect("commits");
}

/// Commits writes of which one must not hold.
pub(super) async fn conflict(store: &DynamoStore, writes: impl IntoIterator<Item = Write>) {
    let result = store.commit(writes.into_iter().collect()).await;
    assert!(matches!(result, Err(CommitError::Conflict)), "{result:?}");
}

/// The text of an attribute.
pub(super) fn text(item: &Item, name: &str) -> String {
    item[name].as_s().expect("a text").clone()
}

/// The number of an attribute.
pub(super) fn number(item: &Item, name: &str) -> i64 {
    item[name].as_n().expect("a number").parse().unwrap()
}
