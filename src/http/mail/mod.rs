//! Mail in by HTTP, and the journal of what became of it.

mod journal;
mod receive;
mod upload;

pub(super) use journal::{list, show};
pub(super) use receive::{receive, replay};
pub(super) use upload::Uploads;
