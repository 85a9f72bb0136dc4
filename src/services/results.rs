//! What workers say: responses end commands, events show life.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::RwLock;
use tracing::{debug, info, warn};

use super::ending::{End, Endings};
use super::forgotten::Forgotten;
use super::policy::Policy;
use super::settle;
use crate::domain::command::{Command, CommandState};
use crate::domain::container::Container;
use crate::domain::event::{EventDraft, EventKind};
use crate::domain::ids::{CommandId, ContainerId};
use crate::domain::session::SessionStatus;
use crate::domain::time::Timestamp;
use crate::domain::wire::{FromWorker, Response, WorkerEvent};
use crate::ports::Ports;
use crate::ports::clock::Clock;
use crate::ports::command_store::CommandStore;
use crate::ports::container_store::ContainerStore;
use crate::ports::fault::Fault;
use crate::ports::ledger::{CommitError, Ledger, Write};
use crate::ports::queues::{Delivery, QueueName, Queues, VISIBILITY};
use crate::ports::session_store::SessionStore;

/// Messages taken from one queue at once: the most that SQS gives.
const BATCH: usize = 10;
/// Most commands that are sent again at once.
const RESENT: usize = 20;

/// What becomes of a message after it was looked at.
enum Disposition {
    Done,
    Poison(&'static str),
}

/// Reads the output queues.
pub struct Results {
    clock: Arc<dyn Clock>,
    queues: Arc<dyn Queues>,
    containers: Arc<dyn ContainerStore>,
    commands: Arc<dyn CommandStore>,
    sessions: Arc<dyn SessionStore>,
    ledger: Arc<dyn Ledger>,
    endings: Endings,
    policy: Arc<Policy>,
    /// Shared by whoever acts on messages; whole once they have been acted on.
    acting: RwLock<()>,
    forgotten: Forgotten,
}

impl Results {
    /// Over these ports.
    pub fn new(ports: &Ports, endings: Endings, policy: Arc<Policy>) -> Self {
        Self {
            clock: Arc::clone(&ports.clock),
            queues: Arc::clone(&ports.queues),
            containers: Arc::clone(&ports.containers),
            commands: Arc::clone(&ports.commands),
            sessions: Arc::clone(&ports.sessions),
            ledger: Arc::clone(&ports.ledger),
            endings,
            policy,
            acting: RwLock::new(()),
            forgotten: Forgotten::default(),
        }
    }

    /// Takes in what the workers of all awake containers have said (C25), for queues that can be asked for nothing. One
    /// that fails does not hold up the others; the first fault is reported at the end.
    pub async fn tick(&self) -> Result<(), Fault> {
        let mut outcome = Ok(());
        for container in self.awake().await? {
            outcome = outcome.and(self.take_in(&container).await);
        }
        outcome
    }

    async fn take_in(&self, container: &ContainerId) -> Result<(), Fault> {
        while self.hear(container, Duration::ZERO).await? == BATCH {}
        Ok(())
    }

    /// The containers that may say something.
    pub(crate) async fn awake(&self) -> Result<Vec<ContainerId>, Fault> {
        let awake = self.containers.awake().await?;
        let awake: Vec<_> = awake.into_iter().map(|one| one.container_id).collect();
        self.forgotten.keep(&awake);
        Ok(awake)
    }

    /// Empties one output queue (C25): what was received before, here or elsewhere in this process, has been acted on
    /// when this returns.
    pub async fn drain(&self, container: &ContainerId) -> Result<(), Fault> {
        while self.hear(container, Duration::ZERO).await? > 0 {}
        drop(self.acting.write().await);
        Ok(())
    }

    /// Waits up to `wait` for messages of one container and acts on them. Answers how many there were.
    pub(crate) async fn hear(
        &self,
        container: &ContainerId,
        wait: Duration,
    ) -> Result<usize, Fault> {
        let queue = QueueName::output(container.clone());
        let batch = self.queues.receive(&queue, BATCH, wait).await?;
        if batch.is_empty() {
            return Ok(0);
        }
        let acting = self.acting.read().await;
        let (count, mut outcome) = (batch.len(), Ok(()));
        let mut done = Vec::with_capacity(count);
        for delivery in batch {
            // all of them: what is received and left lying is hidden for two minutes
            match self.take(&queue, &delivery).await {
                Ok(true) => done.push(delivery.receipt),
                Ok(false) => {}
                Err(fault) => outcome = outcome.and(Err(fault)),
            }
        }
        let deleted = self.queues.delete_all(&queue, &done).await;
        drop(acting);
        outcome.and(deleted).map(|_valid| count)
    }

    /// Acts on one message. Answers whether that is durable, so that the message can be deleted (invariant 1).
    async fn take(&self, queue: &QueueName, delivery: &Delivery) -> Result<bool, Fault> {
        let disposition = match serde_json::from_str::<FromWorker>(&delivery.body) {
            Ok(message) => self.apply(&queue.container, message).await,
            Err(error) => {
                warn!(container.id = %queue.container, %error, "a worker sent what is no message");
                Ok(Disposition::Poison("not a message of the worker protocol"))
            }
        };
        match disposition {
            Ok(Disposition::Done) => Ok(true),
            Ok(Disposition::Poison(reason)) => {
                let body =
                    serde_json::json!({ "reason": reason, "body": delivery.body }).to_string();
                self.queues
                    .send(&QueueName::dead(queue.container.clone()), body)
                    .await?;
                Ok(true)
            }
            Err(CommitError::Conflict) => {
                self.queues
                    .set_visibility(queue, &delivery.receipt, Duration::ZERO)
                    .await?;
                Ok(false)
            }
            Err(CommitError::Backend(fault)) => {
                // tried again soon, then more and more rarely, so that a bad minute makes no dead letter
                let doubled = 1_u64.checked_shl(delivery.receives.saturating_sub(1));
                let wait = Duration::from_secs(doubled.unwrap_or(u64::MAX)).min(VISIBILITY);
                let receipt = &delivery.receipt;
                self.queues.set_visibility(queue, receipt, wait).await?;
                Err(fault)
            }
        }
    }

    async fn apply(
        &self,
        container: &ContainerId,
        message: FromWorker,
    ) -> Result<Disposition, CommitError> {
        match message {
            FromWorker::Response(response) => settle!(self.respond(container, &response).await),
            FromWorker::Heartbeat(event) => settle!(self.heartbeat(container, &event).await),
            FromWorker::Started(event) => settle!(self.started(container, &event).await),
            FromWorker::Progress(event) => settle!(self.progress(container, &event).await),
        }
    }

    async fn respond(
        &self,
        id: &ContainerId,
        response: &Response,
    ) -> Result<Disposition, CommitError> {
        let Some(container) = self.containers.get(id).await? else {
            return Ok(Disposition::Poison("no such container"));
        };
        let command = self.commands.get(&response.command_id).await?;
        let Some(command) = command.filter(|command| command.container_id == *id) else {
            return Ok(Disposition::Poison("no such command in this container"));
        };
        if response
            .generation
            .is_some_and(|generation| generation < container.generation)
        {
            info!(command.id = %command.command_id, "dropped the response of an older generation to {}", command.command_id);
            return Ok(Disposition::Done); // C4: the present generation answers
        }
        let state = match (response.interrupted, response.success) {
            (true, _) => CommandState::Interrupted,
            (false, true) => CommandState::Succeeded,
            (false, false) => CommandState::Failed,
        };
        let end = End {
            state,
            result: response.result.clone().bounded(),
        };
        if self.endings.end(&command.command_id, &end).await? {
            info!(command.id = %command.command_id, state = state.as_str(), "command {} {}", command.command_id, state.as_str());
        }
        Ok(Disposition::Done)
    }

    async fn heartbeat(
        &self,
        id: &ContainerId,
        event: &WorkerEvent,
    ) -> Result<Disposition, CommitError> {
        let Some(mut container) = self.present(id, event).await? else {
            return Ok(Disposition::Done);
        };
        let now = self.clock.now();
        if self.forgotten.heard(&container, event.busy, now) {
            self.send_again(&container).await?;
        }
        let recent = container
            .heartbeat_at
            .is_some_and(|at| now.since(at) < self.policy.limits.heartbeat / 2);
        let first = container.heard(now);
        if recent && !first {
            return Ok(Disposition::Done);
        }
        let mut writes = Vec::new();
        if first {
            writes.extend(
                container_events(self.sessions.as_ref(), id, now, &running(&container)).await?,
            );
        }
        writes.push(Write::Container(container));
        self.ledger.commit(writes).await?;
        Ok(Disposition::Done)
    }

    /// Marks what the present generation was sent as not sent.
    async fn send_again(&self, container: &Container) -> Result<(), CommitError> {
        let id = &container.container_id;
        let open = self.commands.open_in(id).await?;
        let lost = open.into_iter().filter(|command| {
            command.dispatched_generation == container.generation && command.cancel.is_none()
        });
        let unsent = |mut command: Command| {
            command.dispatched_generation = 0;
            Write::Command(Box::new(command))
        };
        let writes: Vec<Write> = lost.take(RESENT).map(unsent).collect();
        if !writes.is_empty() {
            warn!(container.id = %id, commands = writes.len(), "the worker of {id} does nothing with what it was sent: sending it again");
            self.ledger.commit(writes).await?;
        }
        Ok(())
    }

    async fn started(
        &self,
        id: &ContainerId,
        event: &WorkerEvent,
    ) -> Result<Disposition, CommitError> {
        let Some(mut container) = self.present(id, event).await? else {
            return Ok(Disposition::Done);
        };
        let Some(mut command) = self.open_command(id, event.command_id.as_ref()).await? else {
            return Ok(Disposition::Done);
        };
        if command.is_running_in(event.generation) {
            return Ok(Disposition::Done); // said twice, begun once
        }
        let now = self.clock.now();
        command.state = CommandState::Running;
        command.dispatched_generation = event.generation; // whoever begins it has got it
        command.starts = command.starts.saturating_add(1);
        command.started_at.get_or_insert(now);
        let mut writes = Vec::with_capacity(5);
        container.failed_starts = 0;
        if container.heard(now) {
            writes.extend(
                container_events(self.sessions.as_ref(), id, now, &running(&container)).await?,
            );
        }
        let kind = EventKind::CommandStarted {
            command_id: command.command_id.clone(),
            attempt: command.starts,
        };
        writes.push(Write::Event(EventDraft::of_command(&command, now, kind)));
        if let Some(mut session) = self.sessions.get(&command.session_id).await? {
            if session.status == SessionStatus::Initializing {
                session.status = SessionStatus::Active;
            }
            session.touch(now, self.policy.lifetimes);
            writes.push(Write::Session(session));
        }
        writes.push(Write::Container(container));
        writes.push(Write::Command(Box::new(command)));
        self.ledger.commit(writes).await?;
        Ok(Disposition::Done)
    }

    async fn progress(
        &self,
        id: &ContainerId,
        event: &WorkerEvent,
    ) -> Result<Disposition, CommitError> {
        if self.present(id, event).await?.is_none() {
            return Ok(Disposition::Done);
        }
        let Some(command) = self.open_command(id, event.command_id.as_ref()).await? else {
            return Ok(Disposition::Done);
        };
        let Some(detail) = &event.detail else {
            return Ok(Disposition::Done);
        };
        let detail: String = detail.chars().take(300).collect();
        let kind = EventKind::CommandProgress {
            command_id: command.command_id.clone(),
            detail,
        };
        let draft = EventDraft::of_command(&command, self.clock.now(), kind);
        self.ledger.commit(vec![Write::Event(draft)]).await?;
        Ok(Disposition::Done)
    }

    /// The container, if the event is of its present generation (C4).
    async fn present(
        &self,
        id: &ContainerId,
        event: &WorkerEvent,
    ) -> Result<Option<Container>, Fault> {
        let container = self.containers.get(id).await?;
        let present = container.filter(|c| c.generation == event.generation && c.is_awake());
        if present.is_none() {
            debug!(container.id = %id, generation = event.generation, "dropped an event of an older generation of {id}");
        }
        Ok(present)
    }

    async fn open_command(
        &self,
        container: &ContainerId,
        id: Option<&CommandId>,
    ) -> Result<Option<Command>, Fault> {
        let Some(id) = id else { return Ok(None) };
        let command = self.commands.get(id).await?;
        Ok(command.filter(|command| command.container_id == *container && command.state.is_open()))
    }
}

impl std::fmt::Debug for Results {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Results")
    }
}

/// The event of a container that runs now.
pub(crate) fn running(container: &Container) -> EventKind {
    EventKind::ContainerRunning {
        container_id: container.container_id.clone(),
        generation: container.generation,
    }
}

/// The same event for every live session of a container.
pub(crate) async fn container_events(
    sessions: &dyn SessionStore,
    container: &ContainerId,
    now: Timestamp,
    kind: &EventKind,
) -> Result<Vec<Write>, Fault> {
    /// An event and its session's counter each; leaves room in a transaction for the records themselves.
    const MOST: usize = 40;
    let live = sessions.live_in(container, now).await?;
    let event = |session| Write::Event(EventDraft::of(session, now, kind.clone()));
    Ok(live.iter().take(MOST).map(event).collect())
}
