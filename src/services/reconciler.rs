//! Makes the containers match the records: starts, dispatches, fences, puts to sleep.
//!
//! The reconciler takes no input. A pass reads what is, decides by pure functions
//! ([`Container::next_step`], [`scaling::plan`]) and does idempotent things, each under a conditional write; two
//! replicas that make the same pass at once end where one would. It runs on a nudge and on a tick, so a lost nudge
//! costs a second and a crash between any two lines costs a pass.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tracing::{error, info, warn};

use super::dispatch::Dispatch;
use super::ending::{End, Endings};
use super::metrics::Metrics;
use super::notes::{KEPT_FOR, Notes};
use super::policy::Policy;
use super::projects::Projects;
use super::results::{Results, container_events, running};
use super::troubles::{Trouble, Troubles};
use crate::domain::command::{Command, MAX_STARTS};
use crate::domain::container::{Container, ContainerState, Seen, Step, Stop, StopReason, TaskRef};
use crate::domain::event::EventKind;
use crate::domain::ids::ContainerId;
use crate::domain::scaling;
use crate::domain::time::Timestamp;
use crate::ports::Ports;
use crate::ports::clock::Clock;
use crate::ports::command_store::CommandStore;
use crate::ports::container_store::ContainerStore;
use crate::ports::entropy::Entropy;
use crate::ports::fault::Fault;
use crate::ports::fleet::{Fleet, Launch, LaunchError, TaskState};
use crate::ports::ledger::{CommitError, Ledger, Write};
use crate::ports::session_store::SessionStore;

/// Waiting containers looked at in one pass, per place there is.
const WAITING_PER_PLACE: usize = 4;

/// Spread between replicas whose starts were throttled together (C12).
const START_JITTER: Duration = Duration::from_secs(1);

/// What was seen of a task, and what the fleet said of its end.
#[derive(Debug, Clone)]
struct Sight {
    seen: Seen,
    detail: Option<String>,
}

impl Sight {
    const ALIVE: Self = Self {
        seen: Seen::Alive,
        detail: None,
    };

    fn of(state: TaskState) -> Self {
        match state {
            TaskState::Pending | TaskState::Running => Self::ALIVE,
            TaskState::Stopped(stop) => Self {
                seen: Seen::Gone(stop.reason),
                detail: stop.detail,
            },
            TaskState::Unknown => Self {
                seen: Seen::Gone(StopReason::Orphan),
                detail: None,
            },
        }
    }

    /// The end that the reconciler decided on, with the fleet's words for it.
    fn stop(&self, reason: StopReason) -> Stop {
        Stop {
            reason,
            detail: self.detail.clone(),
        }
    }
}

/// Brings containers in line with their records.
pub struct Reconciler {
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    containers: Arc<dyn ContainerStore>,
    commands: Arc<dyn CommandStore>,
    sessions: Arc<dyn SessionStore>,
    ledger: Arc<dyn Ledger>,
    fleet: Arc<dyn Fleet>,
    dispatch: Dispatch,
    endings: Endings,
    results: Arc<Results>,
    notes: Arc<Notes>,
    projects: Arc<Projects>,
    metrics: Arc<Metrics>,
    policy: Arc<Policy>,
    troubles: Arc<Troubles>,
}

/// The services that the reconciler works with.
#[derive(Debug)]
#[expect(missing_docs, reason = "each field is the service of its type")]
pub struct Helpers {
    pub endings: Endings,
    pub results: Arc<Results>,
    pub notes: Arc<Notes>,
    pub projects: Arc<Projects>,
    pub metrics: Arc<Metrics>,
}

impl Reconciler {
    /// Over these ports and services.
    pub fn new(ports: &Ports, helpers: Helpers, policy: Arc<Policy>) -> Self {
        helpers.metrics.launches(ports.fleet.launch());
        Self {
            clock: Arc::clone(&ports.clock),
            entropy: Arc::clone(&ports.entropy),
            containers: Arc::clone(&ports.containers),
            commands: Arc::clone(&ports.commands),
            sessions: Arc::clone(&ports.sessions),
            ledger: Arc::clone(&ports.ledger),
            fleet: Arc::clone(&ports.fleet),
            dispatch: Dispatch::new(
                ports,
                helpers.endings.clone(),
                Arc::clone(&helpers.projects),
            ),
            endings: helpers.endings,
            results: helpers.results,
            notes: helpers.notes,
            projects: helpers.projects,
            metrics: helpers.metrics,
            policy,
            troubles: Arc::default(),
        }
    }

    /// Says there what keeps containers from starting.
    #[must_use]
    pub fn telling(mut self, troubles: Arc<Troubles>) -> Self {
        self.troubles = troubles;
        self
    }

    /// Makes one pass. A container that fails does not hold up the others; the first fault is reported at the end.
    pub async fn tick(&self) -> Result<(), Fault> {
        let awake = self.containers.awake().await?;
        // a fleet that cannot be asked is no reason to leave its workers without work
        let (seen, unseen) = match self.observe(&awake).await {
            Ok(seen) => (seen, None),
            Err(fault) => (vec![Sight::ALIVE; awake.len()], Some(fault)),
        };
        let steps = awake
            .iter()
            .zip(seen)
            .map(|(container, sight)| self.look_after(container, sight));
        let mut outcomes = join_all(steps).await;
        outcomes.push(self.wake().await);
        let fault = unseen.or_else(|| outcomes.into_iter().find_map(settled));
        fault.map_or(Ok(()), Err)
    }

    async fn observe(&self, awake: &[Container]) -> Result<Vec<Sight>, Fault> {
        let tasks: Vec<TaskRef> = awake.iter().filter_map(|c| c.task().cloned()).collect();
        if tasks.is_empty() {
            return Ok(vec![Sight::ALIVE; awake.len()]);
        }
        let mut states = self.fleet.observe(&tasks).await?.into_iter();
        let sights = awake.iter().map(|container| match container.task() {
            None => Sight::ALIVE,
            Some(_) => states.next().map_or(Sight::ALIVE, Sight::of),
        });
        Ok(sights.collect())
    }

    async fn events(
        &self,
        container: &Container,
        now: Timestamp,
        kind: &EventKind,
    ) -> Result<Vec<Write>, Fault> {
        container_events(self.sessions.as_ref(), &container.container_id, now, kind).await
    }

    async fn open_commands(&self, container: &Container) -> Result<Vec<Command>, Fault> {
        if container.open_commands == 0 {
            return Ok(Vec::new());
        }
        let open = self.commands.open_in(&container.container_id).await?;
        self.notes.sees(&open);
        Ok(open)
    }

    async fn look_after(&self, container: &Container, sight: Sight) -> Result<(), CommitError> {
        let open = self.open_commands(container).await?;
        let step = self.next_step(container, sight.seen, &open);
        let gives_up = matches!(step, Step::Lost(_) | Step::Stop(_));
        if !(gives_up && sight.seen == Seen::Alive) {
            return self.take(container, step, sight, open).await;
        }
        // A sign of life may lie in the queue: after a pause of Hermes every worker looks silent.
        self.results.drain(&container.container_id).await?;
        let Some(container) = self.same_generation(container).await? else {
            return Ok(());
        };
        let open = self.open_commands(&container).await?;
        let step = self.next_step(&container, sight.seen, &open);
        self.take(&container, step, sight, open).await
    }

    fn next_step(&self, container: &Container, seen: Seen, open: &[Command]) -> Step {
        let running = open
            .iter()
            .filter(|command| command.is_running_in(container.generation))
            .count();
        container.next_step(self.clock.now(), seen, running, self.policy.limits)
    }

    async fn take(
        &self,
        container: &Container,
        step: Step,
        sight: Sight,
        open: Vec<Command>,
    ) -> Result<(), CommitError> {
        match step {
            Step::Work => self.dispatch.run(container, open).await,
            Step::Launch => self.launch(container.clone(), open).await,
            Step::Lost(reason) => self.lost(container.clone(), sight.stop(reason)).await,
            Step::Drain(reason) => self.drain(container.clone(), reason).await,
            Step::Stop(reason) => self.stop(container.clone(), sight.stop(reason)).await,
        }
    }

    /// Starts what waits, as far as there is room, and makes room by putting idle ones to sleep.
    async fn wake(&self) -> Result<(), CommitError> {
        let cap = self.policy.max_containers;
        if cap == 0 {
            return Ok(());
        }
        let now = self.clock.now();
        let waiting = self
            .containers
            .waiting(now, cap.saturating_mul(WAITING_PER_PLACE))
            .await?;
        if waiting.is_empty() {
            return Ok(());
        }
        let awake = self.containers.awake().await?;
        let plan = scaling::plan(&awake, &waiting, cap);
        let evictions = awake
            .iter()
            .filter(|c| plan.evict.contains(&c.container_id))
            .map(|c| self.drain(c.clone(), StopReason::Asked));
        let starts = plan
            .start
            .iter()
            .filter_map(|id: &ContainerId| waiting.iter().find(|c| c.container_id == *id))
            .map(|c| self.start(c.clone()));
        let no_place = waiting
            .iter()
            .filter(|c| !plan.start.contains(&c.container_id))
            .map(|c| self.end_cancelled(c));
        let evicted = join_all(evictions).await;
        let started = join_all(starts).await;
        let ended = join_all(no_place).await;
        evicted
            .into_iter()
            .chain(started)
            .chain(ended)
            .find(Result::is_err)
            .unwrap_or(Ok(()))
    }

    /// What was cancelled need not wait for a place.
    async fn end_cancelled(&self, container: &Container) -> Result<(), CommitError> {
        let mut open = self.open_commands(container).await?;
        open.retain(|command| command.cancel.is_some());
        self.dispatch.end_cancelled(&open).await
    }

    /// Begins the next generation, unless all that waits was cancelled meanwhile.
    async fn start(&self, mut container: Container) -> Result<(), CommitError> {
        let now = self.clock.now();
        let open = self.open_commands(&container).await?;
        let (cancelled, wanted): (Vec<_>, Vec<_>) =
            open.into_iter().partition(|c| c.cancel.is_some());
        if !cancelled.is_empty() || self.gave_up(&container, &wanted).await? {
            self.dispatch.end_cancelled(&cancelled).await?;
            return Ok(()); // the records have changed; the next pass decides on them
        }
        container.starting(now);
        let kind = EventKind::ContainerStarting {
            container_id: container.container_id.clone(),
            generation: container.generation,
        };
        let mut writes = self.events(&container, now, &kind).await?;
        writes.push(Write::Container(container.clone()));
        self.ledger.commit(writes).await?;
        container.version = container.version.saturating_add(1);
        self.launch(container, wanted).await
    }

    /// Fails commands that a worker began too often without an end, and those that were kept in vain for long enough (C6).
    /// Answers whether there were any.
    async fn gave_up(&self, container: &Container, open: &[Command]) -> Result<bool, CommitError> {
        let now = self.clock.now();
        let never_starts = matches!(container.state, ContainerState::Failed { .. });
        let mut any = false;
        for command in open {
            let (code, summary) = if command.starts >= MAX_STARTS {
                (
                    "worker_crashed",
                    "The editor crashed three times on this. What was there before is unchanged.",
                )
            } else if never_starts && now.since(command.created_at) >= KEPT_FOR {
                (
                    "never_started",
                    "The editor could not be started for a day. Nothing was changed.",
                )
            } else {
                continue;
            };
            let end = End::failed(code, summary);
            any |= self.endings.end(&command.command_id, &end).await?;
        }
        Ok(any)
    }

    async fn launch(
        &self,
        mut container: Container,
        open: Vec<Command>,
    ) -> Result<(), CommitError> {
        let id = container.container_id.clone();
        let launched = match self.projects.get(&container.project_id) {
            None => Err(LaunchError::Rejected(
                "its project is no longer configured".to_owned(),
            )),
            Some(project) => {
                let launch = Launch {
                    container_id: id.clone(),
                    client_id: container.client_id.clone(),
                    project_id: container.project_id.clone(),
                    user_id: container.user_id.clone(),
                    generation: container.generation,
                    project: (*project).clone(),
                };
                self.fleet.start(launch).await
            }
        };
        let now = self.clock.now();
        self.metrics
            .container_started(self.fleet.launch(), outcome_of(&launched));
        let trouble = launched.as_ref().err().map(LaunchError::story);
        let told = trouble.map(|why| format!("containers do not start: {why}"));
        self.troubles.set(Trouble::Containers, told);
        match launched {
            Ok(task) => {
                info!(container.id = %id, generation = container.generation, "started container {id}");
                let mut writes = Vec::new();
                if container.launched(now, task) {
                    let kind = running(&container);
                    writes.extend(self.events(&container, now, &kind).await?);
                }
                writes.push(Write::Container(container.clone()));
                self.ledger.commit(writes).await?;
                container.version = container.version.saturating_add(1);
                self.dispatch.run(&container, open).await
            }
            Err(LaunchError::Backend(fault)) if fault.is_transient() => {
                warn!(container.id = %id, error = &fault as &dyn std::error::Error, "container {id} did not start yet, asking again");
                container.start_again(now, self.entropy.jitter(START_JITTER));
                self.ledger.commit(vec![Write::Container(container)]).await
            }
            Err(error) => {
                warn!(container.id = %id, error = &error as &dyn std::error::Error, "container {id} did not start");
                let why = error.story();
                let stop = Stop {
                    reason: StopReason::NeverStarted,
                    detail: Some(why.clone()),
                };
                self.start_failed(container, stop, &why).await
            }
        }
    }

    async fn start_failed(
        &self,
        mut container: Container,
        stop: Stop,
        why: &str,
    ) -> Result<(), CommitError> {
        let now = self.clock.now();
        let generation = container.generation;
        let container_id = container.container_id.clone();
        let reason = stop.reason.as_str().to_owned();
        let kind = if container.start_failed(now, stop, why) {
            self.notes.starts_fail();
            EventKind::ContainerFailed {
                container_id,
                generation,
                reason: "could not be started".to_owned(),
            }
        } else {
            EventKind::ContainerStopped {
                container_id,
                generation,
                reason,
            }
        };
        let mut writes = self.events(&container, now, &kind).await?;
        writes.push(Write::Container(container));
        self.ledger.commit(writes).await
    }

    /// The generation is over without our asking: what it said last still counts, then the next one takes over.
    async fn lost(&self, container: Container, stop: Stop) -> Result<(), CommitError> {
        self.tell_loss(&container, &stop);
        if let Some(task) = container.task() {
            self.fleet.stop(task, Duration::ZERO).await?;
        }
        self.results.drain(&container.container_id).await?;
        let Some(container) = self.same_generation(&container).await? else {
            return Ok(());
        };
        if self.began_nothing(&container, stop.reason).await? {
            let said = stop.detail.clone();
            let why = "its worker did not begin what it was started for";
            return self
                .start_failed(container, stop, said.as_deref().unwrap_or(why))
                .await;
        }
        self.stopped(container, stop).await
    }

    fn tell_loss(&self, container: &Container, stop: &Stop) {
        let id = &container.container_id;
        let (reason, detail) = (stop.reason.as_str(), stop.detail.as_deref());
        match stop.reason.advice() {
            // once may be the registry's fault (C8)
            Some(advice) if container.failed_starts > 0 => {
                error!(container.id = %id, reason, detail, "container {id} cannot come up: {advice}");
            }
            Some(_) | None => {
                warn!(container.id = %id, reason, detail, "container {id} was lost: {reason}");
            }
        }
        if matches!(container.state, ContainerState::Starting { .. }) {
            let result = outcome_of_loss(stop);
            self.metrics.container_started(self.fleet.launch(), result);
        }
    }

    /// Whether a generation broke down before it began any of its work: such starts are counted and made ever more
    /// rarely (C6). Once a command was begun, that command counts its starts.
    async fn began_nothing(
        &self,
        container: &Container,
        reason: StopReason,
    ) -> Result<bool, Fault> {
        let open = self.open_commands(container).await?;
        let begun = |command: &Command| command.is_running_in(container.generation);
        Ok(reason.is_breakdown() && !open.is_empty() && !open.iter().any(begun))
    }

    async fn stop(&self, container: Container, stop: Stop) -> Result<(), CommitError> {
        if let Some(task) = container.task() {
            self.fleet.stop(task, Duration::ZERO).await?;
        }
        self.results.drain(&container.container_id).await?;
        let Some(container) = self.same_generation(&container).await? else {
            return Ok(());
        };
        self.stopped(container, stop).await
    }

    /// The record as it is now, if it is still awake in the generation that was looked at.
    async fn same_generation(&self, seen: &Container) -> Result<Option<Container>, Fault> {
        let now = self.containers.get(&seen.container_id).await?;
        Ok(now.filter(|c| c.generation == seen.generation && c.is_awake()))
    }

    async fn stopped(&self, mut container: Container, stop: Stop) -> Result<(), CommitError> {
        let now = self.clock.now();
        let reason = stop.reason;
        let detail = stop.detail.as_deref();
        self.metrics.container_stopped(reason.as_str());
        info!(container.id = %container.container_id, reason = reason.as_str(), detail, "container {} sleeps: {}", container.container_id, reason.as_str());
        container.stopped(now, stop);
        let kind = EventKind::ContainerStopped {
            container_id: container.container_id.clone(),
            generation: container.generation,
            reason: reason.as_str().to_owned(),
        };
        let mut writes = self.events(&container, now, &kind).await?;
        writes.extend(self.forgiven(&container, reason).await?);
        writes.push(Write::Container(container));
        self.ledger.commit(writes).await
    }

    /// Starts of commands that count against nobody: the worker did not break down over them, it was taken away.
    async fn forgiven(
        &self,
        container: &Container,
        reason: StopReason,
    ) -> Result<Vec<Write>, Fault> {
        if reason.is_breakdown() {
            return Ok(Vec::new());
        }
        let open = self.open_commands(container).await?;
        let begun = open
            .into_iter()
            .filter(|command| command.is_running_in(container.generation));
        let forgive = |mut command: Command| {
            command.starts = command.starts.saturating_sub(1);
            Write::Command(Box::new(command))
        };
        Ok(begun.take(10).map(forgive).collect())
    }

    /// Tells the worker to end. A message accepted meanwhile makes the conditional write fail, or wakes the next
    /// generation (C2).
    async fn drain(&self, mut container: Container, reason: StopReason) -> Result<(), CommitError> {
        let now = self.clock.now();
        if !container.draining(now, reason) {
            return Ok(());
        }
        let kind = EventKind::ContainerDraining {
            container_id: container.container_id.clone(),
            generation: container.generation,
            reason: reason.as_str().to_owned(),
        };
        let mut writes = self.events(&container, now, &kind).await?;
        writes.push(Write::Container(container.clone()));
        self.ledger.commit(writes).await?;
        debug_assert!(matches!(container.state, ContainerState::Draining { .. }));
        Ok(self.dispatch.shutdown(&container, reason).await?)
    }
}

impl Reconciler {
    /// Tells every worker to finish what it runs, hand back the rest and end: for the stop of Hermes where workers
    /// cannot outlive it. The records stay as they are; the next start finds the tasks gone and goes on.
    pub async fn send_all_home(&self) -> Result<(), Fault> {
        for container in self.containers.awake().await? {
            self.dispatch
                .shutdown(&container, StopReason::Asked)
                .await?;
        }
        Ok(())
    }
}

impl std::fmt::Debug for Reconciler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reconciler")
    }
}

/// The label of a launch.
fn outcome_of(launched: &Result<TaskRef, LaunchError>) -> &'static str {
    match launched {
        Ok(_) => "ok",
        Err(LaunchError::Capacity(_)) => "capacity",
        Err(LaunchError::Rejected(_)) => "config",
        Err(LaunchError::Backend(_)) => "other",
    }
}

/// The label of a launch that the fleet took on and that came to nothing.
fn outcome_of_loss(stop: &Stop) -> &'static str {
    match stop.reason {
        StopReason::Image => "image",
        StopReason::Setup => "config",
        StopReason::NeverStarted if stop.detail.is_none() => "timeout",
        StopReason::NeverStarted
        | StopReason::Idle
        | StopReason::Asked
        | StopReason::HardCap
        | StopReason::Crash
        | StopReason::Oom
        | StopReason::Spot
        | StopReason::Orphan
        | StopReason::Fenced => "other",
    }
}

/// A lost race is no failure: the nudge of the winner's write makes the next pass.
fn settled(outcome: Result<(), CommitError>) -> Option<Fault> {
    match outcome {
        Ok(()) | Err(CommitError::Conflict) => None,
        Err(CommitError::Backend(fault)) => Some(fault),
    }
}
