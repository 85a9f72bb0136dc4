//! A mail on its way through a decision, and the journal row that it leaves.

use super::files::KeptBefore;
use crate::domain::access::Scope;
use crate::domain::blob::BlobId;
use crate::domain::command::MailOrigin;
use crate::domain::ids::JournalId;
use crate::domain::journal::{Channel, JournalRow};
use crate::domain::mail::{
    Authentication, Decision, EmailAddress, InboundMail, NotAMail, Screening,
};
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
    pub(super) screening: Screening,
    pub(super) scope: &'a Scope,
    /// The journal row that is decided again.
    pub(super) replayed: Option<JournalRow>,
    /// Files of it that are kept already.
    pub(super) kept: KeptBefore,
}

/// How a mail came in.
#[derive(Clone, Copy)]
pub(super) struct Handed {
    pub(super) channel: Channel,
    pub(super) auth: Authentication,
    pub(super) screening: Screening,
}

pub(super) fn origin(mail: &InboundMail, journal_id: &JournalId) -> Option<MailOrigin> {
    Some(MailOrigin {
        journal_id: journal_id.clone(),
        from: mail.from.address()?.clone(),
        subject: mail.subject.clone(),
        message_id: mail.message_id.clone(),
        references: mail.references.clone(),
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
