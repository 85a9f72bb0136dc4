//! What answers say: outcomes of commands, refusals, notes on the way, talk about the conversation, and questions, as letters.

mod ask;
mod end;
mod notes;
mod talk;
mod write;

pub use ask::Asked;
pub(super) use end::kind_of;
pub use talk::{Situation, Stopping};
pub use write::Letters;
