//! Tells senders that their message has arrived where its result takes long, and that it is kept where its container
//! does not start.
//!
//! A note is no outcome, which still comes (invariant 2): it is written together with a mark on the open command, so
//! that a command has at most one of each kind and none once it has ended. Mails that are answered soon, which is nearly
//! all, cost nothing: this looks only while something is open, and then at the moment when the oldest message that has
//! had no note is a minute old.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tracing::info;

use super::ending::pointers;
use super::letters::Letters;
use crate::domain::claim::{Claim, ClaimKey};
use crate::domain::command::{Acks, Command, MailOrigin, Source};
use crate::domain::container::{Container, ContainerState};
use crate::domain::ids::ReplyId;
use crate::domain::mail::{Letter, LetterKind};
use crate::domain::reply::{Reply, ReplyState};
use crate::domain::time::Timestamp;
use crate::ports::Ports;
use crate::ports::claim_store::ClaimStore;
use crate::ports::clock::Clock;
use crate::ports::command_store::CommandStore;
use crate::ports::container_store::ContainerStore;
use crate::ports::fault::Fault;
use crate::ports::ledger::{CommitError, Ledger, Write};
use crate::ports::thread_store::ThreadStore;

/// From its acceptance on, a message is given this time before its sender hears that it has arrived.
pub const PATIENCE: Duration = Duration::from_mins(1);
/// How long a message is kept while its container does not start; then its sender hears that it was in vain.
pub const KEPT_FOR: Duration = Duration::from_hours(24);

/// One acknowledgement per thread in this time (L19).
const ACK_PAUSE: Duration = Duration::from_hours(3 * 24);
/// How far ahead containers are looked for whose start is tried again later: beyond any pause between two tries.
const FAR: Duration = Duration::from_hours(1);
/// Most waiting containers that are looked at.
const MOST_CONTAINERS: usize = 1000;
/// Until a container whose start has not worked is looked at again.
const AGAIN: Duration = Duration::from_secs(5);

/// Writes notes.
pub struct Notes {
    clock: Arc<dyn Clock>,
    containers: Arc<dyn ContainerStore>,
    commands: Arc<dyn CommandStore>,
    threads: Arc<dyn ThreadStore>,
    claims: Arc<dyn ClaimStore>,
    ledger: Arc<dyn Ledger>,
    letters: Letters,
    /// When to look next; `None` while nothing is open.
    next: Mutex<Option<Timestamp>>,
}

impl Notes {
    /// Over these ports.
    pub fn new(ports: &Ports, letters: Letters) -> Self {
        Self {
            clock: Arc::clone(&ports.clock),
            containers: Arc::clone(&ports.containers),
            commands: Arc::clone(&ports.commands),
            threads: Arc::clone(&ports.threads),
            claims: Arc::clone(&ports.claims),
            ledger: Arc::clone(&ports.ledger),
            letters,
            next: Mutex::new(Some(Timestamp::EPOCH)), // what was open before a restart
        }
    }

    /// Hears what is open. The reconciler of each replica sees all of it, some time or other.
    pub(crate) fn sees(&self, open: &[Command]) {
        if let Some(oldest) = open.iter().map(|command| command.created_at).min() {
            self.next().get_or_insert(oldest + PATIENCE);
        }
    }

    /// Hears that a container does not start: whoever waits for it hears so too.
    pub(crate) fn starts_fail(&self) {
        *self.next() = Some(Timestamp::EPOCH);
    }

    /// Whether it has anything to look for.
    pub fn looks(&self) -> bool {
        self.next().is_some()
    }

    fn next(&self) -> MutexGuard<'_, Option<Timestamp>> {
        self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells whoever waits for too long.
    pub async fn tick(&self) -> Result<(), Fault> {
        let now = self.clock.now();
        let planned = *self.next();
        if planned.is_none_or(|next| next > now) {
            return Ok(());
        }
        let far = now + FAR;
        let mut containers = self.containers.awake().await?;
        containers.extend(self.containers.waiting(far, MOST_CONTAINERS).await?);
        let mut next: Option<Timestamp> = None;
        for container in containers.iter().filter(|one| one.open_commands > 0) {
            for command in self.commands.open_in(&container.container_id).await? {
                let due = self.look_at(command, container, now).await?;
                next = Some(next.map_or(due, |next| next.min(due)));
            }
        }
        *self.next() = next;
        Ok(())
    }

    /// Writes the note that is due. Answers when to look at this command again; what is accepted later is due later.
    async fn look_at(
        &self,
        command: Command,
        container: &Container,
        now: Timestamp,
    ) -> Result<Timestamp, Fault> {
        let later = now + PATIENCE;
        let written = match Step::of(&command, container, now) {
            Step::Nothing => return Ok(later),
            Step::LookAgain(at) => return Ok(at),
            Step::Acknowledge => self.acknowledge(command, now).await,
            Step::SayKept => self.say_kept(command, now).await,
        };
        match written {
            Ok(()) => Ok(later),
            Err(CommitError::Conflict) => Ok(now), // it has changed: decided again
            Err(CommitError::Backend(fault)) => Err(fault),
        }
    }

    /// L19: once per thread in several days, whatever else is asked for in it.
    async fn acknowledge(&self, mut command: Command, now: Timestamp) -> Result<(), CommitError> {
        let key = ClaimKey::acknowledgment(&command.thread_id);
        let mut writes = Vec::with_capacity(5);
        if self.claims.get(&key, now).await?.is_none() {
            let thread = self.threads.get(&command.thread_id).await?;
            let letter = mail_of(&command).and_then(|mail| {
                self.letters
                    .acknowledgment(&command, mail, thread.as_ref(), now)
            });
            writes.extend(
                letter
                    .into_iter()
                    .flat_map(|it| on_its_way(it, &command, now)),
            );
            writes.push(Write::Claim(Claim {
                key,
                value: String::new(),
                claimed_at: now,
                expires_at: now + ACK_PAUSE,
            }));
            info!(command.id = %command.command_id, "command {} takes long: its sender is told that it has arrived", command.command_id);
        }
        command.told.push(LetterKind::Ack); // or need not be
        writes.push(Write::Command(Box::new(command)));
        self.ledger.commit(writes).await
    }

    async fn say_kept(&self, mut command: Command, now: Timestamp) -> Result<(), CommitError> {
        let thread = self.threads.get(&command.thread_id).await?;
        let until = command.created_at + KEPT_FOR;
        let letter = mail_of(&command).and_then(|mail| {
            self.letters
                .kept(&command, mail, thread.as_ref(), until, now)
        });
        let letter = letter.into_iter();
        let mut writes: Vec<Write> = letter
            .flat_map(|it| on_its_way(it, &command, now))
            .collect();
        info!(command.id = %command.command_id, "command {} cannot begin: its sender is told that it is kept", command.command_id);
        command.told.push(LetterKind::StillWorking);
        writes.push(Write::Command(Box::new(command)));
        self.ledger.commit(writes).await
    }
}

/// What is to be done about one open command.
enum Step {
    Nothing,
    LookAgain(Timestamp),
    Acknowledge,
    SayKept,
}

impl Step {
    fn of(command: &Command, container: &Container, now: Timestamp) -> Self {
        let Some(mail) = mail_of(command).filter(|_| command.cancel.is_none()) else {
            return Self::Nothing;
        };
        if matches!(container.state, ContainerState::Failed { .. }) {
            let told = command.was_told(LetterKind::StillWorking);
            return if told { Self::Nothing } else { Self::SayKept };
        }
        if mail.acks == Acks::Unwanted || !command.told.is_empty() {
            return Self::Nothing;
        }
        let due = command.created_at + PATIENCE;
        if due > now {
            Self::LookAgain(due)
        } else if container.failed_starts > 0 && !container.is_awake() {
            Self::LookAgain(now + AGAIN) // soon there is something better to tell
        } else {
            Self::Acknowledge
        }
    }
}

fn mail_of(command: &Command) -> Option<&MailOrigin> {
    let mail = command.mail.as_ref()?;
    (command.source == Source::Email).then_some(mail)
}

/// The letter on its way, and what leads from it to its thread.
fn on_its_way(letter: Letter, command: &Command, now: Timestamp) -> Vec<Write> {
    let reply = Reply {
        reply_id: ReplyId::for_note(&command.command_id, letter.kind.as_str()),
        session_id: Some(command.session_id.clone()),
        command_id: Some(command.command_id.clone()),
        journal_id: letter.reference.clone(),
        letter,
        state: ReplyState::Pending,
        due_at: Some(now),
        attempts: 0,
        created_at: now,
        version: 0,
    };
    let mut writes = pointers(&reply, command);
    writes.push(Write::Reply(Box::new(reply)));
    writes
}

impl std::fmt::Debug for Notes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Notes")
    }
}
