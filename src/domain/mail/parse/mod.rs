//! Raw bytes to [`InboundMail`], bounded in depth, parts and size whatever the sender wrote.
//!
//! The MIME tree is walked here and not by mail-parser, because its own walk nests without a limit and re-reads the rest
//! of the mail for each boundary that never comes. What stays its work is what it is good at: header values, transfer
//! encodings, charsets. Nothing here recurses.

mod attachment;
mod body;
mod clarity;
mod decode;
mod fields;
mod images;
mod inbound;
mod part;
mod subject;

pub use attachment::Attachment;
pub use body::{Body, BodySource};
pub use fields::Headers;
pub use inbound::{Handover, InboundMail, NotAMail, Sender, parse};
pub use part::MediaType;
pub use subject::{SubjectPrefix, reply_subject, subject_key, subject_prefix};
