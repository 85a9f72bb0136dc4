//! Reads: by key, many by key, and pages of a query. Nothing scans.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::KeysAndAttributes;
use futures_util::future::try_join_all;

use super::item::{Item, SHARDS, number, text_at};
use super::table::{Table, Tables};
use crate::adapters::aws::fault::fault;
use crate::ports::fault::{Fault, FaultKind};

/// Most keys in one `BatchGetItem`.
const BATCH: usize = 100;

/// Most rows asked for in one page of a query that filters.
const LONGEST_PAGE: usize = 1000;

/// Reads items.
///
/// Reads by key are consistent. An index of DynamoDB follows its table within a moment, not at once: what is found in one is
/// read again by its key, so that an index may miss the newest but never shows what is no longer true.
#[derive(Debug, Clone)]
pub(in crate::adapters::aws::dynamo) struct Reader {
    pub(in crate::adapters::aws::dynamo) client: Client,
    pub(in crate::adapters::aws::dynamo) tables: Tables,
}

impl Reader {
    /// The item of a key.
    pub(in crate::adapters::aws::dynamo) async fn get(
        &self,
        table: Table,
        key: Item,
        operation: &'static str,
    ) -> Result<Option<Item>, Fault> {
        let answer = self
            .client
            .get_item()
            .table_name(self.tables.name(table))
            .set_key(Some(key))
            .consistent_read(true)
            .send()
            .await
            .map_err(fault(operation))?;
        Ok(answer.item)
    }

    /// The items of keys, in no order; what does not exist is left out.
    pub(in crate::adapters::aws::dynamo) async fn fetch(
        &self,
        table: Table,
        keys: Vec<Item>,
        operation: &'static str,
    ) -> Result<Vec<Item>, Fault> {
        let mut found = Vec::with_capacity(keys.len());
        let mut left = keys;
        while !left.is_empty() {
            let mut batch: Vec<Item> = Vec::with_capacity(BATCH);
            for key in left.drain(..left.len().min(BATCH)) {
                // an index may show an item twice while it moves, and DynamoDB refuses a key that is asked for twice
                if !batch.contains(&key) {
                    batch.push(key);
                }
            }
            let asked = batch.len();
            let (items, unread) = self.fetch_batch(table, batch, operation).await?;
            if unread.len() >= asked {
                let why = "DynamoDB read none of the keys it was asked for";
                return Err(Fault::new(operation, FaultKind::Throttled, why));
            }
            found.extend(items);
            left.extend(unread); // an answer has at most 16 MB
        }
        Ok(found)
    }

    async fn fetch_batch(
        &self,
        table: Table,
        keys: Vec<Item>,
        operation: &'static str,
    ) -> Result<(Vec<Item>, Vec<Item>), Fault> {
        let table = self.tables.name(table);
        let keys = KeysAndAttributes::builder()
            .set_keys(Some(keys))
            .consistent_read(true)
            .build()
            .map_err(|error| Fault::new(operation, FaultKind::Broken, error))?;
        let answer = self
            .client
            .batch_get_item()
            .request_items(table, keys)
            .send()
            .await
            .map_err(fault(operation))?;
        let items = answer.responses.and_then(|mut all| all.remove(table));
        let unread = answer
            .unprocessed_keys
            .and_then(|mut all| all.remove(table));
        Ok((
            items.unwrap_or_default(),
            unread.map(|unread| unread.keys).unwrap_or_default(),
        ))
    }

    /// A query of a table, or of an index of it.
    pub(in crate::adapters::aws::dynamo) fn query(
        &self,
        table: Table,
        index: Option<&str>,
    ) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(self.tables.name(table))
            .set_index_name(index.map(str::to_owned))
    }

    /// The first `most` rows of a query, page by page. When it filters, pages grow, so that few rows cost little and a
    /// filter that lets little through does not cost a call for every row.
    pub(in crate::adapters::aws::dynamo) async fn rows(
        &self,
        query: QueryFluentBuilder,
        most: usize,
        operation: &'static str,
    ) -> Result<Vec<Item>, Fault> {
        let mut rows = Vec::new();
        let mut query = query;
        let mut page = most;
        while rows.len() < most {
            let length = page.clamp(1, LONGEST_PAGE);
            let limit = i32::try_from(length).unwrap_or(i32::MAX);
            let answer = query
                .clone()
                .limit(limit)
                .send()
                .await
                .map_err(fault(operation))?;
            rows.extend(answer.items.unwrap_or_default());
            match answer.last_evaluated_key {
                Some(end) => query = query.set_exclusive_start_key(Some(end)),
                None => break,
            }
            page = page.saturating_mul(4);
        }
        rows.truncate(most);
        Ok(rows)
    }

    /// The first `most` rows of a query in each shard of an index, in no order. `query` is given the value of the shard.
    pub(in crate::adapters::aws::dynamo) async fn in_all_shards(
        &self,
        query: impl Fn(aws_sdk_dynamodb::types::AttributeValue) -> QueryFluentBuilder,
        most: usize,
        operation: &'static str,
    ) -> Result<Vec<Item>, Fault> {
        let shards = (0..SHARDS).map(|shard| self.rows(query(number(shard)), most, operation));
        let shards = try_join_all(shards).await?;
        Ok(shards.into_iter().flatten().collect())
    }

    /// The items of `rows`, which an index gave, as their table has them now and in the same order.
    pub(in crate::adapters::aws::dynamo) async fn as_now(
        &self,
        table: Table,
        rows: &[Item],
        operation: &'static str,
    ) -> Result<Vec<Item>, Fault> {
        let ids = rows
            .iter()
            .filter_map(|row| text_at(row, table.hash_key()))
            .map(str::to_owned);
        let ids: Vec<String> = ids.collect();
        let keys = ids.iter().map(|id| table.key(id)).collect();
        let found = self.fetch(table, keys, operation).await?;
        Ok(in_order(table.hash_key(), &ids, found))
    }
}

/// Sorts items into the order of `ids`; what is not there is left out.
pub(in crate::adapters::aws::dynamo) fn in_order(
    key: &str,
    ids: &[String],
    items: Vec<Item>,
) -> Vec<Item> {
    let named = items.into_iter().filter_map(|item| {
        let id = text_at(&item, key)?.to_owned();
        Some((id, item))
    });
    let mut named: HashMap<String, Item> = named.collect();
    ids.iter().filter_map(|id| named.remove(id)).collect()
}
