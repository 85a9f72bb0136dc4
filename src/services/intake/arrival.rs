//! A mail on its way through a decision, and the journal row that it leaves.

use crate::domain::access::Scope;
use crate::domain::blob::BlobId;
use crate::domain::command::{Acks, MailOrigin};
use crate::domain::ids::JournalId;
use crate::domain::journal::{Channel, JournalRow};
use crate::domain::mail::{
    Authentication, Clues, Decision, EmailAddress, Evidence, InboundMail, Language, NotAMail,
    RuleId, Screening,
};
use crate::domain::thread::Thread;
use crate::domain::time::Timestamp;
use crate::services::addressing::Addressed;
use crate::services::intake_error::{IntakeError, Received};

/// A parsed mail on its way through a decision.
pub(super) struct Arrival<'a> {
    pub(super) mail: &'a InboundMail,
    pub(super) raw: BlobId,
    pub(super) bytes: u64,
    pub(super) channel: Channel,
    pub(super) auth: Authentication,
    /// A4, when results that nobody trusts would have proven more.
    pub(super) ignored: Option<RuleId>,
    pub(super) screening: Screening,
    pub(super) scope: &'a Scope,
    /// The journal row that is decided again.
    pub(super) replayed: Option<JournalRow>,
}

/// How a mail came in.
pub(super) struct Handed {
    pub(super) channel: Channel,
    pub(super) evidence: Evidence,
    pub(super) screening: Screening,
}

/// What answers need to know of the mail: its language by the sender's own words, where there are any.
pub(super) fn origin(
    arrival: &Arrival<'_>,
    decision: &Decision,
    thread: Option<&Thread>,
    row: &JournalRow,
) -> Option<MailOrigin> {
    let mail = arrival.mail;
    let words = decision.instruction.as_ref().unwrap_or(&mail.body.text);
    let clues = Clues::of(mail, thread.and_then(|thread| thread.language));
    let suppresses = mail.headers.get("X-Auto-Response-Suppress").is_some();
    Some(MailOrigin {
        journal_id: row.journal_id.clone(),
        from: mail.from.address()?.clone(),
        answer_to: None,
        copies: Vec::new(),
        subject: mail.subject.clone(),
        message_id: mail.message_id.clone(),
        references: mail.references.clone(),
        language: Language::decide(words, clues),
        role: None,
        acks: if suppresses {
            Acks::Unwanted
        } else {
            Acks::Wanted
        },
    })
}

pub(super) fn new_row(
    arrival: &Arrival<'_>,
    journal_id: &JournalId,
    addressed: &Addressed,
    decision: &Decision,
    now: Timestamp,
) -> JournalRow {
    let mail = arrival.mail;
    let before = arrival.replayed.as_ref();
    JournalRow {
        journal_id: journal_id.clone(),
        received_at: before.map_or(now, |row| row.received_at),
        channel: before.map_or(arrival.channel, |row| row.channel),
        message_id: mail.message_id.as_str().to_owned(),
        from: mail.from.address().map(EmailAddress::to_string),
        to: mail
            .recipients
            .iter()
            .map(EmailAddress::to_string)
            .collect(),
        subject: mail.subject.clone(),
        bytes: arrival.bytes,
        project_id: addressed.project.as_ref().map(|project| project.id.clone()),
        verdict: decision.verdict,
        rules: decision
            .rules
            .iter()
            .map(|rule| rule.as_str().to_owned())
            .collect(),
        reason: decision.reason.clone(),
        // what became of it before stays known, whatever is decided now
        session_id: before.and_then(|row| row.session_id.clone()),
        thread_id: before.and_then(|row| row.thread_id.clone()),
        command_id: before.and_then(|row| row.command_id.clone()),
        raw: arrival.raw.clone(),
        replays: before.map_or(0, |row| row.replays.saturating_add(1)),
        version: before.map_or(0, |row| row.version),
    }
}

pub(super) fn duplicate(row: JournalRow) -> Received {
    Received {
        message_id: row.message_id,
        journal_id: row.journal_id,
        verdict: row.verdict,
        duplicate: true,
        session_id: row.session_id,
        command_id: row.command_id,
        rules: row.rules,
    }
}

pub(super) fn not_a_mail(why: NotAMail) -> IntakeError {
    IntakeError::NotAMail(why.to_string())
}
