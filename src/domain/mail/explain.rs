//! A decision laid open: what was seen in a mail and which rules fired, for people who ask why.

use serde::Serialize;

use super::decide::Decision;
use super::machine::{Machine, MachineKind, OwnIdentity, classify};
use super::words::ReplyCommand;
use super::{Attachment, Candidate, InboundMail, RefusalReason, RuleId, candidates, visible};
use crate::domain::ids::hex;
use crate::domain::journal::Verdict;

/// What sort of mail it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MailKind {
    /// A person wrote it, as far as can be told.
    Human,
    /// An automatic answer or notice, or our own mail.
    AutoReply,
    /// It tells that a mail was not delivered.
    Bounce,
    /// It came through a mailing list.
    List,
    /// A receipt, an abuse report, a calendar answer.
    Report,
}

impl MailKind {
    /// The kind as JSON writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::AutoReply => "auto_reply",
            Self::Bounce => "bounce",
            Self::List => "list",
            Self::Report => "report",
        }
    }
}

impl From<Option<Machine>> for MailKind {
    fn from(machine: Option<Machine>) -> Self {
        match machine.map(|machine| machine.kind) {
            None => Self::Human,
            Some(MachineKind::AutoReply | MachineKind::Own) => Self::AutoReply,
            Some(MachineKind::Bounce) => Self::Bounce,
            Some(MachineKind::List) => Self::List,
            Some(MachineKind::Report) => Self::Report,
        }
    }
}

/// A file of the mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExplainedFile {
    /// Its name, made safe (B12).
    pub name: String,
    /// `type/subtype` as the mail says.
    pub content_type: String,
    /// Decoded size.
    pub bytes: usize,
    /// SHA-256 of the content, in hex.
    pub sha256: String,
}

impl From<&Attachment> for ExplainedFile {
    fn from(file: &Attachment) -> Self {
        Self {
            name: file.name.clone(),
            content_type: file.content_type.clone(),
            bytes: file.content.len(),
            sha256: hex(&file.sha256),
        }
    }
}

/// Everything about one decision. Words are in it: it is for whoever holds the mail, never for a log.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explained {
    /// What becomes of the mail.
    pub verdict: Verdict,
    /// Why, in a sentence.
    pub reason: String,
    /// Every rule that took part, in order.
    pub rules: Vec<RuleId>,
    /// Whether no person wrote it.
    pub is_auto: bool,
    /// What sort of mail it is.
    pub kind: MailKind,
    /// The one sender's address (A1).
    pub from: Option<String>,
    /// The decoded subject.
    pub subject: String,
    /// Its id; a made one when it came without (E10).
    pub message_id: Option<String>,
    /// The sender's own visible text, whatever the verdict.
    pub instruction: String,
    /// A forwarded mail that came with it (B10).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forwarded: Option<String>,
    /// The command that the text is (P1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<&'static str>,
    /// How many turns `undo` takes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turns: Option<u32>,
    /// What the sender is told, for a refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<RefusalReason>,
    /// Tokens and Message-IDs that may name its thread, best first (T1).
    pub thread_candidates: Vec<String>,
    /// The files that came with it.
    pub attachments: Vec<ExplainedFile>,
    /// Whether a limit left parts of it unread (B5).
    pub is_truncated: bool,
}

impl std::fmt::Debug for Explained {
    /// Without the words: mails are not logged.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Explained")
            .field("verdict", &self.verdict)
            .field("rules", &self.rules)
            .finish_non_exhaustive()
    }
}

/// Lays a decision open.
pub fn explain(mail: &InboundMail, own: &OwnIdentity, decision: Decision) -> Explained {
    let machine = classify(mail, own);
    let seen = visible(mail);
    let candidate = |candidate| match candidate {
        Candidate::Token(token) => String::from(token),
        Candidate::Message(id) => id.to_string(),
        Candidate::Tag(thread) => thread.to_string(),
    };
    Explained {
        verdict: decision.verdict,
        reason: decision.reason,
        rules: decision.rules,
        is_auto: machine.is_some(),
        kind: machine.into(),
        from: mail.from.address().map(ToString::to_string),
        subject: mail.subject.clone(),
        message_id: Some(mail.message_id.to_string()),
        instruction: seen.text,
        forwarded: seen.forwarded,
        command: decision.command.map(ReplyCommand::as_str),
        turns: decision.command.and_then(ReplyCommand::turns),
        refusal: decision.refusal,
        thread_candidates: candidates(mail, &own.hermes)
            .into_iter()
            .map(candidate)
            .collect(),
        attachments: mail.attachments.iter().map(ExplainedFile::from).collect(),
        is_truncated: mail.is_truncated,
    }
}

impl Explained {
    /// What cannot be taken in at all, and why: it goes to the dead letters.
    pub fn poison(rule: Option<RuleId>, reason: String) -> Self {
        Self {
            verdict: Verdict::Poison,
            reason,
            rules: rule.into_iter().collect(),
            is_auto: false,
            kind: MailKind::Human,
            from: None,
            subject: String::new(),
            message_id: None,
            instruction: String::new(),
            forwarded: None,
            command: None,
            turns: None,
            refusal: None,
            thread_candidates: Vec::new(),
            attachments: Vec::new(),
            is_truncated: false,
        }
    }
}
