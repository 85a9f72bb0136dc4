//! What we write back: letters as values, and as the bytes that are sent.

mod content;
mod refusal;
mod render;

pub use content::{Answering, Letter, LetterKind};
pub use refusal::{Explanation, RefusalReason};
pub use render::{RenderError, render};
