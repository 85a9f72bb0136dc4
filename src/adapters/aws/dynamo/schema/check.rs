//! Compares the tables that are there with what they must be.

use std::fmt;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    KeySchemaElement, KeyType as Role, Projection, ProjectionType, TableDescription, TableStatus,
    TimeToLiveDescription, TimeToLiveStatus,
};
use futures_util::future::join_all;

use super::create::{describe, recovery, scalar};
use super::definition::{IndexSchema, Key, Projected, SCHEMA, TableSchema};
use crate::adapters::aws::fault::fault;
use crate::adapters::aws::names::Names;
use crate::ports::fault::Fault;

/// Something about a table that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are what was found")]
pub enum Difference {
    /// There is no such table.
    Missing,
    /// It cannot be used now.
    NotActive { status: String },
    /// Its key is another one: it must be made anew.
    Keys { expected: String, found: String },
    /// An index is not there.
    NoIndex { index: &'static str },
    /// An index has another key.
    IndexKeys {
        index: &'static str,
        expected: String,
        found: String,
    },
    /// An index does not hold what is read from it.
    Projection { index: &'static str },
    /// Nothing deletes what is over; for us it is over all the same.
    NoExpiry { attribute: &'static str },
    /// Deletion goes by another attribute.
    OtherExpiry {
        expected: &'static str,
        found: String,
    },
    /// It cannot be recovered to a point in time.
    NoRecovery,
}

impl Difference {
    /// Whether Hermes cannot work with the table as it is.
    pub fn is_fatal(&self) -> bool {
        match self {
            Self::Missing
            | Self::NotActive { .. }
            | Self::Keys { .. }
            | Self::NoIndex { .. }
            | Self::IndexKeys { .. }
            | Self::Projection { .. }
            | Self::OtherExpiry { .. } => true,
            Self::NoExpiry { .. } | Self::NoRecovery => false,
        }
    }

    /// What to do about it.
    pub fn fix(&self) -> &'static str {
        match self {
            Self::Missing | Self::NoIndex { .. } | Self::NoExpiry { .. } | Self::NoRecovery => {
                "run `hermes provision`, or deploy config/aws"
            }
            Self::NotActive { .. } => "wait until it is active",
            Self::Keys { .. } => {
                "keys cannot be changed: name another table, or move its items to a new one"
            }
            Self::IndexKeys { .. } | Self::Projection { .. } => {
                "delete the index and run `hermes provision`"
            }
            Self::OtherExpiry { .. } => {
                "switch its time to live off, wait an hour, and run `hermes provision`"
            }
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("does not exist"),
            Self::NotActive { status } => write!(f, "is {status}, not ACTIVE"),
            Self::Keys { expected, found } => write!(f, "has the key {found}, not {expected}"),
            Self::NoIndex { index } => write!(f, "lacks the index {index}"),
            Self::IndexKeys {
                index,
                expected,
                found,
            } => write!(
                f,
                "has an index {index} with the key {found}, not {expected}"
            ),
            Self::Projection { index } => {
                write!(
                    f,
                    "has an index {index} that does not hold what is read from it"
                )
            }
            Self::NoExpiry { attribute } => {
                write!(f, "does not delete items by their attribute {attribute}")
            }
            Self::OtherExpiry { expected, found } => {
                write!(
                    f,
                    "deletes items by their attribute {found}, not {expected}"
                )
            }
            Self::NoRecovery => f.write_str("cannot be recovered to a point in time"),
        }
    }
}

/// What was found out about one table.
#[derive(Debug)]
pub struct Inspection {
    /// The table's name.
    pub name: String,
    /// What is not as it must be; empty when all is well.
    pub found: Result<Vec<Difference>, Fault>,
}

/// Looks at every table. One that cannot be looked at does not keep the others from being.
pub async fn inspect(client: &Client, names: &Names) -> Vec<Inspection> {
    let tables = SCHEMA.iter().map(|schema| async move {
        let name = schema.name(names);
        let found = inspect_table(client, schema, &name).await;
        Inspection { name, found }
    });
    join_all(tables).await
}

async fn inspect_table(
    client: &Client,
    schema: &TableSchema,
    name: &str,
) -> Result<Vec<Difference>, Fault> {
    let Some(table) = describe(client, name).await? else {
        return Ok(vec![Difference::Missing]);
    };
    let ttl = client.describe_time_to_live().table_name(name).send().await;
    let ttl = ttl.map_err(fault("dynamodb.describe_time_to_live"))?;
    let mut found = differences(schema, &table, ttl.time_to_live_description());
    if !recovery(client, name).await? {
        found.push(Difference::NoRecovery);
    }
    Ok(found)
}

/// How a table differs from its definition.
pub fn differences(
    schema: &TableSchema,
    table: &TableDescription,
    ttl: Option<&TimeToLiveDescription>,
) -> Vec<Difference> {
    let mut found = Vec::new();
    let status = table.table_status();
    if !matches!(status, Some(TableStatus::Active | TableStatus::Updating)) {
        found.push(Difference::NotActive {
            status: status.map_or("unknown", TableStatus::as_str).to_owned(),
        });
    }
    let expected = expected_keys(schema.hash, schema.range);
    let keys = found_keys(table, table.key_schema());
    if keys != expected {
        found.push(Difference::Keys {
            expected,
            found: keys,
        });
    }
    for index in schema.indexes {
        found.extend(index_difference(index, table));
    }
    found.extend(expiry_difference(schema, ttl));
    found
}

fn index_difference(schema: &IndexSchema, table: &TableDescription) -> Option<Difference> {
    let mut indexes = table.global_secondary_indexes().iter();
    let Some(index) = indexes.find(|index| index.index_name() == Some(schema.name)) else {
        return Some(Difference::NoIndex { index: schema.name });
    };
    let expected = expected_keys(schema.hash, schema.range);
    let found = found_keys(table, index.key_schema());
    if found != expected {
        return Some(Difference::IndexKeys {
            index: schema.name,
            expected,
            found,
        });
    }
    let projection = index.projection();
    let everything = projection
        .and_then(|projection| projection.projection_type())
        .is_some_and(|kind| *kind == ProjectionType::All);
    let held = projection
        .map(Projection::non_key_attributes)
        .unwrap_or_default();
    let enough = everything
        || match schema.projected {
            Projected::Keys => true,
            Projected::All => false,
            Projected::Some(names) => names
                .iter()
                .all(|name| held.iter().any(|held| held == name)),
        };
    (!enough).then_some(Difference::Projection { index: schema.name })
}

fn expiry_difference(
    schema: &TableSchema,
    ttl: Option<&TimeToLiveDescription>,
) -> Option<Difference> {
    let status = ttl.and_then(|ttl| ttl.time_to_live_status());
    let on = matches!(
        status,
        Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)
    );
    let attribute = ttl.and_then(|ttl| ttl.attribute_name()).filter(|_| on);
    match (schema.ttl, attribute) {
        (Some(expected), None) => Some(Difference::NoExpiry {
            attribute: expected,
        }),
        (Some(expected), Some(found)) if found != expected => Some(Difference::OtherExpiry {
            expected,
            found: found.to_owned(),
        }),
        (Some(_), Some(_)) | (None, _) => None,
    }
}

fn expected_keys(hash: Key, range: Option<Key>) -> String {
    let keys = [Some(hash), range].into_iter().flatten();
    let keys = keys.map(|key| format!("{} {}", key.name, scalar(key.kind)));
    keys.collect::<Vec<_>>().join(" + ")
}

fn found_keys(table: &TableDescription, keys: &[KeySchemaElement]) -> String {
    let kind = |name: &str| {
        let mut attributes = table.attribute_definitions().iter();
        let attribute = attributes.find(|attribute| attribute.attribute_name() == name);
        attribute.map_or("?", |attribute| attribute.attribute_type().as_str())
    };
    let having = |role: Role| {
        let keys = keys.iter().filter(move |key| *key.key_type() == role);
        keys.map(|key| format!("{} {}", key.attribute_name(), kind(key.attribute_name())))
    };
    having(Role::Hash)
        .chain(having(Role::Range))
        .collect::<Vec<_>>()
        .join(" + ")
}
