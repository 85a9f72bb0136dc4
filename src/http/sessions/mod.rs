//! Sessions: activate, follow, keep alive, end.

mod activate;
mod commands;
mod events;
mod lifetime;
mod list;
mod status;

pub(super) use activate::{activate, message};
pub(super) use commands::{command, commands};
pub(super) use events::events;
pub(super) use lifetime::{deactivate, keepalive};
pub(super) use list::list;
pub(super) use status::status;
