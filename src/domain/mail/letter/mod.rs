//! What we write back: letters as values, and as the bytes that are sent.

mod content;
mod flow;
pub mod phrases;
mod refusal;
mod render;

pub use content::{Action, Answering, Letter, LetterKind, Section};
pub use refusal::RefusalReason;
pub use render::{RenderError, render};
