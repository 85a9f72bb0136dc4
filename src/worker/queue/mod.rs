//! The two queues of a worker, and the commands it holds.

mod inbox;
mod mailbox;
mod outbox;

pub(crate) use inbox::{Arrival, Inbox, Target};
pub(crate) use mailbox::Mailbox;
pub(crate) use outbox::{Outbox, Progress};
