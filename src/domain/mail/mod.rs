//! Mail as values: what came in, what it means, and what is answered.

mod address;
mod bounces;
mod correspondence;
mod decide;
pub mod envelope;
mod html;
mod letter;
mod machine;
mod message_id;
mod parse;
mod reference;
mod rule;
mod sub_address;
mod topic;
mod verp;
mod visible;

pub use address::{EmailAddress, InvalidAddress};
pub use bounces::{BounceScore, FORGIVEN, Returned, is_hard, returned};
pub use correspondence::{Correspondence, Limit, MEMORY, SubjectMatch, Tripped, Words};
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
pub use sub_address::Separator;
pub use topic::{SHORT_COMMAND, has_new_subject};
pub use visible::{MAX_INSTRUCTION, VisibleText, quote_mark, quote_marker, quoted_marks, visible};
