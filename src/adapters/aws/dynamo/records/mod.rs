//! One file a kind of record: its items, and the port that reads it.

mod claims;
mod commands;
mod containers;
mod events;
mod journal;
mod legacy;
mod notes;
mod replies;
mod session_item;
mod sessions;
mod threads;

pub(super) use claims::change as claim;
pub(super) use commands::{change as command, opening};
pub(super) use containers::{change as container, note_open};
pub(super) use events::{Drafts, number_events};
pub(super) use journal::change as journal;
pub(super) use notes::change as note;
pub(super) use replies::change as reply;
pub(super) use session_item::change as session;
pub(super) use threads::{change as thread, point};
