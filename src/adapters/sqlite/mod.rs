//! Records, queues and mails in one data folder: a SQLite file, and files for what is too large for a row.
//!
//! One process owns the folder (a lock file says so). All writes go through one thread that commits whatever
//! has queued up in a single transaction, so that many callers share one sync to disk; reads go straight to the
//! database, inline where they take microseconds. What must stay true: a call that has returned is on disk, and a
//! write whose condition does not hold leaves no trace and does not disturb the writes it shares a commit with.
//!
//! A record is a JSON `body` and, beside it, its key, its version and the columns that are searched. The body is the
//! truth; columns repeat parts of it for indexes.

mod archive;
mod engine;
mod ledger;
mod queues;
mod records;
mod retention;
mod store;
mod waiters;

pub use engine::{BackupError, OpenError, backup_file, backup_folder};
pub use store::SqliteStore;
