//! Hands answers over to the mail system, each once as far as that system allows.

use std::sync::Arc;

use futures_util::stream::{self, StreamExt};
use tracing::{error, info, warn};

use super::letters::Letters;
use super::metrics::Metrics;
use super::settle;
use super::troubles::{Trouble, Troubles};
use crate::domain::command::{Command, ReplyTrouble, Source};
use crate::domain::event::{EventDraft, EventKind};
use crate::domain::ids::ReplyId;
use crate::domain::mail::{BounceScore, EmailAddress, FORGIVEN, LetterKind, MessageId};
use crate::domain::note::{Note, NoteKey};
use crate::domain::reply::{Reply, ReplyState, SENDING_TIMEOUT, retry_blocked, retry_delay};
use crate::domain::thread::{Pointer, PointerKey};
use crate::domain::time::Timestamp;
use crate::ports::Ports;
use crate::ports::clock::Clock;
use crate::ports::command_store::CommandStore;
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::ledger::{CommitError, Ledger, Write};
use crate::ports::mailer::{Mailer, MailerError, OutgoingMail};
use crate::ports::note_store::NoteStore;
use crate::ports::reply_store::ReplyStore;

/// Replies taken up in one pass.
const BATCH: usize = 64;
/// Replies handed over at once: mail systems answer in tens of milliseconds and limit connections.
const AT_ONCE: usize = 4;

/// Sends what is due.
///
/// The intent is written before the mail is handed over (C21): a crash in between leaves `sending`, which is tried again
/// after [`SENDING_TIMEOUT`] with the same Message-ID. In that window alone a mail can go out twice. A mail system that
/// takes the same mail twice without harm needs no intent.
pub struct Replies {
    clock: Arc<dyn Clock>,
    store: Arc<dyn ReplyStore>,
    commands: Arc<dyn CommandStore>,
    notes: Arc<dyn NoteStore>,
    ledger: Arc<dyn Ledger>,
    mailer: Arc<dyn Mailer>,
    letters: Letters,
    metrics: Arc<Metrics>,
    troubles: Arc<Troubles>,
}

impl Replies {
    /// Over these ports.
    pub fn new(ports: &Ports, letters: Letters, metrics: Arc<Metrics>) -> Self {
        Self {
            clock: Arc::clone(&ports.clock),
            store: Arc::clone(&ports.replies),
            commands: Arc::clone(&ports.commands),
            notes: Arc::clone(&ports.notes),
            ledger: Arc::clone(&ports.ledger),
            mailer: Arc::clone(&ports.mailer),
            letters,
            metrics,
            troubles: Arc::default(),
        }
    }

    /// Says there what holds up every answer.
    #[must_use]
    pub fn telling(mut self, troubles: Arc<Troubles>) -> Self {
        self.troubles = troubles;
        self
    }

    /// Sends all replies that are due.
    pub async fn tick(&self) -> Result<(), Fault> {
        loop {
            let due = self.store.due(self.clock.now(), BATCH).await?;
            let full = due.len() == BATCH;
            let sending = due.into_iter().map(|reply| self.send(reply));
            let outcomes: Vec<_> = stream::iter(sending)
                .buffer_unordered(AT_ONCE)
                .collect()
                .await;
            for outcome in outcomes {
                match outcome {
                    Ok(()) | Err(CommitError::Conflict) => {} // another replica has it
                    Err(CommitError::Backend(fault)) => return Err(fault),
                }
            }
            if !full {
                return Ok(());
            }
        }
    }

    fn envelope_sender(&self, id: &ReplyId) -> String {
        if self.mailer.returns_to_sender() {
            self.letters.sender_of(id)
        } else {
            self.letters.sender()
        }
    }

    /// Why an address gets no mail for now, if mail to it came back too often (L17).
    async fn stopped(&self, to: &EmailAddress) -> Result<Option<String>, Fault> {
        let Some(note) = self.notes.get(&NoteKey::bounces(to)).await? else {
            return Ok(None);
        };
        let score: BounceScore = serde_json::from_str(&note.value).unwrap_or_default();
        let until = score.stopped_until(self.clock.now());
        Ok(until.map(|until| {
            format!(
                "mail to this address came back too often; until {} none is sent to it",
                until.rfc3339()
            )
        }))
    }

    async fn send(&self, mut reply: Reply) -> Result<(), CommitError> {
        if self.came_too_late(&reply).await? {
            return self.drop(reply).await;
        }
        if let Some(why) = self.stopped(&reply.letter.to).await? {
            return self.failed(reply, why).await;
        }
        reply.attempts = reply.attempts.saturating_add(1);
        if !self.mailer.is_repeatable() {
            let now = self.clock.now();
            reply.state = ReplyState::Sending { since: now };
            reply.due_at = Some(now + SENDING_TIMEOUT);
            let intent = vec![Write::Reply(Box::new(reply.clone()))];
            self.ledger.commit(intent).await?;
            reply.version = reply.version.saturating_add(1);
        }
        let outcome = match self.letters.render(&reply.letter) {
            Ok(raw) => {
                let mail = OutgoingMail {
                    id: reply.reply_id.clone(),
                    from: self.envelope_sender(&reply.reply_id),
                    to: reply.letter.recipients().map(ToString::to_string).collect(),
                    raw,
                };
                self.mailer.send(mail).await
            }
            Err(error) => Err(MailerError::Rejected(error.to_string())),
        };
        match outcome {
            Ok(sent_id) => {
                self.troubles.set(Trouble::Mail, None);
                self.note_sent(&reply.reply_id, &sent_id).await
            }
            Err(MailerError::Rejected(why)) => self.rejected(reply, why).await,
            Err(MailerError::Backend(fault)) => self.retry(reply, &fault).await,
        }
    }

    /// Whether it is a note of what has ended meanwhile.
    async fn came_too_late(&self, reply: &Reply) -> Result<bool, Fault> {
        if !reply.letter.kind.is_note() {
            return Ok(false);
        }
        let command = self.command(reply).await?;
        Ok(command.is_none_or(|command| !command.state.is_open()))
    }

    async fn drop(&self, mut reply: Reply) -> Result<(), CommitError> {
        reply.state = ReplyState::Failed {
            why: "the outcome came first".to_owned(),
        };
        reply.due_at = None;
        self.ledger
            .commit(vec![Write::Reply(Box::new(reply))])
            .await
    }

    /// Notes that a mail is out. Persists where other writes would leave it to the next tick: what is not noted is sent
    /// a second time.
    async fn note_sent(&self, id: &ReplyId, sent_id: &str) -> Result<(), CommitError> {
        const TRIES: u32 = 5;
        let mut left = TRIES;
        loop {
            match settle!(self.sent(id, sent_id).await) {
                Err(CommitError::Backend(fault)) if left > 0 && fault.is_transient() => left -= 1,
                noted => return noted,
            }
        }
    }

    async fn sent(&self, id: &ReplyId, sent_id: &str) -> Result<(), CommitError> {
        let Some(mut reply) = self.store.get(id).await? else {
            return Ok(());
        };
        if matches!(reply.state, ReplyState::Sent { .. }) {
            return Ok(());
        }
        let now = self.clock.now();
        reply.state = ReplyState::Sent {
            id: sent_id.to_owned(),
            at: now,
        };
        reply.due_at = None;
        let command = self.command(&reply).await?;
        let kind = reply.letter.kind.as_str();
        reply.letter.action = None; // a link in it is a key, and the mail that has it is out
        let mut writes = Vec::with_capacity(4);
        let replaced = self.mailer.replaced_id(sent_id);
        // what comes back tells of the mail by the new one (L16)
        writes.extend(replaced.as_ref().map(|id| sent_as(id, &reply, now)));
        if let Some(command) = &command {
            // T4: answers to a mail whose Message-ID was replaced refer to the new one
            writes.extend(replaced.map(|id| {
                Write::Pointer(Pointer {
                    key: PointerKey::message(&command.project_id, id.as_str()),
                    thread_id: command.thread_id.clone(),
                })
            }));
            let command_id = Some(command.command_id.clone());
            let sent = EventKind::ReplySent {
                command_id,
                kind: kind.to_owned(),
            };
            writes.push(Write::Event(EventDraft::of_command(command, now, sent)));
        }
        writes.push(Write::Reply(Box::new(reply.clone())));
        self.ledger.commit(writes).await?;
        info!(reply.id = %id, kind, "answered {id}");
        let letter = reply.letter.kind;
        let asked_at = command.map(|command| command.created_at);
        let asked_at = asked_at.filter(|_| !letter.is_note()); // people still wait
        if letter != LetterKind::Ack {
            self.metrics.outcome(letter.into(), Source::Email);
        }
        self.metrics
            .reply(kind, "sent", asked_at.map(|at| now.since(at).as_secs_f64()));
        Ok(())
    }

    async fn retry(&self, mut reply: Reply, fault: &Fault) -> Result<(), CommitError> {
        let id = reply.reply_id.clone();
        if fault.kind == FaultKind::Denied {
            return self.wait_for_operator(reply, fault).await;
        }
        let Some(delay) = retry_delay(reply.attempts) else {
            return self
                .failed(
                    reply,
                    "the mail system did not take it for a day".to_owned(),
                )
                .await;
        };
        warn!(reply.id = %id, error = fault as &dyn std::error::Error, "could not hand over the answer {id}; trying again in {} s", delay.as_secs());
        self.metrics
            .reply(reply.letter.kind.as_str(), "retried", None);
        reply.state = ReplyState::Pending;
        reply.due_at = Some(self.clock.now() + delay.max(fault.retry_after.unwrap_or_default()));
        self.ledger
            .commit(vec![Write::Reply(Box::new(reply))])
            .await
    }

    /// Keeps what no mail system takes before somebody has changed something.
    async fn wait_for_operator(&self, mut reply: Reply, fault: &Fault) -> Result<(), CommitError> {
        let id = reply.reply_id.clone();
        let (delay, counted) = retry_blocked(reply.attempts);
        error!(reply.id = %id, error = fault as &dyn std::error::Error, "no answer can be sent until this is mended; {id} is tried again in {} s", delay.as_secs());
        let why = format!("answers are kept and not sent: {}", fault.source);
        self.troubles.set(Trouble::Mail, Some(why));
        self.metrics
            .reply(reply.letter.kind.as_str(), "retried", None);
        reply.attempts = counted;
        reply.state = ReplyState::Pending;
        reply.due_at = Some(self.clock.now() + delay);
        self.ledger
            .commit(vec![Write::Reply(Box::new(reply))])
            .await
    }

    /// A copy must not cost the answer (A8): what is not taken for several is sent to the one whom it is for.
    async fn rejected(&self, mut reply: Reply, why: String) -> Result<(), CommitError> {
        if reply.letter.cc.is_empty() {
            return self.failed(reply, why).await;
        }
        let id = reply.reply_id.clone();
        warn!(reply.id = %id, "the answer {id} was not taken with its copies, and goes without them: {why}");
        reply.letter.cc.clear();
        reply.state = ReplyState::Pending;
        reply.due_at = Some(self.clock.now());
        self.ledger
            .commit(vec![Write::Reply(Box::new(reply))])
            .await
    }

    async fn failed(&self, mut reply: Reply, why: String) -> Result<(), CommitError> {
        let id = reply.reply_id.clone();
        warn!(reply.id = %id, "gave up the answer {id}: {why}");
        let kind = reply.letter.kind.as_str();
        self.metrics.reply(kind, "failed", None);
        let now: Timestamp = self.clock.now();
        reply.state = ReplyState::Failed { why };
        reply.due_at = None;
        reply.letter.action = None;
        let mut writes = Vec::with_capacity(3);
        if let Some(mut command) = self.command(&reply).await? {
            let command_id = Some(command.command_id.clone());
            let failed = EventKind::ReplyFailed {
                command_id,
                kind: kind.to_owned(),
            };
            writes.push(Write::Event(EventDraft::of_command(&command, now, failed)));
            command.reply_trouble = Some(ReplyTrouble::Failed);
            writes.push(Write::Command(Box::new(command)));
        }
        writes.push(Write::Reply(Box::new(reply)));
        self.ledger.commit(writes).await
    }

    async fn command(&self, reply: &Reply) -> Result<Option<Command>, Fault> {
        match &reply.command_id {
            Some(id) => self.commands.get(id).await,
            None => Ok(None),
        }
    }
}

/// Which letter went out under an id of the mail system's, for as long as bounces count.
fn sent_as(id: &MessageId, reply: &Reply, now: Timestamp) -> Write {
    Write::Note(Note {
        key: NoteKey::sent_as(id),
        value: reply.reply_id.to_string(),
        expires_at: now + FORGIVEN,
        version: 0,
    })
}

impl std::fmt::Debug for Replies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Replies")
    }
}
