//! Reads of notes: what is remembered for a while.

use async_trait::async_trait;

use super::fault::Fault;
use crate::domain::note::{Note, NoteKey};

/// Reads notes as last committed.
#[async_trait]
pub trait NoteStore: Send + Sync {
    /// The note of this key. One that has expired is there until it is deleted, some time later.
    async fn get(&self, key: &NoteKey) -> Result<Option<Note>, Fault>;
}
