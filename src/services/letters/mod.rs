//! What answers say: outcomes of commands, refusals, notes on the way, and talk about the conversation, as letters.

mod ask;
mod end;
mod notes;
mod talk;
mod write;

pub use ask::Asked;
pub(super) use end::kind_of;
pub use talk::{Situation, Stopping};
pub use write::Letters;
