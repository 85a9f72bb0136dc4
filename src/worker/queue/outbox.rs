//! What a worker tells Hermes: signs of life, progress and responses.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

use crate::domain::ids::{CommandId, ContainerId};
use crate::domain::wire::{FromWorker, Response, WorkerEvent};
use crate::ports::clock::Clock;
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::queues::{QueueName, Queues};
use crate::worker::config::WorkerConfig;

/// Between two tries to send what must not be lost: doubled from the first to the last.
const RETRY_FIRST: Duration = Duration::from_millis(100);
const RETRY_LAST: Duration = Duration::from_secs(5);

/// The output queue of one generation of one container.
pub(crate) struct Outbox {
    queues: Arc<dyn Queues>,
    clock: Arc<dyn Clock>,
    queue: QueueName,
    container_id: ContainerId,
    generation: u64,
    every: Duration,
    progress: Duration,
    running: watch::Sender<Option<CommandId>>,
}

impl Outbox {
    pub(crate) fn new(
        config: &WorkerConfig,
        queues: Arc<dyn Queues>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            queues,
            clock,
            queue: QueueName::output(config.container_id.clone()),
            container_id: config.container_id.clone(),
            generation: config.generation,
            every: config.timings.heartbeat,
            progress: config.timings.progress,
            running: watch::Sender::new(None),
        }
    }

    /// Sends a heartbeat at once and then again and again. A lost one is made good by the next.
    pub(crate) async fn beat(&self) {
        let mut ticks = interval(self.every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.try_send(&FromWorker::Heartbeat(self.event(None)))
                .await;
        }
    }

    /// Says that a command begins. It is durable when this returns: starts without an end are counted.
    pub(crate) async fn started(&self, command: &CommandId, halt: &CancellationToken) -> bool {
        self.running.send_replace(Some(command.clone()));
        self.send(&FromWorker::Started(self.event(None)), halt)
            .await
    }

    /// Sends a response until it is durable, or until `halt`; answers whether it is.
    pub(crate) async fn respond(&self, response: Response, halt: &CancellationToken) -> bool {
        let command = response.command_id.clone();
        let sent = self
            .send(&FromWorker::Response(Box::new(response)), halt)
            .await;
        self.running.send_if_modified(|running| {
            let ended = running.as_ref() == Some(&command);
            if ended {
                *running = None;
            }
            ended
        });
        sent
    }

    /// Sends a response that was due before, once: its command is still held, or comes again.
    pub(crate) async fn respond_once(&self, response: Response) -> bool {
        self.try_send(&FromWorker::Response(Box::new(response)))
            .await
    }

    /// Passes progress on, the newest line at most once in a while; for as long as it is polled.
    pub(crate) async fn follow(&self, progress: &Progress) {
        let mut lines = progress.0.subscribe();
        lines.mark_changed();
        loop {
            // `started` was the first sign of life, so even the first line can wait.
            sleep(self.progress).await;
            if lines.changed().await.is_err() {
                return std::future::pending().await;
            }
            let line = lines.borrow_and_update().clone();
            if line.is_some() {
                self.try_send(&FromWorker::Progress(self.event(line))).await;
            }
        }
    }

    fn event(&self, detail: Option<String>) -> WorkerEvent {
        let command_id = self.running.borrow().clone();
        WorkerEvent {
            container_id: self.container_id.clone(),
            generation: self.generation,
            timestamp: self.clock.now(),
            busy: command_id.is_some(),
            command_id,
            detail,
        }
    }

    async fn try_send(&self, message: &FromWorker) -> bool {
        let sent = self.send_once(message).await;
        if let Err(fault) = &sent {
            tracing::warn!(
                error = fault as &dyn std::error::Error,
                "a message was not sent"
            );
        }
        sent.is_ok()
    }

    async fn send(&self, message: &FromWorker, halt: &CancellationToken) -> bool {
        let mut pause = RETRY_FIRST;
        loop {
            let Err(fault) = self.send_once(message).await else {
                return true;
            };
            tracing::warn!(
                error = &fault as &dyn std::error::Error,
                "a message was not sent, trying again"
            );
            tokio::select! {
                () = halt.cancelled() => return false,
                () = sleep(pause) => pause = (pause * 2).min(RETRY_LAST),
            }
        }
    }

    async fn send_once(&self, message: &FromWorker) -> Result<(), Fault> {
        let body = serde_json::to_string(message)
            .map_err(|error| Fault::new("write message", FaultKind::Broken, error))?;
        self.queues.send(&self.queue, body).await
    }
}

/// Where those who work say what they are doing.
#[derive(Debug)]
pub(crate) struct Progress(watch::Sender<Option<String>>);

impl Progress {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(None))
    }

    /// For people who wait; no bodies, no paths of this machine.
    pub(crate) fn say(&self, line: &str) {
        self.0.send_replace(Some(line.to_owned()));
    }
}
