//! Mail as values: what came in, what it means, and what is answered.

mod address;
mod authentication;
mod bounces;
mod correspondence;
mod decide;
pub mod envelope;
mod explain;
pub mod files;
mod html;
mod language;
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
mod words;

pub use address::{EmailAddress, InvalidAddress};
pub use authentication::{
    Authentication, Dmarc, Evidence, Findings, Judged, PublishProof, TrustedServers, judge,
};
pub use bounces::{BounceScore, FORGIVEN, Returned, is_hard, returned};
pub use correspondence::{Correspondence, Limit, MEMORY, SubjectMatch, Tripped, Words};
pub use decide::{Decision, Facts, MatchedThread, ProjectMatch, Screening, decide};
pub use explain::{Explained, ExplainedFile, MailKind, explain};
pub use html::{Span, SpanKind};
pub use language::{Clues, Language};
pub use letter::{
    Action, Answering, Letter, LetterKind, RefusalReason, RenderError, Section, phrases, render,
};
pub use machine::{
    BounceSeverity, BouncedOf, Machine, MachineKind, OwnIdentity, bounce_of, classify, soft_signs,
};
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
pub use visible::{
    MAX_INSTRUCTION, VisibleText, marker_line, quote_mark, quote_marker, quoted_marks, visible,
};
pub use words::{ReplyCommand, recognise};
