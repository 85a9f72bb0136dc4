//! Accepting an instruction: the one transaction that makes a message durable (`design.md` section 6).

use std::sync::Arc;

use super::policy::Policy;
use crate::domain::command::{Action, Attachment, Command, CommandState, MailOrigin, Source};
use crate::domain::container::Container;
use crate::domain::event::{EventDraft, EventKind};
use crate::domain::ids::{
    ClientId, CommandId, ContainerId, ProjectId, SessionId, ThreadId, UserId,
};
use crate::domain::mail::ReplyToken;
use crate::domain::mail::files::RefusedFile;
use crate::domain::session::{Session, SessionStatus};
use crate::domain::thread::{Pointer, PointerKey, Thread};
use crate::domain::time::Timestamp;
use crate::ports::Ports;
use crate::ports::clock::Clock;
use crate::ports::container_store::ContainerStore;
use crate::ports::entropy::Entropy;
use crate::ports::fault::Fault;
use crate::ports::ledger::{Ledger, Write};
use crate::ports::session_store::SessionStore;
use crate::ports::thread_store::ThreadStore;

/// What is to be done, for whom.
#[derive(Debug, Clone)]
#[expect(
    missing_docs,
    reason = "the undocumented fields are the ids of their types"
)]
pub struct Instruction {
    pub client_id: ClientId,
    pub project_id: ProjectId,
    pub user_id: UserId,
    pub source: Source,
    /// The sender's own words.
    pub text: String,
    /// What they ask for, when they are fixed ones.
    pub action: Option<Action>,
    /// The mail it came by.
    pub mail: Option<MailOrigin>,
    /// Files that came with it.
    pub attachments: Vec<Attachment>,
    /// Files that came with it and are kept from the agent.
    pub refused_files: Vec<RefusedFile>,
    /// What leads to the thread from now on, for instance the mail's Message-ID.
    pub pointers: Vec<PointerKey>,
    /// The subject of a new thread, normalised.
    pub subject: Option<String>,
}

/// How the instruction met its session; also a metrics label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Met {
    /// A new thread.
    New,
    /// A thread whose session had ended, or was draining.
    Woken,
    /// A live session.
    FollowUp,
}

impl Met {
    /// The name that metrics use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Woken => "woken",
            Self::FollowUp => "follow_up",
        }
    }
}

/// What was accepted, before it is committed.
#[derive(Debug, Clone)]
pub struct Acceptance {
    /// The session as it will be.
    pub session: Session,
    /// The new command's id.
    pub command_id: CommandId,
    /// How the instruction met its session.
    pub met: Met,
    /// The writes; the caller adds its own (journal row, claim) and commits all together.
    pub writes: Vec<Write>,
}

/// Prepares acceptances.
#[derive(Clone)]
pub struct Acceptor {
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    sessions: Arc<dyn SessionStore>,
    threads: Arc<dyn ThreadStore>,
    containers: Arc<dyn ContainerStore>,
    /// Where the caller commits.
    pub(crate) ledger: Arc<dyn Ledger>,
    pub(crate) policy: Arc<Policy>,
}

impl Acceptor {
    /// Over these ports.
    pub fn new(ports: &Ports, policy: Arc<Policy>) -> Self {
        Self {
            clock: Arc::clone(&ports.clock),
            entropy: Arc::clone(&ports.entropy),
            sessions: Arc::clone(&ports.sessions),
            threads: Arc::clone(&ports.threads),
            containers: Arc::clone(&ports.containers),
            ledger: Arc::clone(&ports.ledger),
            policy,
        }
    }

    /// Now, by the same clock that stamps acceptances.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The container of this id.
    pub async fn container(&self, id: &ContainerId) -> Result<Option<Container>, Fault> {
        self.containers.get(id).await
    }

    /// The session of this id.
    pub async fn session(&self, id: &SessionId) -> Result<Option<Session>, Fault> {
        self.sessions.get(id).await
    }

    /// The thread of this id.
    pub async fn thread(&self, id: &ThreadId) -> Result<Option<Thread>, Fault> {
        self.threads.get(id).await
    }

    /// The first key that leads to a thread, and that thread.
    pub async fn resolve(
        &self,
        keys: &[PointerKey],
    ) -> Result<Option<(PointerKey, Thread)>, Fault> {
        if keys.is_empty() {
            return Ok(None);
        }
        self.threads.resolve(keys).await
    }

    /// Reads what the instruction touches and works out the transaction; nothing is written yet.
    ///
    /// A commit that conflicts means: prepare again. Two replicas serialise on the container's version.
    pub async fn prepare(
        &self,
        instruction: Instruction,
        thread: Option<&Thread>,
    ) -> Result<Acceptance, Fault> {
        let container_id = ContainerId::derive(
            &instruction.client_id,
            &instruction.project_id,
            &instruction.user_id,
        );
        let container = self.containers.get(&container_id).await?;
        let session = match thread {
            Some(thread) => self.sessions.get(&thread.session_id).await?,
            None => None,
        };
        let container = container.unwrap_or_else(|| {
            Container::new(
                container_id,
                instruction.client_id.clone(),
                instruction.project_id.clone(),
                instruction.user_id.clone(),
            )
        });
        Ok(self.assemble(instruction, thread, session, container))
    }

    fn assemble(
        &self,
        instruction: Instruction,
        thread: Option<&Thread>,
        session: Option<Session>,
        mut container: Container,
    ) -> Acceptance {
        let now = self.clock.now();
        let mut writes = Vec::with_capacity(10);
        let new_thread;
        let thread = if let Some(thread) = thread {
            thread
        } else {
            new_thread = self.new_thread(&instruction, &container, now);
            writes.extend(thread_writes(&new_thread));
            &new_thread
        };
        let (mut session, met) = if let Some(session) = session {
            writes.extend(self.lapse(&session, now));
            self.meet(session, now)
        } else {
            let fresh = self.new_session(thread, &container, now);
            let met = if thread.version == 0 {
                Met::New
            } else {
                Met::Woken
            };
            (fresh, met)
        };
        let command_id = CommandId::mint(self.entropy.bits());
        session.command_queued(command_id.clone(), now, self.policy.lifetimes);
        let sequence = container.command_accepted(now);
        writes.extend(instruction.pointers.iter().map(|key| {
            Write::Pointer(Pointer {
                key: key.clone(),
                thread_id: thread.thread_id.clone(),
            })
        }));
        writes.extend(events(&session, &instruction, &command_id, met, now));
        let command = new_command(instruction, &session, command_id.clone(), sequence, now);
        writes.push(Write::Session(session.clone()));
        writes.push(Write::Command(Box::new(command)));
        writes.push(Write::Container(container));
        Acceptance {
            session,
            command_id,
            met,
            writes,
        }
    }

    /// The end of a session that has expired, if nobody has written it down yet.
    fn lapse(&self, session: &Session, now: Timestamp) -> Option<Write> {
        let is_lapsed = session.status != SessionStatus::Expired && session.is_expired(now);
        is_lapsed.then(|| {
            let reason = session.lapse_reason(self.policy.lifetimes).to_owned();
            let kind = EventKind::SessionEnded { reason };
            Write::Event(EventDraft::of(session, now, kind))
        })
    }

    fn meet(&self, mut session: Session, now: Timestamp) -> (Session, Met) {
        match session.status_at(now) {
            SessionStatus::Initializing | SessionStatus::Active => (session, Met::FollowUp),
            SessionStatus::Draining | SessionStatus::Expired => {
                session.reactivate(now, self.policy.lifetimes);
                (session, Met::Woken)
            }
        }
    }

    fn new_thread(
        &self,
        instruction: &Instruction,
        container: &Container,
        now: Timestamp,
    ) -> Thread {
        let thread_id = ThreadId::mint(self.entropy.bits());
        Thread {
            session_id: SessionId::mint(self.entropy.bits()),
            client_id: instruction.client_id.clone(),
            project_id: instruction.project_id.clone(),
            user_id: instruction.user_id.clone(),
            container_id: container.container_id.clone(),
            edit_branch: Thread::branch_of(&thread_id),
            reply_token: ReplyToken::mint(self.entropy.bits(), self.entropy.bits()),
            subject: instruction.subject.clone(),
            language: instruction.mail.as_ref().map(|mail| mail.language),
            created_at: now,
            version: 0,
            thread_id,
        }
    }

    fn new_session(&self, thread: &Thread, container: &Container, now: Timestamp) -> Session {
        let mut session = Session {
            session_id: thread.session_id.clone(),
            user_id: thread.user_id.clone(),
            client_id: thread.client_id.clone(),
            project_id: thread.project_id.clone(),
            thread_id: thread.thread_id.clone(),
            container_id: container.container_id.clone(),
            status: SessionStatus::Initializing,
            last_activity: now,
            ttl: now,
            edit_branch: thread.edit_branch.clone(),
            preview_url: self.policy.preview_url(&thread.session_id),
            created_at: thread.created_at,
            activated_at: now,
            activation: 0,
            open_commands: 0,
            last_command: None,
            reason: None,
            version: 0,
        };
        session.reactivate(now, self.policy.lifetimes);
        session
    }
}

impl std::fmt::Debug for Acceptor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Acceptor")
    }
}

fn thread_writes(thread: &Thread) -> [Write; 3] {
    let pointer = |key| {
        Write::Pointer(Pointer {
            key,
            thread_id: thread.thread_id.clone(),
        })
    };
    [
        Write::Thread(thread.clone()),
        pointer(PointerKey::token(&thread.reply_token)),
        pointer(PointerKey::session(&thread.session_id)),
    ]
}

fn events(
    session: &Session,
    instruction: &Instruction,
    command_id: &CommandId,
    met: Met,
    now: Timestamp,
) -> Vec<Write> {
    let activation = session.activation;
    let mut kinds = Vec::with_capacity(3);
    match met {
        Met::New => kinds.push(EventKind::SessionCreated { activation }),
        Met::Woken => kinds.push(EventKind::SessionWoken { activation }),
        Met::FollowUp => {}
    }
    if let Some(mail) = &instruction.mail {
        kinds.push(EventKind::MailAccepted {
            journal_id: mail.journal_id.clone(),
        });
    }
    kinds.push(EventKind::CommandQueued {
        command_id: command_id.clone(),
    });
    kinds
        .into_iter()
        .map(|kind| Write::Event(EventDraft::of(session, now, kind)))
        .collect()
}

fn new_command(
    instruction: Instruction,
    session: &Session,
    command_id: CommandId,
    sequence: u64,
    now: Timestamp,
) -> Command {
    Command {
        command_id,
        session_id: session.session_id.clone(),
        thread_id: session.thread_id.clone(),
        container_id: session.container_id.clone(),
        client_id: instruction.client_id,
        project_id: instruction.project_id,
        user_id: instruction.user_id,
        source: instruction.source,
        instruction: instruction.text,
        action: instruction.action,
        mail: instruction.mail,
        attachments: instruction.attachments,
        refused_files: instruction.refused_files,
        state: CommandState::Queued,
        sequence,
        dispatched_generation: 0,
        starts: 0,
        cancel: None,
        cancel_sent_generation: 0,
        created_at: now,
        started_at: None,
        ended_at: None,
        result: None,
        told: Vec::new(),
        reply_trouble: None,
        version: 0,
    }
}
