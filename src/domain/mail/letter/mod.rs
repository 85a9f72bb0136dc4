//! What we write back: letters as values, and as the bytes that are sent.

mod confirm;
mod content;
mod refusal;
mod render;

pub use confirm::ConfirmWords;
pub use content::{Action, Answering, Letter, LetterKind};
pub use refusal::{Explanation, RefusalReason};
pub use render::{RenderError, render};
