//! The documents in which SES tells of a received mail, whatever they are wrapped in (E1 to E6).
//!
//! They are believed only from the mail queue. What they say about the mail's own header is not read: it may be cut off
//! (E3), and the mail itself is there.

mod content;
mod document;
mod encoded;
mod fields;
mod proof;
mod received;
mod verdicts;

pub use document::{MAX_BODY, open};
pub use encoded::base64_of;
pub use received::{MailContent, ObjectRef, ReturnPath, SesMail, Unreadable};
pub use verdicts::{Checked, DmarcPolicy, Verdicts};

#[cfg(test)]
mod tests;
