//! Commands by reply: a few words that are no instruction but say what to do with the last one (P1 to P3).

mod phrases;
mod recognise;

pub use recognise::{ReplyCommand, recognise};
