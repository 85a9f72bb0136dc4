//! The tables, and how their items are named.

use super::item::{Item, text};
use crate::adapters::aws::names::Names;

/// A table of Hermes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each variant is the table of its name")]
pub enum Table {
    Sessions,
    Threads,
    Containers,
    Commands,
    Events,
    Messages,
    Replies,
}

impl Table {
    /// All tables.
    pub const ALL: [Self; 7] = [
        Self::Sessions,
        Self::Threads,
        Self::Containers,
        Self::Commands,
        Self::Events,
        Self::Messages,
        Self::Replies,
    ];

    /// The attribute that is its partition key.
    pub const fn hash_key(self) -> &'static str {
        match self {
            Self::Sessions | Self::Events => "sessionId",
            Self::Threads => "threadId",
            Self::Containers => "containerId",
            Self::Commands => "commandId",
            Self::Messages => "journalId",
            Self::Replies => "replyId",
        }
    }

    /// The key of an item in a table that has no sort key.
    pub(in crate::adapters::aws::dynamo) fn key(self, id: &str) -> Item {
        Item::from([(self.hash_key().to_owned(), text(id))])
    }
}

/// The names of the tables, made once.
#[derive(Debug, Clone)]
pub(in crate::adapters::aws::dynamo) struct Tables {
    sessions: String,
    threads: String,
    containers: String,
    commands: String,
    events: String,
    messages: String,
    replies: String,
}

impl Tables {
    pub(in crate::adapters::aws::dynamo) fn new(names: &Names) -> Self {
        Self {
            sessions: names.table_sessions().to_owned(),
            threads: names.table_threads(),
            containers: names.table_containers(),
            commands: names.table_commands(),
            events: names.table_events(),
            messages: names.table_messages(),
            replies: names.table_replies(),
        }
    }

    /// The name of a table.
    pub(in crate::adapters::aws::dynamo) fn name(&self, table: Table) -> &str {
        match table {
            Table::Sessions => &self.sessions,
            Table::Threads => &self.threads,
            Table::Containers => &self.containers,
            Table::Commands => &self.commands,
            Table::Events => &self.events,
            Table::Messages => &self.messages,
            Table::Replies => &self.replies,
        }
    }
}
