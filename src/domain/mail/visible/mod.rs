//! The sender's own visible words: the only thing in a mail that is an instruction (invariant 6).
//!
//! Losing an instruction is worse than letting a quote in: each cut needs a sure sign, and where a cut would leave
//! nothing of a text that may be the sender's, it is not made. Everything is one pass over lines with anchored patterns.

mod marker;
mod marks;
mod trim;

pub use marker::{quote_mark, quote_marker, quoted_marks};
pub use trim::{MAX_INSTRUCTION, VisibleText, visible};
