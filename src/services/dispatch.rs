//! Sends commands and control messages to workers.

use std::sync::Arc;

use tracing::debug;

use super::ending::{End, Endings};
use super::projects::Projects;
use super::settle;
use crate::domain::command::{Command, CommandState, Source};
use crate::domain::container::{Container, ContainerState, StopReason};
use crate::domain::ids::CommandId;
use crate::domain::project::ProjectRepo;
use crate::domain::time::Timestamp;
use crate::domain::wire::{Interrupt, Shutdown, ToWorker, Work, WorkContext};
use crate::ports::Ports;
use crate::ports::clock::Clock;
use crate::ports::command_store::CommandStore;
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::ledger::{CommitError, Ledger, Write};
use crate::ports::queues::{QueueName, Queues};

/// Delivers what the records say. A crash between sending and marking sends twice, which workers tolerate.
pub(crate) struct Dispatch {
    clock: Arc<dyn Clock>,
    commands: Arc<dyn CommandStore>,
    queues: Arc<dyn Queues>,
    ledger: Arc<dyn Ledger>,
    endings: Endings,
    projects: Arc<Projects>,
}

impl Dispatch {
    pub(crate) fn new(ports: &Ports, endings: Endings, projects: Arc<Projects>) -> Self {
        Self {
            clock: Arc::clone(&ports.clock),
            commands: Arc::clone(&ports.commands),
            queues: Arc::clone(&ports.queues),
            ledger: Arc::clone(&ports.ledger),
            endings,
            projects,
        }
    }

    /// Sends each open command that the present generation has not been sent, and each stop that it was not told of.
    pub(crate) async fn run(
        &self,
        container: &Container,
        open: Vec<Command>,
    ) -> Result<(), CommitError> {
        let takes_work = matches!(
            container.state,
            ContainerState::Starting { .. } | ContainerState::Running { .. }
        );
        let generation = container.generation;
        for command in open {
            let sent = command.dispatched_generation == generation;
            match command.cancel {
                Some(reason) if !sent => {
                    if takes_work {
                        // it may have been sent before a crash that left no mark
                        self.post_interrupt(container, &command, reason.as_str())
                            .await?;
                    }
                    self.end_cancelled(std::slice::from_ref(&command)).await?;
                }
                Some(reason) if command.cancel_sent_generation != generation => {
                    self.interrupt(container, command, reason.as_str()).await?;
                }
                None if !sent && takes_work => self.send(container, command).await?,
                Some(_) | None => {}
            }
        }
        Ok(())
    }

    async fn send(&self, container: &Container, command: Command) -> Result<(), CommitError> {
        let work = self.work(&command, container.generation);
        self.post(container, &ToWorker::Work(Box::new(work)))
            .await?;
        debug!(command.id = %command.command_id, "sent command {} to its container", command.command_id);
        let generation = container.generation;
        self.mark(&command.command_id, |command| {
            if command.dispatched_generation != generation {
                command.dispatched_generation = generation;
                command.state = CommandState::Queued; // whoever had begun it is gone
            }
        })
        .await
    }

    async fn interrupt(
        &self,
        container: &Container,
        command: Command,
        reason: &str,
    ) -> Result<(), CommitError> {
        self.post_interrupt(container, &command, reason).await?;
        let generation = container.generation;
        self.mark(&command.command_id, |command| {
            command.cancel_sent_generation = generation;
        })
        .await
    }

    async fn post_interrupt(
        &self,
        container: &Container,
        command: &Command,
        reason: &str,
    ) -> Result<(), Fault> {
        let message = ToWorker::Interrupt(Interrupt {
            command_id: command.command_id.clone(),
            session_id: command.session_id.clone(),
            generation: container.generation,
            timestamp: self.clock.now(),
            reason: reason.to_owned(),
        });
        self.post(container, &message).await
    }

    /// Marks what was sent on the record as it is by then: a command that was cancelled meanwhile was sent all the same.
    async fn mark(
        &self,
        id: &CommandId,
        mark: impl Fn(&mut Command) + Send + Sync,
    ) -> Result<(), CommitError> {
        settle!(self.try_mark(id, &mark).await)
    }

    async fn try_mark(
        &self,
        id: &CommandId,
        mark: &(impl Fn(&mut Command) + Send + Sync),
    ) -> Result<(), CommitError> {
        let command = self.commands.get(id).await?;
        let Some(mut command) = command.filter(|command| command.state.is_open()) else {
            return Ok(());
        };
        mark(&mut command);
        let write = Write::Command(Box::new(command));
        self.ledger.commit(vec![write]).await
    }

    /// Ends commands that were stopped before the present generation heard of them.
    pub(crate) async fn end_cancelled(&self, commands: &[Command]) -> Result<(), CommitError> {
        for command in commands {
            let reason = command.cancel.map_or("cancelled", |reason| reason.as_str());
            self.endings
                .end(&command.command_id, &End::cancelled(reason))
                .await?;
        }
        Ok(())
    }

    /// Tells the worker of a generation to end.
    pub(crate) async fn shutdown(
        &self,
        container: &Container,
        reason: StopReason,
    ) -> Result<(), Fault> {
        let message = ToWorker::Shutdown(Shutdown {
            generation: container.generation,
            timestamp: self.clock.now(),
            reason: reason.as_str().to_owned(),
        });
        self.post(container, &message).await
    }

    async fn post(&self, container: &Container, message: &ToWorker) -> Result<(), Fault> {
        let body = serde_json::to_string(message)
            .map_err(|error| Fault::new("encode message", FaultKind::Broken, error))?;
        self.queues
            .send(&QueueName::input(container.container_id.clone()), body)
            .await
    }

    fn work(&self, command: &Command, generation: u64) -> Work {
        let mail = command
            .mail
            .as_ref()
            .filter(|_| command.source == Source::Email);
        let repo_url = self
            .projects
            .get(&command.project_id)
            .map(|project| match &project.repo {
                ProjectRepo::Url(url) => url.clone(),
                ProjectRepo::Path(path) => path.display().to_string(),
                ProjectRepo::Demo => "builtin:demo".to_owned(),
            });
        Work {
            command_id: command.command_id.clone(),
            session_id: command.session_id.clone(),
            project_id: command.project_id.clone(),
            user_id: command.user_id.clone(),
            client_id: command.client_id.clone(),
            thread_id: command.thread_id.clone(),
            chat_thread_id: command.thread_id.clone(),
            branch: crate::domain::thread::Thread::branch_of(&command.thread_id),
            repo_url: repo_url.unwrap_or_default(),
            instruction: command.instruction.clone(),
            action: command.action,
            timestamp: timestamp_of(command),
            source: command.source,
            from: mail.map(|mail| mail.from.to_string()),
            subject: mail.map(|mail| mail.subject.clone()),
            sequence: command.sequence,
            generation,
            context: WorkContext {
                interrupted: None,
                attachments: command.attachments.clone(),
                refused_files: command.refused_files.clone(),
            },
        }
    }
}

/// When the instruction was given: the same for every dispatch of it.
fn timestamp_of(command: &Command) -> Timestamp {
    command.created_at
}

impl std::fmt::Debug for Dispatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Dispatch")
    }
}
