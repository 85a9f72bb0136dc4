//! The end of a command: one transaction, however it ends and whoever notices.

use std::sync::Arc;

use super::letters::{self, Letters};
use super::metrics::Metrics;
use super::policy::Policy;
use crate::domain::command::{Command, CommandResult, CommandState, Source};
use crate::domain::container::Container;
use crate::domain::event::{EventDraft, EventKind};
use crate::domain::ids::{CommandId, ReplyId};
use crate::domain::mail::{MessageId, quote_mark};
use crate::domain::outcome::Outcome;
use crate::domain::reply::{Reply, ReplyState};
use crate::domain::session::{Session, SessionStatus};
use crate::domain::thread::{Pointer, PointerKey};
use crate::domain::time::Timestamp;
use crate::ports::Ports;
use crate::ports::clock::Clock;
use crate::ports::command_store::CommandStore;
use crate::ports::container_store::ContainerStore;
use crate::ports::fault::Fault;
use crate::ports::ledger::{CommitError, Ledger, Write};
use crate::ports::session_store::SessionStore;
use crate::ports::thread_store::ThreadStore;

/// How a command ended.
#[derive(Debug, Clone)]
pub struct End {
    /// Succeeded, failed or interrupted.
    pub state: CommandState,
    /// What is told of it.
    pub result: CommandResult,
}

impl End {
    /// A failure that no worker reported.
    pub fn failed(code: &str, summary: &str) -> Self {
        let result = CommandResult {
            summary: Some(summary.to_owned()),
            error_code: Some(code.to_owned()),
            ..CommandResult::default()
        };
        Self {
            state: CommandState::Failed,
            result,
        }
    }

    /// Stopped before a worker began it.
    pub fn cancelled(reason: &str) -> Self {
        let result = CommandResult {
            error_code: Some(reason.to_owned()),
            ..CommandResult::default()
        };
        Self {
            state: CommandState::Interrupted,
            result,
        }
    }
}

/// Ends commands. A command ends once: a second end is dropped (invariant 2).
#[derive(Clone)]
pub struct Endings {
    clock: Arc<dyn Clock>,
    commands: Arc<dyn CommandStore>,
    sessions: Arc<dyn SessionStore>,
    threads: Arc<dyn ThreadStore>,
    containers: Arc<dyn ContainerStore>,
    ledger: Arc<dyn Ledger>,
    letters: Letters,
    policy: Arc<Policy>,
    metrics: Arc<Metrics>,
}

impl Endings {
    /// Over these ports.
    pub fn new(
        ports: &Ports,
        letters: Letters,
        policy: Arc<Policy>,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self {
            clock: Arc::clone(&ports.clock),
            commands: Arc::clone(&ports.commands),
            sessions: Arc::clone(&ports.sessions),
            threads: Arc::clone(&ports.threads),
            containers: Arc::clone(&ports.containers),
            ledger: Arc::clone(&ports.ledger),
            letters,
            policy,
            metrics,
        }
    }

    /// Ends a command, if it is open. Answers whether this call ended it.
    pub async fn end(&self, id: &CommandId, end: &End) -> Result<bool, CommitError> {
        super::settle!(self.try_end(id, end).await)
    }

    async fn try_end(&self, id: &CommandId, end: &End) -> Result<bool, CommitError> {
        let Some(mut command) = self.commands.get(id).await? else {
            return Ok(false);
        };
        if !command.state.is_open() {
            return Ok(false);
        }
        let now = self.clock.now();
        command.state = end.state;
        command.ended_at = Some(now);
        command.result = Some(result_of(&command, end));
        let session = self.sessions.get(&command.session_id).await?;
        let mut writes = Vec::with_capacity(8);
        if let Some(reply) = self.reply(&command, now).await? {
            writes.extend(pointers(&reply, &command));
            writes.push(Write::Reply(Box::new(reply)));
        }
        writes.push(Write::Event(EventDraft::of_command(
            &command,
            now,
            ended_event(&command, session.as_ref()),
        )));
        if end.result.deploy_success == Some(true) {
            let kind = EventKind::PreviewReady {
                preview_url: self.policy.preview_url(&command.session_id),
                git_commit: end.result.git_commit.clone(),
            };
            writes.push(Write::Event(EventDraft::of_command(&command, now, kind)));
        }
        let mut ended = None;
        if let Some(mut session) = session {
            if session.command_ended(now, self.policy.lifetimes) {
                let reason = session.reason.clone().unwrap_or_default();
                let kind = EventKind::SessionEnded { reason };
                writes.push(Write::Event(EventDraft::of(&session, now, kind)));
                ended = Some(session.clone());
            }
            writes.push(Write::Session(session));
        }
        if let Some(mut container) = self.containers.get(&command.container_id).await? {
            container.commands_ended(1, now, self.policy.limits);
            if let Some(session) = &ended {
                rest_if_last(self.sessions.as_ref(), session, &mut container, now).await?;
            }
            writes.push(Write::Container(container));
        }
        let told = told_by_api(&command);
        writes.push(Write::Command(Box::new(command)));
        self.ledger.commit(writes).await?;
        self.metrics.command_ended(end.state.as_str());
        if let Some(outcome) = told {
            self.metrics.outcome(outcome, Source::Api);
        }
        Ok(true)
    }

    /// What came by mail is answered by mail. What a newer mail of the same thread has stopped is covered by that
    /// one's answer (C16).
    async fn reply(&self, command: &Command, now: Timestamp) -> Result<Option<Reply>, Fault> {
        let Some(mail) = command
            .mail
            .as_ref()
            .filter(|_| command.source == Source::Email)
        else {
            return Ok(None);
        };
        let newer = command
            .result
            .as_ref()
            .and_then(|result| result.interrupted_by.as_ref());
        if let Some(newer) = newer
            && self.commands.get(newer).await?.is_some_and(|newer| {
                newer.source == Source::Email && newer.session_id == command.session_id
            })
        {
            return Ok(None);
        }
        let thread = self.threads.get(&command.thread_id).await?;
        let preview_url = self.policy.preview_url(&command.session_id);
        let stopped = self.stopped_for(command).await?;
        let letter = self
            .letters
            .outcome(command, mail, thread.as_ref(), &preview_url, now)
            .map(|letter| stopped.iter().fold(letter, Letters::mentioning));
        Ok(letter.map(|letter| Reply {
            reply_id: ReplyId::for_command(&command.command_id),
            session_id: Some(command.session_id.clone()),
            command_id: Some(command.command_id.clone()),
            journal_id: Some(mail.journal_id.clone()),
            letter,
            state: ReplyState::Pending,
            due_at: Some(now),
            attempts: 0,
            created_at: now,
            version: 0,
        }))
    }
}

impl Endings {
    /// The commands by mail that were stopped for this one and have no answer of their own (C16), oldest first; also
    /// those that were stopped for one of them.
    async fn stopped_for(&self, command: &Command) -> Result<Vec<Command>, Fault> {
        const LOOK_BACK: usize = 20;
        let latest = self
            .commands
            .by_session(&command.session_id, LOOK_BACK)
            .await?;
        let mut covered = Vec::new();
        let mut newer = vec![command.command_id.clone()];
        for earlier in latest {
            let by = earlier.result.as_ref();
            let by = by.and_then(|result| result.interrupted_by.as_ref());
            if by.is_some_and(|by| newer.contains(by)) && earlier.source == Source::Email {
                newer.push(earlier.command_id.clone());
                covered.push(earlier);
            }
        }
        covered.reverse();
        Ok(covered)
    }
}

impl std::fmt::Debug for Endings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Endings")
    }
}

/// What is told of the end; a worker that was told to stop does not say why.
fn result_of(command: &Command, end: &End) -> CommandResult {
    let mut result = end.result.clone();
    if end.state == CommandState::Interrupted
        && result.interrupted_by.is_none()
        && result.error_code.is_none()
    {
        result.error_code = command.cancel.map(|reason| reason.as_str().to_owned());
    }
    result
}

/// What came by the API is told as soon as it has ended; what a newer message has stopped is covered by that one.
fn told_by_api(command: &Command) -> Option<Outcome> {
    let result = command.result.as_ref()?;
    let told = command.source == Source::Api && result.interrupted_by.is_none();
    told.then(|| letters::kind_of(command.state, result).into())
}

/// Answers to an answer find the thread by its id, by the thread's anchor, or by the mark in what they quote, where a mailer
/// loses the token (T4).
pub(super) fn pointers(reply: &Reply, command: &Command) -> Vec<Write> {
    let own = &reply.letter.message_id;
    let anchor = MessageId::ours("thread", command.thread_id.as_str(), own.domain());
    let ids = [Some(own.clone()), anchor.ok()].into_iter().flatten();
    let project = &command.project_id;
    let mark = PointerKey::mark(project, &quote_mark(&reply.reply_id));
    ids.map(|id| PointerKey::message(project, id.as_str()))
        .chain([mark])
        .map(|key| {
            Write::Pointer(Pointer {
                key,
                thread_id: command.thread_id.clone(),
            })
        })
        .collect()
}

/// Lets a container sleep at once when the session that has just ended was its last live one.
pub(crate) async fn rest_if_last(
    sessions: &dyn SessionStore,
    ended: &Session,
    container: &mut Container,
    now: Timestamp,
) -> Result<(), Fault> {
    if ended.status != SessionStatus::Expired
        || container.open_commands > 0
        || !container.is_awake()
    {
        return Ok(());
    }
    let live = sessions.live_in(&container.container_id, now).await?;
    if live
        .iter()
        .all(|session| session.session_id == ended.session_id)
    {
        container.sleep_at = Some(now);
        container.due_at = Some(now);
    }
    Ok(())
}

fn ended_event(command: &Command, session: Option<&Session>) -> EventKind {
    let command_id = command.command_id.clone();
    let result = command.result.clone().unwrap_or_default();
    match command.state {
        CommandState::Interrupted => EventKind::CommandInterrupted {
            command_id,
            interrupted_by: result.interrupted_by,
        },
        CommandState::Failed => EventKind::CommandFailed {
            command_id,
            error_code: result.error_code.unwrap_or_else(|| "failed".to_owned()),
            summary: result.summary.unwrap_or_default(),
        },
        CommandState::Succeeded | CommandState::Queued | CommandState::Running => {
            EventKind::CommandSucceeded {
                command_id,
                summary: result.summary.unwrap_or_default(),
                files_changed: result.files_changed,
                git_commit: result.git_commit,
                preview_url: session
                    .map(|session| session.preview_url.clone())
                    .unwrap_or_default(),
            }
        }
    }
}
