//! The ledger: conditional writes of records, several in one transaction.

use std::collections::HashSet;

use async_trait::async_trait;

use super::SqliteStore;
use super::engine::Failure;
use super::records::Change;
use crate::ports::ledger::{CommitError, Ledger, Write};

/// Most writes in one call, as DynamoDB allows.
const MAX_WRITES: usize = 100;

const OPERATION: &str = "ledger.commit";

#[async_trait]
impl Ledger for SqliteStore {
    async fn commit(&self, writes: Vec<Write>) -> Result<(), CommitError> {
        if writes.is_empty() {
            return Ok(());
        }
        let changes = changes(writes).map_err(commit_error)?;
        self.writer()
            .write(move |connection| changes.iter().try_for_each(|c| c.apply(connection)))
            .await
            .map_err(commit_error)
    }
}

fn changes(writes: Vec<Write>) -> Result<Vec<Change>, Failure> {
    let mut numbered = HashSet::new();
    for write in &writes {
        if let Write::Event(draft) = write {
            numbered.insert(&draft.session_id);
        }
    }
    if writes.len() + numbered.len() > MAX_WRITES {
        return Err(Failure::Misuse("more than 100 writes in one transaction"));
    }
    let changes = writes
        .into_iter()
        .map(Change::of)
        .collect::<Result<Vec<_>, _>>()?;
    let mut rest = changes.as_slice();
    while let Some((first, others)) = rest.split_first() {
        if others.iter().any(|other| first.same_record(other)) {
            return Err(Failure::Misuse("two writes of one record in a transaction"));
        }
        rest = others;
    }
    Ok(changes)
}

fn commit_error(failure: Failure) -> CommitError {
    if matches!(failure, Failure::Conflict) {
        CommitError::Conflict
    } else {
        CommitError::Backend(failure.into_fault(OPERATION))
    }
}
