//! The store: a client, the tables' names, and what is remembered between calls.

use std::sync::Arc;

use aws_sdk_dynamodb::Client;

use super::engine::{Memo, Reader, Recent, Tables};
use crate::adapters::aws::names::Names;
use crate::domain::ids::{SessionId, UserId};
use crate::domain::time::Timestamp;
use crate::ports::clock::Clock;

/// Sessions of which something is remembered: about 3 MB when full.
const REMEMBERED: usize = 8192;

/// All records in DynamoDB. Clones share what they remember.
#[derive(Clone)]
pub struct DynamoStore {
    shared: Arc<Shared>,
}

struct Shared {
    reader: Reader,
    clock: Arc<dyn Clock>,
    users: Memo<SessionId, UserId>,
    last_events: Memo<SessionId, u64>,
    recent: Recent,
}

impl DynamoStore {
    /// Over tables that are there already; see [`super::schema`].
    pub fn new(client: Client, names: &Names, clock: Arc<dyn Clock>) -> Self {
        let tables = Tables::new(names);
        Self {
            shared: Arc::new(Shared {
                reader: Reader { client, tables },
                clock,
                users: Memo::new(REMEMBERED),
                last_events: Memo::new(REMEMBERED),
                recent: Recent::default(),
            }),
        }
    }

    pub(super) fn reader(&self) -> &Reader {
        &self.shared.reader
    }

    pub(super) fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    /// The user of a session: with it a row is read by its full key.
    pub(super) fn users(&self) -> &Memo<SessionId, UserId> {
        &self.shared.users
    }

    /// What indexes may not have heard of yet.
    pub(super) fn recent(&self) -> &Recent {
        &self.shared.recent
    }

    /// The number of a session's last event, as far as this process knows.
    pub(super) fn last_events(&self) -> &Memo<SessionId, u64> {
        &self.shared.last_events
    }
}

impl std::fmt::Debug for DynamoStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DynamoStore")
            .field("tables", &self.shared.reader.tables)
            .finish_non_exhaustive()
    }
}
