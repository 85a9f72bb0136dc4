//! One file a kind of record: how it becomes a row, and the reads of its port.

mod change;
mod claims;
mod commands;
mod containers;
mod cursor;
mod events;
mod journal;
mod notes;
mod replies;
mod sessions;
mod threads;

pub(crate) use change::Change;
