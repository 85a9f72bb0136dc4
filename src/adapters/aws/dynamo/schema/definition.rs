//! Keys, indexes and expiry of every table.

use crate::adapters::aws::dynamo::Table;
use crate::adapters::aws::names::Names;

/// The type of a key attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyType {
    /// `S`.
    Text,
    /// `N`.
    Number,
}

/// A key attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// The attribute.
    pub name: &'static str,
    /// Its type.
    pub kind: KeyType,
}

/// What an index holds besides its own keys and the table's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Projected {
    /// Nothing.
    Keys,
    /// These attributes.
    Some(&'static [&'static str]),
    /// Everything.
    All,
}

/// A global secondary index.
#[derive(Debug, Clone, Copy)]
pub struct IndexSchema {
    /// Its name.
    pub name: &'static str,
    /// Its partition key.
    pub hash: Key,
    /// Its sort key.
    pub range: Option<Key>,
    /// What it holds. Keys where rows are read again anyway: then a write that leaves the keys alone costs the index
    /// nothing.
    pub projected: Projected,
}

/// A table. All are billed per request and can be recovered to a point in time.
#[derive(Debug, Clone, Copy)]
pub struct TableSchema {
    /// Which one.
    pub table: Table,
    /// Its partition key.
    pub hash: Key,
    /// Its sort key.
    pub range: Option<Key>,
    /// Its indexes.
    pub indexes: &'static [IndexSchema],
    /// The attribute by which DynamoDB deletes items, in epoch seconds (S1).
    pub ttl: Option<&'static str>,
}

impl TableSchema {
    /// The table's name.
    pub fn name(&self, names: &Names) -> String {
        match self.table {
            Table::Sessions => names.table_sessions().to_owned(),
            Table::Threads => names.table_threads(),
            Table::Containers => names.table_containers(),
            Table::Commands => names.table_commands(),
            Table::Events => names.table_events(),
            Table::Messages => names.table_messages(),
            Table::Replies => names.table_replies(),
        }
    }

    /// Every key attribute of the table and its indexes, each once.
    pub fn keys(&self) -> Vec<Key> {
        let of_indexes = self
            .indexes
            .iter()
            .flat_map(|index| [Some(index.hash), index.range]);
        let mut keys = Vec::new();
        for key in [Some(self.hash), self.range]
            .into_iter()
            .chain(of_indexes)
            .flatten()
        {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys
    }
}

const fn text(name: &'static str) -> Key {
    Key {
        name,
        kind: KeyType::Text,
    }
}

const fn number(name: &'static str) -> Key {
    Key {
        name,
        kind: KeyType::Number,
    }
}

const fn table(table: Table) -> TableSchema {
    TableSchema {
        table,
        hash: text(table.hash_key()),
        range: None,
        indexes: &[],
        ttl: None,
    }
}

/// All tables.
pub const SCHEMA: [TableSchema; 7] = [
    TableSchema {
        range: Some(text("userId")),
        indexes: &[
            IndexSchema {
                name: "ClientIndex",
                hash: text("clientId"),
                range: Some(number("lastActivity")),
                projected: Projected::All,
            },
            IndexSchema {
                name: "LiveIndex",
                hash: number("liveShard"),
                // not `ttl`, which other tools write: an index refuses rows in which its key has another type
                range: Some(number("liveUntil")),
                projected: Projected::Some(&["status", "openCommands", "ttl"]),
            },
            IndexSchema {
                name: "ContainerIndex",
                hash: text("liveIn"),
                range: None,
                projected: Projected::Keys,
            },
        ],
        ttl: Some("ttl"),
        ..table(Table::Sessions)
    },
    table(Table::Threads),
    TableSchema {
        indexes: &[
            IndexSchema {
                name: "DueIndex",
                hash: number("dueShard"),
                range: Some(number("dueAt")),
                projected: Projected::Some(&["clientId"]),
            },
            IndexSchema {
                name: "AwakeIndex",
                hash: text("awake"),
                range: None,
                projected: Projected::Keys,
            },
        ],
        ..table(Table::Containers)
    },
    TableSchema {
        indexes: &[IndexSchema {
            name: "SessionIndex",
            hash: text("sessionId"),
            range: Some(number("sequence")),
            projected: Projected::Keys,
        }],
        ..table(Table::Commands)
    },
    TableSchema {
        range: Some(number("sequence")),
        ttl: Some("ttl"),
        ..table(Table::Events)
    },
    TableSchema {
        indexes: &[IndexSchema {
            name: "ReceivedIndex",
            hash: number("receivedShard"),
            range: Some(text("received")),
            projected: Projected::Keys,
        }],
        ttl: Some("ttl"),
        ..table(Table::Messages)
    },
    TableSchema {
        indexes: &[IndexSchema {
            name: "DueIndex",
            hash: number("dueShard"),
            range: Some(number("dueAt")),
            projected: Projected::Keys,
        }],
        ..table(Table::Replies)
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_defined_once() {
        assert_eq!(SCHEMA.map(|schema| schema.table), Table::ALL);
    }

    #[test]
    fn an_attribute_has_one_type_in_a_table() {
        for schema in SCHEMA {
            let mut names: Vec<_> = schema.keys().iter().map(|key| key.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), schema.keys().len(), "{:?}", schema.table);
        }
    }
}
