//! The sender's own visible words: the only thing in a mail that is an instruction (invariant 6).
//!
//! Losing an instruction is worse than letting a quote in: each cut needs a sure sign, and where a cut would leave
//! nothing of a text that may be the sender's, it is not made. Everything is one pass over lines with anchored patterns.

mod line;
mod marker;
mod own;
mod patterns;
mod quote;
mod residue;
mod trim;
mod twin;

pub use marker::{marker_line, quote_marker};
pub use trim::{MAX_INSTRUCTION, VisibleText, visible};

#[cfg(test)]
mod client_tests;
