//! Mail as values: what came in, what it means, and what is answered.

mod address;
mod decide;
pub mod envelope;
pub mod files;
mod html;
mod letter;
mod machine;
mod message_id;
mod parse;
mod reference;
mod rule;
mod visible;

pub use address::{EmailAddress, InvalidAddress};
pub use decide::{Authentication, Decision, Facts, MatchedThread, ProjectMatch, Screening, decide};
pub use html::{Span, SpanKind};
pub use letter::{Answering, Explanation, Letter, LetterKind, RefusalReason, RenderError, render};
pub use machine::{Machine, MachineKind, OwnIdentity, classify, soft_signs};
pub use message_id::{InvalidMessageId, MessageId, extract_ids};
pub use parse::{
    Attachment, Body, BodySource, Handover, Headers, InboundMail, MediaType, NotAMail, Sender,
    SubjectPrefix, parse, reply_subject, subject_key, subject_prefix,
};
pub use reference::{
    Candidate, HermesAddress, InvalidReplyToken, ReplyToken, candidates, recipient_projects,
};
pub use rule::RuleId;
pub use visible::{MAX_INSTRUCTION, VisibleText, quote_marker, visible};
