//! The sender's own visible words: the only thing in a mail that is an instruction (invariant 6).
//!
//! Losing an instruction is worse than letting a quote in: each cut needs a sure sign, and where a cut would leave
//! nothing of a text that may be the sender's, it is not made.
//!
//! A body becomes lines, each with what is known of it by itself (`line`). One walk from the top parts the sender's runs of
//! lines from what is quoted or forwarded (`quote`); each run then loses what stands in it unsaid (`own`). Where a plain
//! text has an HTML twin, the twin is read the same way and asked where the quote begins (`twin`). Look-ahead is bounded,
//! so that all of it is linear. Languages are tables; a new one is added there and in the tests beside them.

mod line;
mod marker;
mod own;
mod patterns;
mod quote;
mod residue;
mod trim;
mod twin;

pub use marker::{marker_line, quote_mark, quote_marker, quoted_marks};
pub use trim::{MAX_INSTRUCTION, VisibleText, visible};

#[cfg(test)]
mod archive_tests;
#[cfg(test)]
mod client_tests;
