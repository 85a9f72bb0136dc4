//! Time and turns: ticks, workers at work, and everything until nothing is left to do.

use std::sync::Arc;
use std::time::Duration;

use hermes::domain::command::CommandState;
use hermes::domain::container::StopReason;
use hermes::domain::ids::{CommandId, SessionId};
use hermes::domain::time::Timestamp;
use hermes::ports::clock::Clock;
use hermes::ports::fault::Fault;
use hermes::ports::queues::Queues;

use super::hermes::Hermes;
use super::worker::{Answer, Worker};

/// Between two turns of a Hermes that is left alone.
const TURN: Duration = Duration::from_secs(5);

impl Hermes {
    /// What the clock says.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// One pass of everything that acts by itself.
    pub(crate) async fn try_tick(&self) -> Result<(), Fault> {
        let results = self.results.tick().await;
        let reconciler = self.reconciler.tick().await;
        let notes = self.notes.tick().await;
        let replies = self.replies.tick().await;
        let sweeper = self.sweeper.end_overdue().await;
        results.and(reconciler).and(notes).and(replies).and(sweeper)
    }

    /// One pass that must go well.
    pub(crate) async fn tick(&self) {
        self.try_tick().await.expect("a pass without fault");
    }

    /// Gives every task a worker, and takes it from those that have ended.
    fn muster(&mut self) {
        let tasks = self.fleet.running();
        self.crew.retain(|worker| {
            tasks.iter().any(|task| {
                task.container == worker.container && task.generation == worker.generation
            })
        });
        for task in tasks {
            let has_worker = self.crew.iter().any(|worker| {
                worker.container == task.container && worker.generation == task.generation
            });
            if !has_worker {
                self.crew.push(Worker::new(task.container, task.generation));
            }
        }
        // several are started at once, in any order: a test must not see which was first
        self.crew
            .sort_by_cached_key(|worker| (worker.container.clone(), worker.generation));
    }

    /// Lets all workers take what is for them and show that they live. Those that were told to end do so.
    pub(crate) async fn hear(&mut self) {
        self.muster();
        let (queues, now) = (self.worker_queues(), self.now());
        for worker in &mut self.crew {
            worker.hear(queues.as_ref(), now).await;
            worker.beat(queues.as_ref(), now).await;
            if worker.has_ended() {
                let reason = StopReason::Idle;
                self.fleet.end(&worker.container, worker.generation, reason);
            }
        }
        self.muster();
    }

    /// Lets the first worker that can begin its next command, once it has heard of it.
    pub(crate) async fn begin(&mut self) -> Option<CommandId> {
        self.hear().await;
        let (queues, now) = (self.worker_queues(), self.now());
        for worker in &mut self.crew {
            let begun = worker.begin(queues.as_ref(), now).await;
            if begun.is_some() {
                return begun;
            }
        }
        None
    }

    /// Lets the first worker that runs something answer.
    pub(crate) async fn finish(&mut self, answer: Answer) -> Option<CommandId> {
        self.hear().await;
        let (queues, now) = (self.worker_queues(), self.now());
        for worker in &mut self.crew {
            let ended = worker.finish(queues.as_ref(), now, answer.clone()).await;
            if ended.is_some() {
                return ended;
            }
        }
        None
    }

    /// One turn of every worker: it ends what runs, or begins the next.
    pub(crate) async fn work(&mut self) {
        self.hear().await;
        let (queues, now) = (self.worker_queues(), self.now());
        for worker in &mut self.crew {
            if worker
                .finish(queues.as_ref(), now, Answer::Done)
                .await
                .is_none()
            {
                worker.begin(queues.as_ref(), now).await;
            }
        }
    }

    fn worker_queues(&self) -> Arc<dyn Queues> {
        Arc::clone(&self.queues)
    }

    /// Ends the worker of a container's present generation, as a crash does.
    pub(crate) async fn crash_worker(&mut self, session: &SessionId) {
        let container = self.session(session).await.container_id;
        let generation = self.container(&container).await.generation;
        self.fleet.end(&container, generation, StopReason::Crash);
        self.muster();
    }

    /// Lets a worker begin, until this command runs.
    pub(crate) async fn until_running(&mut self, command: &CommandId) {
        for _ in 0..100 {
            self.mend();
            self.try_tick().await.ok();
            if !self.faults.is_cut() {
                self.begin().await;
                self.try_tick().await.ok();
            }
            if self.command(command).await.state == CommandState::Running {
                return;
            }
            self.clock.advance(TURN);
        }
        panic!("never began: {:?}", self.command(command).await);
    }

    /// Turns the power on again, if it was cut.
    pub(crate) fn mend(&mut self) {
        if self.faults.is_cut() {
            self.restart();
        }
    }

    /// Lets time pass in small steps in which workers live and Hermes looks, but nothing is begun.
    pub(crate) async fn pass(&mut self, time: Duration) {
        // long times in longer steps, in which a worker still is not silent
        let step = if time > Duration::from_mins(30) {
            TURN * 5
        } else {
            TURN
        };
        let until = self.now() + time;
        while self.now() < until {
            self.clock.advance(step.min(until.since(self.now())));
            self.hear().await;
            self.tick().await;
        }
    }

    /// Works until nothing is left to do.
    pub(crate) async fn quiesce(&mut self) {
        for _ in 0..500 {
            self.mend();
            self.try_tick().await.ok();
            if !self.faults.is_cut() {
                self.work().await;
                if self.is_quiet().await {
                    return;
                }
            }
            self.clock.advance(TURN);
        }
        let commands = self.commands().await;
        let left: Vec<_> = commands.iter().filter(|c| c.state.is_open()).collect();
        let awake = self.ports.containers.awake().await;
        panic!("never quiet: {left:#?}\n{awake:#?}\n{:#?}", self.crew);
    }

    async fn is_quiet(&self) -> bool {
        let ever = Timestamp::from_millis(i64::MAX);
        if !self.ports.replies.due(ever, 1).await.unwrap().is_empty() {
            return false;
        }
        for session in &self.known {
            if self.session(session).await.open_commands > 0 {
                return false;
            }
        }
        true
    }

    /// Like [`Self::fall_asleep`], whatever trouble there is on the way.
    pub(crate) async fn nod_off(&mut self) {
        for _ in 0..200 {
            self.mend();
            if self.ports.containers.awake().await.unwrap().is_empty() {
                return;
            }
            self.clock.advance(TURN);
            self.hear().await;
            self.try_tick().await.ok();
        }
        panic!("still awake: {:?}", self.ports.containers.awake().await);
    }

    /// Lets time pass until every container sleeps.
    pub(crate) async fn fall_asleep(&mut self) {
        for _ in 0..200 {
            if self.ports.containers.awake().await.unwrap().is_empty() {
                return;
            }
            self.pass(TURN).await;
        }
        panic!("still awake: {:?}", self.ports.containers.awake().await);
    }
}
