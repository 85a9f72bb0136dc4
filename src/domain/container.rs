//! The container: where one user's threads on one project are edited, and when it wakes and sleeps.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::ids::{ClientId, ContainerId, ProjectId, UserId};
pub use super::stop::{Stop, StopReason};
use super::time::Timestamp;

/// A task as its fleet names it: an ARN, or pid and start time of a process.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaskRef(pub String);

impl fmt::Display for TaskRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a container is between sleep and work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum ContainerState {
    /// Asleep: no task.
    Stopped,
    /// A task was asked for and has not been heard of yet.
    Starting {
        /// Since when.
        since: Timestamp,
        /// The task, once the fleet has answered.
        task: Option<TaskRef>,
    },
    /// The worker answers.
    Running {
        /// Since when.
        since: Timestamp,
        /// The task.
        task: TaskRef,
    },
    /// Told to end; takes no new command.
    Draining {
        /// Since when.
        since: Timestamp,
        /// The task.
        task: TaskRef,
        /// Why.
        reason: StopReason,
    },
    /// Could not be started several times; tried again later.
    Failed {
        /// What the fleet said last.
        reason: String,
    },
}

/// One container. The record is the truth; tasks, queues and workers follow it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    missing_docs,
    reason = "the undocumented fields are the ids of their types"
)]
pub struct Container {
    pub container_id: ContainerId,
    pub client_id: ClientId,
    pub project_id: ProjectId,
    pub user_id: UserId,
    #[serde(flatten)]
    pub state: ContainerState,
    /// The present life, or the last one; 0 before the first.
    pub generation: u64,
    /// Commands accepted and not ended.
    pub open_commands: u32,
    /// The sequence of the next command.
    pub next_sequence: u64,
    /// When the reconciler must look, for what waits to be started.
    pub due_at: Option<Timestamp>,
    /// Last sign of life in this generation.
    pub heartbeat_at: Option<Timestamp>,
    /// When it may sleep; only while it has no open command.
    pub sleep_at: Option<Timestamp>,
    /// Starts in a row after which no command was begun.
    pub failed_starts: u32,
    /// Why the last generation ended.
    pub last_stop: Option<StopReason>,
    /// What its fleet said of that end, in the fleet's own words; forgotten there within the hour (C8).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_stop_detail: Option<String>,
    /// Counts the writes of this record.
    pub version: u64,
}

/// The numbers by which containers wake and sleep.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// `IDLE_TIMEOUT`.
    pub idle: Duration,
    /// From asking for a task to its first sign of life (C6).
    pub start_budget: Duration,
    /// Between two signs of life of a worker.
    pub heartbeat: Duration,
    /// Longest time awake (S7).
    pub max_awake: Duration,
}

/// Between two heartbeats of a worker.
pub const HEARTBEAT: Duration = Duration::from_secs(10);

/// For a worker to end by itself after `shutdown`, before its task is stopped.
pub const DRAIN_GRACE: Duration = Duration::from_secs(10);

/// The shortest and the longest wait between two attempts of one start.
const START_AGAIN: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

impl Default for Limits {
    fn default() -> Self {
        Self {
            idle: Duration::from_mins(5),
            start_budget: Duration::from_mins(3),
            heartbeat: HEARTBEAT,
            max_awake: Duration::from_hours(4),
        }
    }
}

/// What the reconciler does next with an awake container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Send what is not sent yet; nothing else.
    Work,
    /// Ask the fleet for the task (again; the same generation is the same task).
    Launch,
    /// Its task is gone or silent: this generation is over.
    Lost(StopReason),
    /// Let it end.
    Drain(StopReason),
    /// It was told to end and has nothing running: stop the task.
    Stop(StopReason),
}

/// What is known of an awake container's task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// Alive, or not asked.
    Alive,
    /// Ended or unknown to the fleet, for this reason as far as is known.
    Gone(StopReason),
}

impl Container {
    /// A container that never ran.
    pub fn new(
        container_id: ContainerId,
        client_id: ClientId,
        project_id: ProjectId,
        user_id: UserId,
    ) -> Self {
        Self {
            container_id,
            client_id,
            project_id,
            user_id,
            state: ContainerState::Stopped,
            generation: 0,
            open_commands: 0,
            next_sequence: 1,
            due_at: None,
            heartbeat_at: None,
            sleep_at: None,
            failed_starts: 0,
            last_stop: None,
            last_stop_detail: None,
            version: 0,
        }
    }

    /// Whether it has or may have a task.
    pub fn is_awake(&self) -> bool {
        match self.state {
            ContainerState::Starting { .. }
            | ContainerState::Running { .. }
            | ContainerState::Draining { .. } => true,
            ContainerState::Stopped | ContainerState::Failed { .. } => false,
        }
    }

    /// The task, if the fleet has named one.
    pub fn task(&self) -> Option<&TaskRef> {
        match &self.state {
            ContainerState::Starting { task, .. } => task.as_ref(),
            ContainerState::Running { task, .. } | ContainerState::Draining { task, .. } => {
                Some(task)
            }
            ContainerState::Stopped | ContainerState::Failed { .. } => None,
        }
    }

    /// The state as the API writes it.
    pub fn state_name(&self) -> &'static str {
        match self.state {
            ContainerState::Stopped => "stopped",
            ContainerState::Starting { .. } => "starting",
            ContainerState::Running { .. } => "running",
            ContainerState::Draining { .. } => "draining",
            ContainerState::Failed { .. } => "failed",
        }
    }

    /// Takes in a command, answers its sequence, and is due at once (C1).
    pub fn command_accepted(&mut self, now: Timestamp) -> u64 {
        let sequence = self.next_sequence;
        self.next_sequence = sequence.saturating_add(1);
        self.open_commands = self.open_commands.saturating_add(1);
        self.sleep_at = None;
        self.due_at = Some(self.due_at.map_or(now, |due| due.min(now)));
        if matches!(self.state, ContainerState::Failed { .. }) {
            self.state = ContainerState::Stopped; // a new message is a reason to try again now
            self.failed_starts = 0;
        }
        sequence
    }

    /// Takes note that commands have ended; after the last one the idle time begins.
    pub fn commands_ended(&mut self, count: u32, now: Timestamp, limits: Limits) {
        self.open_commands = self.open_commands.saturating_sub(count);
        self.failed_starts = 0;
        if self.open_commands == 0 {
            self.sleep_at = Some(now + limits.idle);
            self.due_at = self.is_awake().then_some(now + limits.idle);
        }
    }

    /// Begins the next generation.
    pub fn starting(&mut self, now: Timestamp) {
        self.state = ContainerState::Starting {
            since: now,
            task: None,
        };
        self.generation = self.generation.saturating_add(1);
        self.heartbeat_at = None;
        self.sleep_at = None;
        self.due_at = Some(now);
    }

    /// Takes note of the task that the fleet has started. Its worker may have been heard already: answers whether it
    /// runs now.
    pub fn launched(&mut self, now: Timestamp, task: TaskRef) -> bool {
        let ContainerState::Starting { since, .. } = self.state else {
            return false;
        };
        let heard = self.heartbeat_at.is_some();
        self.state = if heard {
            ContainerState::Running { since: now, task }
        } else {
            ContainerState::Starting {
                since,
                task: Some(task),
            }
        };
        heard
    }

    /// Takes note of a sign of life of `generation`. Answers whether this was the first one.
    pub fn heard(&mut self, now: Timestamp) -> bool {
        self.heartbeat_at = Some(now);
        let ContainerState::Starting {
            task: Some(task), ..
        } = &self.state
        else {
            return false;
        };
        self.state = ContainerState::Running {
            since: now,
            task: task.clone(),
        };
        true
    }

    /// Begins to end this generation. Not possible with open commands, except at the hard cap.
    pub fn draining(&mut self, now: Timestamp, reason: StopReason) -> bool {
        let task = match (&self.state, reason) {
            (ContainerState::Running { task, .. }, StopReason::HardCap) => task.clone(),
            (ContainerState::Running { task, .. }, _) if self.open_commands == 0 => task.clone(),
            _ => return false,
        };
        self.state = ContainerState::Draining {
            since: now,
            task,
            reason,
        };
        true
    }

    /// The fleet could not be asked for the task: the same start is asked for again, after as long again as it has
    /// taken so far, 1 to 30 s and `jitter` (C12). A start that was carried out unheard is thereby found, not doubled.
    pub fn start_again(&mut self, now: Timestamp, jitter: Duration) {
        if let ContainerState::Starting { since, task: None } = self.state {
            let wait = now.since(since).clamp(START_AGAIN.0, START_AGAIN.1);
            self.due_at = Some(now + wait + jitter);
        }
    }

    /// This generation is over; open commands make the next one due at once.
    pub fn stopped(&mut self, now: Timestamp, stop: impl Into<Stop>) {
        let Stop { reason, detail } = stop.into();
        self.state = ContainerState::Stopped;
        self.last_stop = Some(reason);
        self.last_stop_detail = detail;
        self.heartbeat_at = None;
        self.sleep_at = None;
        self.due_at = (self.open_commands > 0).then_some(now);
    }

    /// A start did not work: tried again after 5, 20, 60 s (C6), then it is `failed` and tried every 5 minutes.
    /// Answers whether it has failed now.
    pub fn start_failed(&mut self, now: Timestamp, stop: Stop, why: &str) -> bool {
        self.failed_starts = self.failed_starts.saturating_add(1);
        self.stopped(now, stop);
        let wait = match self.failed_starts {
            1 => 5,
            2 => 20,
            3 => 60,
            _ => 300,
        };
        self.due_at = Some(now + Duration::from_secs(wait));
        let failed = self.failed_starts > 3;
        if failed {
            self.state = ContainerState::Failed {
                reason: why.to_owned(),
            };
        }
        failed
    }

    /// Decides what to do with an awake container. `running` counts its commands that a worker has begun.
    pub fn next_step(&self, now: Timestamp, seen: Seen, running: usize, limits: Limits) -> Step {
        match (&self.state, seen) {
            (ContainerState::Stopped | ContainerState::Failed { .. }, _) => Step::Work,
            (ContainerState::Starting { since, task: None }, _) => {
                if now.since(*since) > limits.start_budget {
                    Step::Lost(StopReason::NeverStarted)
                } else if self.due_at.is_some_and(|due| due > now) {
                    Step::Work
                } else {
                    Step::Launch
                }
            }
            (ContainerState::Starting { .. }, Seen::Gone(reason)) => {
                Step::Lost(reason.before_the_first_sign_of_life())
            }
            (ContainerState::Starting { since, .. }, Seen::Alive) => {
                if now.since(*since) > limits.start_budget {
                    Step::Lost(StopReason::NeverStarted)
                } else {
                    Step::Work
                }
            }
            (ContainerState::Draining { reason, .. }, Seen::Gone(_)) => Step::Stop(*reason),
            (ContainerState::Draining { since, reason, .. }, Seen::Alive) => {
                // told by `shutdown`, the worker ends by itself; only one that does not is stopped
                let late = now.since(*since) > DRAIN_GRACE;
                if late && (running == 0 || self.is_silent(now, limits)) {
                    Step::Stop(*reason)
                } else {
                    Step::Work
                }
            }
            (ContainerState::Running { .. }, Seen::Gone(reason)) => Step::Lost(reason),
            (ContainerState::Running { .. }, Seen::Alive) if self.is_silent(now, limits) => {
                Step::Lost(StopReason::Crash)
            }
            (ContainerState::Running { since, .. }, Seen::Alive) => {
                let idle_over = self.open_commands == 0 && self.sleep_at.is_none_or(|at| now >= at);
                if idle_over {
                    Step::Drain(StopReason::Idle)
                } else if now.since(*since) >= limits.max_awake {
                    Step::Drain(StopReason::HardCap)
                } else {
                    Step::Work
                }
            }
        }
    }

    /// Silent for three heartbeats (C13), once there was one.
    fn is_silent(&self, now: Timestamp, limits: Limits) -> bool {
        self.heartbeat_at
            .is_some_and(|at| now.since(at) > limits.heartbeat * 3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn container() -> Container {
        Container::new(
            "k".parse().unwrap(),
            "c".parse().unwrap(),
            "p".parse().unwrap(),
            "u".parse().unwrap(),
        )
    }

    fn running(now: Timestamp) -> Container {
        let mut c = container();
        c.starting(now);
        c.state = ContainerState::Starting {
            since: now,
            task: Some(TaskRef("1".to_owned())),
        };
        assert!(c.heard(now));
        c
    }

    const LIMITS: Limits = Limits {
        idle: Duration::from_mins(5),
        start_budget: Duration::from_mins(3),
        heartbeat: HEARTBEAT,
        max_awake: Duration::from_hours(4),
    };

    #[test]
    fn c2_an_idle_container_drains_and_a_busy_one_does_not() {
        let now = Timestamp::from_secs(1000);
        let mut c = running(now);
        c.command_accepted(now);
        let later = now + Duration::from_secs(301);
        c.heartbeat_at = Some(later);
        assert_eq!(c.next_step(later, Seen::Alive, 1, LIMITS), Step::Work);
        assert!(!c.draining(later, StopReason::Idle));
        c.commands_ended(1, now, LIMITS);
        assert_eq!(
            c.next_step(later, Seen::Alive, 0, LIMITS),
            Step::Drain(StopReason::Idle)
        );
        assert!(c.draining(later, StopReason::Idle));
    }

    #[test]
    fn c6_failed_starts_back_off_and_a_message_tries_again_at_once() {
        let now = Timestamp::from_secs(1000);
        let mut c = container();
        c.command_accepted(now);
        for wait in [5, 20, 60] {
            c.starting(now);
            assert!(!c.start_failed(now, StopReason::NeverStarted.into(), "no room"));
            assert_eq!(c.due_at, Some(now + Duration::from_secs(wait)));
        }
        c.starting(now);
        assert!(c.start_failed(now, StopReason::NeverStarted.into(), "no room"));
        assert_eq!(c.state_name(), "failed");
        c.command_accepted(now);
        assert_eq!((c.state_name(), c.due_at), ("stopped", Some(now)));
    }

    #[test]
    fn c13_a_silent_worker_is_lost() {
        let now = Timestamp::from_secs(1000);
        let mut c = running(now);
        c.command_accepted(now);
        let step = c.next_step(now + Duration::from_secs(31), Seen::Alive, 1, LIMITS);
        assert_eq!(step, Step::Lost(StopReason::Crash));
        assert_eq!(
            c.next_step(now, Seen::Gone(StopReason::Oom), 1, LIMITS),
            Step::Lost(StopReason::Oom)
        );
    }

    #[test]
    fn s7_after_four_hours_it_finishes_what_runs_and_sleeps() {
        let now = Timestamp::from_secs(1000);
        let mut c = running(now);
        c.command_accepted(now);
        let late = now + LIMITS.max_awake;
        c.heartbeat_at = Some(late);
        assert_eq!(
            c.next_step(late, Seen::Alive, 1, LIMITS),
            Step::Drain(StopReason::HardCap)
        );
        assert!(c.draining(late, StopReason::HardCap));
        assert_eq!(c.next_step(late, Seen::Alive, 1, LIMITS), Step::Work);
        let later = late + DRAIN_GRACE + Duration::from_millis(1);
        assert_eq!(
            c.next_step(later, Seen::Alive, 0, LIMITS),
            Step::Stop(StopReason::HardCap)
        );
        c.stopped(late, StopReason::HardCap);
        assert_eq!(c.due_at, Some(late), "open work wakes the next generation");
    }

    proptest! {
        /// Whatever happens in whatever order: work is never forgotten, and generations only grow.
        #[test]
        fn any_sequence_of_events_leaves_a_legal_state(steps in prop::collection::vec((0_u8..8, 0_u64..400), 1..60)) {
            let mut now = Timestamp::from_secs(1000);
            let mut c = container();
            for (what, wait) in steps {
                now = now + Duration::from_secs(wait);
                let generation = c.generation;
                match what {
                    0 => { c.command_accepted(now); }
                    1 if c.open_commands > 0 => c.commands_ended(1, now, LIMITS),
                    2 if !c.is_awake() && c.open_commands > 0 => c.starting(now),
                    3 => if let ContainerState::Starting { since, .. } = c.state {
                        c.state = ContainerState::Starting { since, task: Some(TaskRef("1".to_owned())) };
                    },
                    4 => { c.heard(now); }
                    5 => if let Step::Drain(why) = c.next_step(now, Seen::Alive, 0, LIMITS) { c.draining(now, why); },
                    6 => if let Step::Stop(why) | Step::Lost(why) = c.next_step(now, Seen::Gone(StopReason::Crash), 0, LIMITS) {
                        c.stopped(now, why);
                    },
                    7 => if matches!(c.state, ContainerState::Starting { .. }) { c.start_failed(now, StopReason::NeverStarted.into(), "x"); },
                    _ => {}
                }
                prop_assert!(c.generation >= generation);
                if !c.is_awake() && c.open_commands > 0 {
                    prop_assert!(c.due_at.is_some(), "open work must be due");
                }
                if let ContainerState::Draining { reason, .. } = &c.state {
                    prop_assert!(c.generation > 0);
                    prop_assert!(*reason == StopReason::HardCap || *reason == StopReason::Idle);
                }
            }
        }
    }
}
