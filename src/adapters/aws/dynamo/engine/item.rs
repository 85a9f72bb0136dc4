//! Items: what DynamoDB stores of a record.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_dynamo::aws_sdk_dynamodb_1::{from_item, to_item};

use crate::domain::ids::hash_parts;
use crate::ports::fault::{Fault, FaultKind};

/// Attributes by name.
pub(in crate::adapters::aws::dynamo) type Item = HashMap<String, AttributeValue>;

/// The attribute that counts the writes of a record.
pub(in crate::adapters::aws::dynamo) const VERSION: &str = "version";

/// The attribute by which DynamoDB deletes what is over: epoch seconds (S1).
pub(in crate::adapters::aws::dynamo) const TTL: &str = "ttl";

/// Over how many partitions a sparse index spreads what is due: DynamoDB takes 1000 writes a second in each.
pub(in crate::adapters::aws::dynamo) const SHARDS: u8 = 8;

/// A string.
pub(in crate::adapters::aws::dynamo) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// A number; DynamoDB keeps 38 digits of it.
pub(in crate::adapters::aws::dynamo) fn number(value: impl Into<i128>) -> AttributeValue {
    AttributeValue::N(value.into().to_string())
}

/// The shard of what is named `id`.
pub(in crate::adapters::aws::dynamo) fn shard(id: &str) -> AttributeValue {
    let [first, ..] = hash_parts(&[id.as_bytes()]);
    number(first % SHARDS)
}

/// The item of a record: its fields as attributes, those that are absent left out.
pub(in crate::adapters::aws::dynamo) fn item_of(record: &impl Serialize) -> Result<Item, Fault> {
    let mut item: Item =
        to_item(record).map_err(|error| Fault::new("encode record", FaultKind::Broken, error))?;
    item.retain(|_, value| !value.is_null());
    Ok(item)
}

/// The record of an item.
pub(in crate::adapters::aws::dynamo) fn record_of<T: DeserializeOwned>(
    item: Item,
    operation: &'static str,
) -> Result<T, Fault> {
    from_item(item).map_err(|error| Fault::new(operation, FaultKind::Broken, error))
}

/// The text of an attribute.
pub(in crate::adapters::aws::dynamo) fn text_at<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

/// The whole number of an attribute.
pub(in crate::adapters::aws::dynamo) fn number_at<T: std::str::FromStr>(
    item: &Item,
    name: &str,
) -> Option<T> {
    item.get(name)?.as_n().ok()?.parse().ok()
}

/// How many bytes of an item's 400 KB it takes, as DynamoDB counts: names and values in UTF-8, numbers by two digits a
/// byte, a little for every list and map.
pub(in crate::adapters::aws::dynamo) fn size_of(item: &Item) -> usize {
    item.iter()
        .map(|(name, value)| name.len() + size_of_value(value))
        .sum()
}

fn size_of_value(value: &AttributeValue) -> usize {
    /// What a list or map takes itself, and each of its elements besides its own size.
    const NEST: usize = 3;
    const ELEMENT: usize = 1;
    if let AttributeValue::S(text) = value {
        text.len()
    } else if let AttributeValue::N(digits) = value {
        digits.len() / 2 + 2
    } else if let AttributeValue::L(values) = value {
        let elements = values.iter().map(|value| ELEMENT + size_of_value(value));
        NEST + elements.sum::<usize>()
    } else if let AttributeValue::M(values) = value {
        NEST + ELEMENT * values.len() + size_of(values)
    } else {
        1 // true, false or null: records have no others
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_fields_are_no_attributes() {
        #[derive(Serialize)]
        struct Record {
            here: u64,
            gone: Option<u64>,
        }
        let item = item_of(&Record {
            here: u64::MAX,
            gone: None,
        });
        let expected = Item::from([("here".to_owned(), number(u64::MAX))]);
        assert_eq!(item.unwrap(), expected);
    }

    #[test]
    fn shards_are_spread_and_stay_the_same() {
        let all: std::collections::HashSet<_> = (0..100)
            .map(|n| format!("{:?}", shard(&n.to_string())))
            .collect();
        assert_eq!(all.len(), usize::from(SHARDS));
        assert_eq!(shard("box-1"), shard("box-1"));
    }

    #[test]
    fn sizes_are_about_those_of_dynamodb() {
        let item = Item::from([
            ("id".to_owned(), text("x".repeat(10))),
            (
                "map".to_owned(),
                AttributeValue::M(Item::from([("a".to_owned(), number(5))])),
            ),
        ]);
        assert_eq!(size_of(&item), 12 + 3 + 3 + 1 + 1 + 2);
    }
}
