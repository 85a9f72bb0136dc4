//! One conditional write of one item, alone or as a part of a transaction.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{BuildError, SdkError};
use aws_sdk_dynamodb::types::{Put, TransactWriteItem, Update};

use super::expression::{Condition, Edit, Placeholders};
use super::item::{Item, size_of};
use super::recent::{Index, IndexRow};
use super::table::{Table, Tables};
use crate::adapters::aws::fault::fault;
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::ledger::CommitError;

/// Largest item that DynamoDB takes, in bytes.
const LARGEST: usize = 400 * 1024;

/// A write of one item.
#[derive(Debug, Clone)]
pub(in crate::adapters::aws::dynamo) struct Change {
    pub(in crate::adapters::aws::dynamo) table: Table,
    /// The item's key, as text: no two changes of a transaction may have the same.
    pub(in crate::adapters::aws::dynamo) id: String,
    action: Action,
    condition: Option<Condition>,
    /// What indexes will say of the item afterwards.
    index_rows: Vec<IndexRow>,
}

#[derive(Debug, Clone)]
enum Action {
    /// The whole item.
    Put(Item),
    /// Some attributes of the item with this key; others, by whomever they are, stay.
    Update(Item, Vec<(String, Edit)>),
}

impl Change {
    /// Writes a whole item.
    pub(in crate::adapters::aws::dynamo) fn put(
        table: Table,
        id: impl Into<String>,
        item: Item,
        condition: Condition,
    ) -> Result<Self, Fault> {
        let size = size_of(&item);
        if size > LARGEST {
            let why =
                format!("an item of {size} bytes is more than the {LARGEST} that DynamoDB takes");
            return Err(Fault::new("encode record", FaultKind::Broken, why));
        }
        Ok(Self {
            table,
            id: id.into(),
            action: Action::Put(item),
            condition: Some(condition),
            index_rows: Vec::new(),
        })
    }

    /// Writes attributes of an item, which is made if it does not exist and the condition allows it.
    pub(in crate::adapters::aws::dynamo) fn update(
        table: Table,
        id: impl Into<String>,
        key: Item,
        edits: Vec<(String, Edit)>,
        condition: Option<Condition>,
    ) -> Self {
        Self {
            table,
            id: id.into(),
            action: Action::Update(key, edits),
            condition,
            index_rows: Vec::new(),
        }
    }

    /// The row that the item has in an index after this write, if it has one.
    pub(in crate::adapters::aws::dynamo) fn shown(
        mut self,
        index: Index,
        row: Option<Item>,
    ) -> Self {
        self.index_rows.push((index, row));
        self
    }

    /// The rows of indexes that follow from this write, each with the item's id.
    pub(in crate::adapters::aws::dynamo) fn take_index_rows(&mut self) -> Vec<(String, IndexRow)> {
        let rows = self.index_rows.drain(..);
        rows.map(|row| (self.id.clone(), row)).collect()
    }

    /// Edits more attributes in the same write; for an update only.
    pub(in crate::adapters::aws::dynamo) fn also(&mut self, edit: (String, Edit)) {
        match &mut self.action {
            Action::Update(_, edits) => edits.push(edit),
            Action::Put(item) => match edit {
                (name, Edit::Set(value) | Edit::SetIfAbsent(value)) => {
                    item.insert(name, value);
                }
                (name, Edit::Remove) => {
                    item.remove(&name);
                }
            },
        }
    }

    /// Makes this write alone.
    ///
    /// The SDK tries again when the answer is lost. If the first try was made after all, the second one finds the condition
    /// broken by it: the caller hears of a conflict, reads again, and finds what it wrote.
    pub(in crate::adapters::aws::dynamo) async fn commit(
        self,
        client: &Client,
        tables: &Tables,
        operation: &'static str,
    ) -> Result<(), CommitError> {
        let mut all = Placeholders::default();
        let condition = self.condition.map(|condition| all.condition(condition));
        let table = tables.name(self.table);
        match self.action {
            Action::Put(item) => client
                .put_item()
                .table_name(table)
                .set_item(Some(item))
                .set_condition_expression(condition)
                .set_expression_attribute_names(filled(all.names))
                .set_expression_attribute_values(filled(all.values))
                .send()
                .await
                .map(drop)
                .map_err(|error| commit_error(error, operation)),
            Action::Update(key, edits) => client
                .update_item()
                .table_name(table)
                .set_key(Some(key))
                .update_expression(all.update(edits))
                .set_condition_expression(condition)
                .set_expression_attribute_names(filled(all.names))
                .set_expression_attribute_values(filled(all.values))
                .send()
                .await
                .map(drop)
                .map_err(|error| commit_error(error, operation)),
        }
    }

    /// This write as a part of a transaction.
    pub(in crate::adapters::aws::dynamo) fn in_transaction(
        self,
        tables: &Tables,
    ) -> Result<TransactWriteItem, BuildError> {
        let mut all = Placeholders::default();
        let condition = self.condition.map(|condition| all.condition(condition));
        let table = tables.name(self.table);
        let item = TransactWriteItem::builder();
        Ok(match self.action {
            Action::Put(attributes) => item.put(
                Put::builder()
                    .table_name(table)
                    .set_item(Some(attributes))
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(filled(all.names))
                    .set_expression_attribute_values(filled(all.values))
                    .build()?,
            ),
            Action::Update(key, edits) => item.update(
                Update::builder()
                    .table_name(table)
                    .set_key(Some(key))
                    .update_expression(all.update(edits))
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(filled(all.names))
                    .set_expression_attribute_values(filled(all.values))
                    .build()?,
            ),
        }
        .build())
    }
}

/// DynamoDB refuses placeholders that are empty maps.
fn filled<V>(
    map: std::collections::HashMap<String, V>,
) -> Option<std::collections::HashMap<String, V>> {
    (!map.is_empty()).then_some(map)
}

/// What it means that one write alone was not made.
fn commit_error<E>(error: SdkError<E>, operation: &'static str) -> CommitError
where
    E: aws_sdk_dynamodb::error::ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    match error.as_service_error().and_then(E::code) {
        Some("ConditionalCheckFailedException" | "TransactionConflictException") => {
            CommitError::Conflict
        }
        Some(_) | None => CommitError::Backend(fault(operation)(error)),
    }
}
