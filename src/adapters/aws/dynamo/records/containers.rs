//! Containers as items. Beside the record, an item names the container's open commands, one attribute each.

use std::collections::HashMap;

use async_trait::async_trait;

use crate::adapters::aws::dynamo::DynamoStore;
use crate::adapters::aws::dynamo::engine::{
    Change, Condition, Edit, Index, Item, Table, VERSION, item_of, number, number_at, record_of,
    shard, text, text_at,
};
use crate::domain::command::Command;
use crate::domain::container::Container;
use crate::domain::ids::ContainerId;
use crate::domain::time::Timestamp;
use crate::ports::container_store::ContainerStore;
use crate::ports::fault::Fault;

/// What the attribute of an open command begins with; its id follows, and its value is the command's sequence.
const OPEN: &str = "open#";
/// There while it waits for its start, together with `dueAt`.
const DUE_SHARD: &str = "dueShard";
/// There while it has or may have a task.
const AWAKE: &str = "awake";

/// Attributes that a container does not always have: whichever a write does not set, it removes.
const OPTIONAL: [&str; 10] = [
    "since",
    "task",
    "reason",
    "dueAt",
    "heartbeatAt",
    "sleepAt",
    "lastStop",
    "lastStopDetail",
    DUE_SHARD,
    AWAKE,
];

/// An update and not the whole item, because the open commands stay.
pub(in crate::adapters::aws::dynamo) fn change(mut container: Container) -> Result<Change, Fault> {
    let condition = Condition::decided_from(container.version);
    container.version = container.version.saturating_add(1);
    let id = container.container_id.as_str();
    let mut item = item_of(&container)?;
    item.remove(Table::Containers.hash_key());
    if is_waiting(&container) {
        item.insert(DUE_SHARD.to_owned(), shard(id));
    }
    if container.is_awake() {
        item.insert(AWAKE.to_owned(), text(AWAKE));
    }
    let gone = OPTIONAL.iter().filter(|name| !item.contains_key(**name));
    let mut edits: Vec<_> = gone
        .map(|name| ((*name).to_owned(), Edit::Remove))
        .collect();
    let set = item
        .into_iter()
        .map(|(name, value)| (name, Edit::Set(value)));
    edits.extend(set);
    let key = Table::Containers.key(id);
    let (waiting, awake) = index_rows(&container);
    let change = Change::update(Table::Containers, id, key, edits, Some(condition));
    Ok(change
        .shown(Index::Waiting, waiting)
        .shown(Index::Awake, awake))
}

/// The rows of a container in the index of those that wait and of those that are awake.
fn index_rows(container: &Container) -> (Option<Item>, Option<Item>) {
    let key = Table::Containers.key(container.container_id.as_str());
    let awake = container.is_awake().then(|| key.clone());
    let due = container.due_at.filter(|_| is_waiting(container));
    let waiting = due.map(|due| {
        let mut row = key;
        row.insert("dueAt".to_owned(), number(due.as_millis()));
        row.insert("clientId".to_owned(), text(container.client_id.as_str()));
        row
    });
    (waiting, awake)
}

/// Names an open command in its container's item, or names it no more.
pub(in crate::adapters::aws::dynamo) fn note_open(
    command: &Command,
    opens: bool,
) -> (String, Edit) {
    let name = format!("{OPEN}{}", command.command_id);
    let edit = if opens {
        Edit::Set(number(command.sequence))
    } else {
        Edit::Remove
    };
    (name, edit)
}

/// The open commands that an item names.
pub(super) fn open_ids(item: &Item) -> Vec<String> {
    let names = item.keys().filter_map(|name| name.strip_prefix(OPEN));
    names.map(str::to_owned).collect()
}

/// Whether it waits for its start, now or later.
fn is_waiting(container: &Container) -> bool {
    !container.is_awake() && container.open_commands > 0 && container.due_at.is_some()
}

/// The container of an item, unless the item names open commands and nothing else.
fn container(item: Item, operation: &'static str) -> Result<Option<Container>, Fault> {
    if item.contains_key(VERSION) {
        record_of(item, operation).map(Some)
    } else {
        Ok(None)
    }
}

#[async_trait]
impl ContainerStore for DynamoStore {
    async fn get(&self, id: &ContainerId) -> Result<Option<Container>, Fault> {
        const OPERATION: &str = "containers.get";
        let key = Table::Containers.key(id.as_str());
        match self.reader().get(Table::Containers, key, OPERATION).await? {
            Some(item) => container(item, OPERATION),
            None => Ok(None),
        }
    }

    /// One query when all sleep. The index is not sharded: only starts and stops write to it, and heartbeats do not.
    async fn awake(&self) -> Result<Vec<Container>, Fault> {
        const OPERATION: &str = "containers.awake";
        let query = self
            .reader()
            .query(Table::Containers, Some("AwakeIndex"))
            .key_condition_expression("awake = :awake")
            .expression_attribute_values(":awake", text(AWAKE));
        let mut rows = self.reader().rows(query, usize::MAX, OPERATION).await?;
        let key = Table::Containers.hash_key();
        let recent = self.recent();
        recent.add(self.now(), Index::Awake, key, &mut rows, |_| true);
        let mut containers = self.containers(&rows, OPERATION).await?;
        containers.retain(Container::is_awake);
        Ok(containers)
    }

    async fn waiting(&self, now: Timestamp, limit: usize) -> Result<Vec<Container>, Fault> {
        const OPERATION: &str = "containers.waiting";
        let query = |shard| {
            self.reader()
                .query(Table::Containers, Some("DueIndex"))
                .key_condition_expression("dueShard = :shard AND dueAt <= :now")
                .expression_attribute_values(":shard", shard)
                .expression_attribute_values(":now", number(now.as_millis()))
        };
        let mut rows = self
            .reader()
            .in_all_shards(query, usize::MAX, OPERATION)
            .await?;
        let is_due =
            |row: &Item| number_at(row, "dueAt").is_some_and(|due: i64| due <= now.as_millis());
        let key = Table::Containers.hash_key();
        let recent = self.recent();
        recent.add(self.now(), Index::Waiting, key, &mut rows, is_due);
        let rows = fair(rows, limit);
        let mut containers = self.containers(&rows, OPERATION).await?;
        containers.retain(|c| is_waiting(c) && c.due_at.is_some_and(|due| due <= now));
        Ok(containers)
    }
}

impl DynamoStore {
    async fn containers(
        &self,
        rows: &[Item],
        operation: &'static str,
    ) -> Result<Vec<Container>, Fault> {
        let items = self
            .reader()
            .as_now(Table::Containers, rows, operation)
            .await?;
        let containers = items.into_iter().map(|item| container(item, operation));
        containers.filter_map(Result::transpose).collect()
    }
}

/// The first `limit` rows in fair order: the longest waiting of every client, then the second of every client.
fn fair(mut rows: Vec<Item>, limit: usize) -> Vec<Item> {
    let due = |row: &Item| number_at::<i64>(row, "dueAt");
    let id = |row: &Item| text_at(row, "containerId").map(str::to_owned);
    rows.sort_by_cached_key(|row| (due(row), id(row)));
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut ranked: Vec<_> = rows
        .into_iter()
        .enumerate()
        .map(|(waits, row)| {
            let client = text_at(&row, "clientId").unwrap_or_default();
            let place = places.entry(client.to_owned()).or_default();
            *place += 1;
            ((*place, waits), row)
        })
        .collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().take(limit).map(|(_, row)| row).collect()
}
