//! Records in DynamoDB, one table a kind.
//!
//! Every write is conditional on the `version` it was decided from; a commit of several writes is one transaction. An item
//! is its record's fields under their names, and beside them the attributes of sparse indexes: `liveShard` and `liveIn`
//! while a session has not ended, `dueShard` while something is to be done at `dueAt`, `awake` while a container has a task.
//!
//! What must stay true: whatever has the attribute of a sparse index is one more row that every pass of a loop reads,
//! so it goes with the state that it stands for; indexes hold keys and are followed by a consistent read of the
//! rows, except for the list of a client's sessions (S10); nothing scans; what DynamoDB is to delete has its `ttl` in
//! epoch seconds, and is over for us from that second on, deleted or not (S1).

mod engine;
mod ledger;
mod records;
mod retention;
pub mod schema;
mod store;

pub use engine::Table;
pub use store::DynamoStore;
