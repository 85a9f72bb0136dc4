//! A worker as its protocol describes it, without a branch: it begins and answers when a test says so.

use std::collections::BTreeMap;
use std::time::Duration;

use hermes::domain::command::CommandResult;
use hermes::domain::ids::{CommandId, ContainerId};
use hermes::domain::time::Timestamp;
use hermes::domain::wire::{FromWorker, Response, ToWorker, Work, WorkerEvent};
use hermes::ports::queues::{Delivery, QueueName, Queues, Receipt, VISIBILITY};

/// How a command ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It is on the branch.
    Done,
    /// It did not work, with this code.
    Failed(&'static str),
    /// It was stopped; by a newer command, or because somebody asked.
    Stopped(Option<CommandId>),
}

#[derive(Debug, Clone)]
struct Held {
    work: Work,
    receipts: Vec<Receipt>,
}

/// One worker of one generation.
#[derive(Debug)]
pub(crate) struct Worker {
    pub(crate) container: ContainerId,
    pub(crate) generation: u64,
    queued: Vec<Held>,
    running: Option<Held>,
    /// What the running one is to be answered, once it was stopped.
    stopped: Option<Answer>,
    answered: BTreeMap<CommandId, Response>,
    /// Whether it was told to end.
    is_ending: bool,
}

impl Worker {
    pub(super) fn new(container: ContainerId, generation: u64) -> Self {
        Self {
            container,
            generation,
            queued: Vec::new(),
            running: None,
            stopped: None,
            answered: BTreeMap::new(),
            is_ending: false,
        }
    }

    /// The commands that wait here, in order of their sequence.
    pub(crate) fn waiting(&self) -> Vec<CommandId> {
        let mut works: Vec<&Work> = self.queued.iter().map(|held| &held.work).collect();
        works.sort_by_key(|work| work.sequence);
        works.iter().map(|work| work.command_id.clone()).collect()
    }

    /// The command that runs.
    pub(crate) fn running(&self) -> Option<&CommandId> {
        self.running.as_ref().map(|held| &held.work.command_id)
    }

    /// Whether it has ended: told to, and nothing runs any more.
    pub(super) fn has_ended(&self) -> bool {
        self.is_ending && self.running.is_none()
    }

    fn input(&self) -> QueueName {
        QueueName::input(self.container.clone())
    }

    /// Takes what is in its queue, and holds on to what it has (C22).
    pub(super) async fn hear(&mut self, queues: &dyn Queues, now: Timestamp) {
        let input = self.input();
        for receipt in self
            .queued
            .iter()
            .chain(&self.running)
            .flat_map(|held| &held.receipts)
        {
            let held = queues.set_visibility(&input, receipt, VISIBILITY);
            held.await.unwrap();
        }
        let messages = queues.receive(&self.input(), 100, Duration::ZERO).await;
        for Delivery { body, receipt, .. } in messages.unwrap() {
            self.take(queues, now, &body, receipt).await;
        }
    }

    async fn take(&mut self, queues: &dyn Queues, now: Timestamp, body: &str, receipt: Receipt) {
        let message: ToWorker = serde_json::from_str(body).expect("a message");
        let generation = match &message {
            ToWorker::Work(work) => work.generation,
            ToWorker::Interrupt(interrupt) => interrupt.generation,
            ToWorker::Shutdown(shutdown) => shutdown.generation,
        };
        if generation > self.generation {
            self.is_ending = true; // a later generation is at work (C4)
            return self.hand_back(queues, &[receipt]).await;
        }
        if generation < self.generation {
            return self.delete(queues, &[receipt]).await;
        }
        match message {
            ToWorker::Work(work) => self.take_work(queues, now, *work, receipt).await,
            ToWorker::Interrupt(interrupt) => {
                self.interrupt(queues, now, &interrupt.command_id).await;
                self.delete(queues, &[receipt]).await;
            }
            ToWorker::Shutdown(_) => {
                self.is_ending = true;
                for held in std::mem::take(&mut self.queued) {
                    self.hand_back(queues, &held.receipts).await;
                }
                self.delete(queues, &[receipt]).await;
            }
        }
    }

    async fn take_work(
        &mut self,
        queues: &dyn Queues,
        now: Timestamp,
        work: Work,
        receipt: Receipt,
    ) {
        if self.is_ending {
            return self.hand_back(queues, &[receipt]).await;
        }
        if let Some(response) = self.answered.get(&work.command_id) {
            let again = Response {
                timestamp: now,
                ..response.clone()
            };
            self.say(queues, &FromWorker::Response(Box::new(again)))
                .await;
            return self.delete(queues, &[receipt]).await;
        }
        let here = self.queued.iter_mut().chain(self.running.iter_mut());
        for held in here {
            if held.work.command_id == work.command_id {
                return held.receipts.push(receipt);
            }
        }
        if let Some(running) = &self.running
            && running.work.session_id == work.session_id
            && running.work.sequence < work.sequence
        {
            let newer = Answer::Stopped(Some(work.command_id.clone()));
            self.stopped.get_or_insert(newer); // C16
        }
        let receipts = vec![receipt];
        self.queued.push(Held { work, receipts });
    }

    async fn interrupt(&mut self, queues: &dyn Queues, now: Timestamp, command: &CommandId) {
        if self.running() == Some(command) {
            self.stopped.get_or_insert(Answer::Stopped(None));
        }
        let place = self
            .queued
            .iter()
            .position(|held| held.work.command_id == *command);
        if let Some(place) = place {
            let held = self.queued.remove(place);
            self.respond(queues, now, held, &Answer::Stopped(None))
                .await;
        }
    }

    /// Says that it is there.
    pub(crate) async fn beat(&self, queues: &dyn Queues, now: Timestamp) {
        let event = self.event(now, None);
        self.say(queues, &FromWorker::Heartbeat(event)).await;
    }

    /// Begins the command of the lowest sequence, if one waits and none runs.
    pub(super) async fn begin(&mut self, queues: &dyn Queues, now: Timestamp) -> Option<CommandId> {
        if self.running.is_some() || self.is_ending {
            return None;
        }
        let first = self.waiting().into_iter().next()?;
        let place = self
            .queued
            .iter()
            .position(|held| held.work.command_id == first);
        self.running = Some(self.queued.remove(place?));
        let event = self.event(now, Some(first.clone()));
        self.say(queues, &FromWorker::Started(event)).await;
        Some(first)
    }

    /// Ends the running command; one that was stopped answers that.
    pub(crate) async fn finish(
        &mut self,
        queues: &dyn Queues,
        now: Timestamp,
        answer: Answer,
    ) -> Option<CommandId> {
        let held = self.running.take()?;
        let id = held.work.command_id.clone();
        let answer = self.stopped.take().unwrap_or(answer);
        self.respond(queues, now, held, &answer).await;
        Some(id)
    }

    async fn respond(&mut self, queues: &dyn Queues, now: Timestamp, held: Held, answer: &Answer) {
        let response = response(&held.work, self.generation, now, answer);
        let id = held.work.command_id.clone();
        self.answered.insert(id, response.clone());
        self.say(queues, &FromWorker::Response(Box::new(response)))
            .await;
        self.delete(queues, &held.receipts).await; // only now (C21)
    }

    async fn say(&self, queues: &dyn Queues, message: &FromWorker) {
        let queue = QueueName::output(self.container.clone());
        let body = serde_json::to_string(message).unwrap();
        queues.send(&queue, body).await.unwrap();
    }

    async fn delete(&self, queues: &dyn Queues, receipts: &[Receipt]) {
        for receipt in receipts {
            queues.delete(&self.input(), receipt).await.unwrap();
        }
    }

    async fn hand_back(&self, queues: &dyn Queues, receipts: &[Receipt]) {
        for receipt in receipts {
            let input = self.input();
            let back = queues.set_visibility(&input, receipt, Duration::ZERO);
            back.await.unwrap();
        }
    }

    fn event(&self, now: Timestamp, command_id: Option<CommandId>) -> WorkerEvent {
        WorkerEvent {
            container_id: self.container.clone(),
            generation: self.generation,
            timestamp: now,
            busy: self.running.is_some(),
            command_id,
            detail: None,
        }
    }
}

fn response(work: &Work, generation: u64, now: Timestamp, answer: &Answer) -> Response {
    let (success, interrupted, result) = match answer {
        Answer::Done => {
            let done = CommandResult {
                summary: Some(format!("Done: {}", work.instruction)),
                files_changed: vec!["index.html".to_owned()],
                git_commit: Some("9f1c2e".to_owned()),
                ..CommandResult::default()
            };
            (true, false, done)
        }
        Answer::Failed(code) => {
            let failed = CommandResult {
                summary: Some("It did not work.".to_owned()),
                error_code: Some((*code).to_owned()),
                ..CommandResult::default()
            };
            (false, false, failed)
        }
        Answer::Stopped(newer) => {
            let stopped = CommandResult {
                interrupted_by: newer.clone(),
                ..CommandResult::default()
            };
            (false, true, stopped)
        }
    };
    Response {
        command_id: work.command_id.clone(),
        session_id: work.session_id.clone(),
        project_id: work.project_id.clone(),
        user_id: work.user_id.clone(),
        timestamp: now,
        generation: Some(generation),
        success,
        interrupted,
        preview_url: None,
        branch: Some(work.branch.clone()),
        result,
    }
}
