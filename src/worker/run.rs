//! The worker's loop: takes messages, holds them, and runs one command at a time.
//!
//! Everything happens in one task, so that dropping it stops everything: the loop never waits for a command, and a
//! command never sees the queue.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::time::{Interval, MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;

use super::config::WorkerConfig;
use super::git::Repository;
use super::inbox::Fetch;
use super::job::{Cancel, Performance, Performed, Why, Workshop};
use super::queue::{Arrival, Inbox, Mailbox, Outbox, Target};
use crate::domain::wire::{Interrupt, ToWorker, Work};
use crate::ports::attached_files::AttachedFiles;
use crate::ports::clock::Clock;
use crate::ports::git_credentials::GitCredentials;
use crate::ports::preview_store::PreviewStore;
use crate::ports::queues::{Delivery, Queues, Receipt};

/// Commands that wait here; what comes beyond stays in the queue.
const MAX_WAITING: usize = 256;

/// The outside of a worker.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are opaque")]
pub struct WorkerPorts {
    /// Its queues: input to receive from, output to send to.
    pub queues: Arc<dyn Queues>,
    /// The files that come with its commands.
    pub files: Arc<dyn AttachedFiles>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where previews go.
    pub previews: Arc<dyn PreviewStore>,
    /// What proves git to a repository over https; `None` when it proves itself or need not.
    pub credentials: Option<Arc<dyn GitCredentials>>,
}

/// Why a worker has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Hermes has sent `shutdown`.
    Shutdown,
    /// The stop token was called.
    Stopped,
    /// A later generation is at work (C4).
    Fenced,
}

/// Works until it is told to end. Nothing it holds is lost then: what is not answered is handed back.
///
/// `stop` is for a closed standard input and for `SIGTERM` (C9, C26): the running agent is interrupted, its work saved.
pub async fn run(config: WorkerConfig, ports: WorkerPorts, stop: CancellationToken) -> Ended {
    let outbox = Outbox::new(&config, Arc::clone(&ports.queues), Arc::clone(&ports.clock));
    let repository = Repository::new(&config, ports.credentials);
    let workshop = Workshop::new(
        &config,
        Arc::clone(&ports.clock),
        ports.previews,
        repository,
        Fetch::new(ports.files),
    );
    let halt = CancellationToken::new();
    let performance = Performance::new(&config, &workshop, &outbox, ports.clock, halt.clone());
    let mut shift = Shift {
        mailbox: Mailbox::new(&config, ports.queues),
        performance: &performance,
        inbox: Inbox::default(),
        running: None,
        ending: None,
        halt,
        config: &config,
    };
    tokio::select! {
        ended = shift.work(&stop) => ended,
        () = outbox.beat() => Ended::Stopped, // beats for ever
    }
}

struct Running<'a> {
    performed: BoxFuture<'a, Performed>,
    cancel: Arc<Cancel>,
}

struct Shift<'a> {
    config: &'a WorkerConfig,
    mailbox: Mailbox,
    performance: &'a Performance<'a>,
    inbox: Inbox,
    running: Option<Running<'a>>,
    ending: Option<Ended>,
    /// Ends whatever would otherwise be tried for ever.
    halt: CancellationToken,
}

impl Shift<'_> {
    async fn work(&mut self, stop: &CancellationToken) -> Ended {
        let mut hold = self.hold_ticks();
        let mut receiving = None;
        loop {
            self.begin_next();
            if let (Some(ended), None) = (self.ending, &self.running) {
                self.leave(receiving).await;
                return ended;
            }
            if receiving.is_none() && self.ending.is_none() && self.inbox.waiting() < MAX_WAITING {
                receiving = Some(self.mailbox.receive());
            }
            tokio::select! {
                biased;
                performed = performed(&mut self.running) => self.finished(performed).await,
                () = stop.cancelled(), if self.ending != Some(Ended::Stopped) => self.stop().await,
                messages = received(&mut receiving) => {
                    receiving = None;
                    self.take(messages).await;
                }
                _ = hold.tick() => self.mailbox.hold(&self.inbox.receipts()).await,
            }
        }
    }

    /// Hands back what a receive still brings.
    async fn leave(&mut self, receiving: Option<BoxFuture<'static, Vec<Delivery>>>) {
        let Some(receiving) = receiving else { return };
        if let Ok(messages) = timeout(self.config.timings.farewell, receiving).await {
            let receipts: Vec<_> = messages.into_iter().map(|one| one.receipt).collect();
            self.mailbox.hand_back(&receipts).await;
        }
    }

    fn hold_ticks(&self) -> Interval {
        let mut ticks = interval(self.config.timings.hold);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ticks
    }

    fn begin_next(&mut self) {
        if self.running.is_some() || self.ending.is_some() {
            return;
        }
        if let Some(work) = self.inbox.begin() {
            let cancel = Arc::new(Cancel::default());
            self.running = Some(Running {
                performed: Box::pin(self.performance.of(work, Arc::clone(&cancel))),
                cancel,
            });
        }
    }

    async fn finished(&mut self, performed: Performed) {
        self.running = None;
        let receipts = self.inbox.end();
        match performed {
            Performed::Answered(work, response) => {
                self.inbox.remember(&work, *response);
                self.mailbox.delete(&receipts).await; // only now (C21)
            }
            Performed::HandBack => self.mailbox.hand_back(&receipts).await,
        }
    }

    async fn take(&mut self, messages: Vec<Delivery>) {
        for Delivery { body, receipt, .. } in messages {
            match serde_json::from_str(&body) {
                Ok(message) => self.take_one(message, receipt).await,
                // It comes back until it is a dead letter, where people find it.
                Err(error) => tracing::error!(%error, "a message cannot be read"),
            }
        }
    }

    async fn take_one(&mut self, message: ToWorker, receipt: Receipt) {
        let generation = match &message {
            ToWorker::Work(work) => work.generation,
            ToWorker::Interrupt(interrupt) => interrupt.generation,
            ToWorker::Shutdown(shutdown) => shutdown.generation,
        };
        if generation < self.config.generation {
            return self.mailbox.delete(&[receipt]).await; // it will be sent again (C4)
        }
        if generation > self.config.generation {
            self.mailbox.hand_back(&[receipt]).await;
            return self.end(Ended::Fenced, &Why::Fenced).await;
        }
        match message {
            ToWorker::Work(work) => self.take_work(*work, receipt).await,
            ToWorker::Interrupt(interrupt) => {
                self.interrupt(&interrupt).await;
                self.mailbox.delete(&[receipt]).await;
            }
            ToWorker::Shutdown(shutdown) => {
                tracing::info!(reason = shutdown.reason, "shutdown");
                self.mailbox.delete(&[receipt]).await;
                self.ending.get_or_insert(Ended::Shutdown);
                let queued = self.inbox.clear_queued();
                self.mailbox.hand_back(&queued).await;
            }
        }
    }

    async fn take_work(&mut self, work: Work, receipt: Receipt) {
        if self.ending.is_some() {
            return self.mailbox.hand_back(&[receipt]).await;
        }
        if !self.is_ours(&work) {
            tracing::error!(command.id = %work.command_id, "command {} is for another container", work.command_id);
            return; // a dead letter in the end
        }
        let newer = work.command_id.clone();
        match self.inbox.accept(work, receipt.clone()) {
            Arrival::Kept => {}
            Arrival::Interrupts => self.cancel(Why::Newer(newer)),
            Arrival::Answered(response) => {
                if self.performance.repeat(*response).await {
                    self.mailbox.delete(&[receipt]).await;
                }
            }
        }
    }

    fn is_ours(&self, work: &Work) -> bool {
        work.client_id == self.config.client_id
            && work.project_id == self.config.project_id
            && work.user_id == self.config.user_id
    }

    async fn interrupt(&mut self, interrupt: &Interrupt) {
        match self.inbox.target(&interrupt.command_id) {
            Target::Unknown => {} // a response already sent wins
            Target::Running => self.cancel(Why::Asked),
            Target::Queued(held) => {
                let response = self.performance.not_begun(&held.work);
                if self.performance.repeat(response.clone()).await {
                    self.inbox.remember(&held.work, response);
                    self.mailbox.delete(&held.receipts).await;
                }
            }
        }
    }

    fn cancel(&self, why: Why) {
        if let Some(running) = &self.running {
            running.cancel.call(why);
        }
    }

    async fn stop(&mut self) {
        self.end(Ended::Stopped, &Why::Ending).await;
    }

    /// Takes nothing new, stops what runs, hands back what waits (C9).
    async fn end(&mut self, ended: Ended, why: &Why) {
        self.ending = Some(ended);
        self.halt.cancel();
        self.cancel(why.clone());
        let queued = self.inbox.clear_queued();
        self.mailbox.hand_back(&queued).await;
    }
}

async fn performed(running: &mut Option<Running<'_>>) -> Performed {
    match running {
        Some(running) => running.performed.as_mut().await,
        None => std::future::pending().await,
    }
}

async fn received(receiving: &mut Option<BoxFuture<'static, Vec<Delivery>>>) -> Vec<Delivery> {
    match receiving {
        Some(messages) => messages.await,
        None => std::future::pending().await,
    }
}
