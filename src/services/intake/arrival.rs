//! A mail on its way through a decision, and the journal row that it leaves.

use super::answering::Answering;
use super::files::KeptBefore;
use super::threading::Threading;
use crate::domain::blob::BlobId;
use crate::domain::command::{Acks, MailOrigin};
use crate::domain::ids::JournalId;
use crate::domain::journal::{Channel, JournalRow};
use crate::domain::mail::{
    Authentication, Clues, Decision, EmailAddress, Evidence, InboundMail, Language, MachineKind,
    NotAMail, OwnIdentity, RuleId, Screening, classify,
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
    /// The threads of the tokens that it was sent to.
    pub(super) tokens: Vec<Thread>,
    /// The journal row that is decided again.
    pub(super) replayed: Option<JournalRow>,
    /// Files of it that are kept already.
    pub(super) kept: KeptBefore,
}

/// How a mail came in.
pub(super) struct Handed {
    pub(super) channel: Channel,
    pub(super) evidence: Evidence,
    pub(super) screening: Screening,
}

/// The language of the sender's own words, else of the conversation and the mail.
pub(super) fn language(case: &Case<'_>, words: &str) -> Language {
    let thread = case.threading.found.as_ref().map(|found| &found.thread);
    let clues = Clues::of(case.arrival.mail, thread.and_then(|thread| thread.language));
    Language::decide(words, clues)
}

/// What answers need to know of the mail: its language by the sender's own words, where there are any.
pub(super) fn origin(case: &Case<'_>, decision: &Decision, row: &JournalRow) -> Option<MailOrigin> {
    let mail = case.arrival.mail;
    let words = decision.instruction.as_ref().unwrap_or(&mail.body.text);
    let suppresses = mail.headers.get("X-Auto-Response-Suppress").is_some();
    Some(MailOrigin {
        journal_id: row.journal_id.clone(),
        from: mail.from.address()?.clone(),
        answer_to: None,
        copies: Vec::new(),
        subject: mail.subject.clone(),
        message_id: mail.message_id.clone(),
        references: mail.references.clone(),
        language: language(case, words),
        role: None,
        acks: if suppresses {
            Acks::Unwanted
        } else {
            Acks::Wanted
        },
        remarks: Vec::new(),
    })
}

/// One turn of a mail, after everything was found that is decided from.
pub(super) struct Case<'a> {
    pub(super) arrival: &'a Arrival<'a>,
    pub(super) own: &'a OwnIdentity,
    pub(super) addressed: Addressed,
    pub(super) threading: Threading,
    pub(super) who: Answering,
    pub(super) journal_id: JournalId,
}

/// L20: what a machine writes into a conversation is known by its row, and nothing else comes of it.
pub(super) fn note_conversation(case: &Case<'_>, decision: &mut Decision, row: &mut JournalRow) {
    let Some(found) = &case.threading.found else {
        return;
    };
    let machine = classify(case.arrival.mail, case.own);
    if machine.is_some_and(|machine| machine.kind == MachineKind::AutoReply) {
        decision.rules.push(RuleId::L20);
        row.thread_id = Some(found.thread.thread_id.clone());
    }
}

pub(super) fn new_row(case: &Case<'_>, decision: &Decision, now: Timestamp) -> JournalRow {
    let Case {
        arrival,
        addressed,
        journal_id,
        ..
    } = case;
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
        rules: rule_ids(&decision.rules),
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
        also: Vec::new(),
    }
}

pub(super) fn not_a_mail(why: NotAMail) -> IntakeError {
    IntakeError::NotAMail(why.to_string())
}

/// Rules as the journal writes them.
pub(super) fn rule_ids(rules: &[RuleId]) -> Vec<String> {
    rules.iter().map(|rule| rule.as_str().to_owned()).collect()
}
