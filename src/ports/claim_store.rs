//! Reads of claims: keys that may be taken once until they expire.

use async_trait::async_trait;

use super::fault::Fault;
use crate::domain::claim::{Claim, ClaimKey};
use crate::domain::time::Timestamp;

/// Reads claims as last committed.
#[async_trait]
pub trait ClaimStore: Send + Sync {
    /// The claim of this key, unless it has expired at `now`.
    async fn get(&self, key: &ClaimKey, now: Timestamp) -> Result<Option<Claim>, Fault>;
}
