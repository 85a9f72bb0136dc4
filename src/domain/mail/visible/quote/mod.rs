//! What belongs to the mail that is answered or forwarded (B7, B10).
//!
//! Languages are data: verbs of attributions, labels of header fields, separators. What decides is the shape around
//! them, so that a language nobody listed is still read as far as its shape is unmistakable.

mod announcements;
mod attribution;
mod columns;
pub(super) mod header;
mod heads;
mod labels;
mod prefix;
mod separator;
mod split;

pub(super) use split::{MailKind, Split, split};

#[cfg(test)]
mod language_tests;
