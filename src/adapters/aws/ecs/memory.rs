//! What was seen of tasks last.
//!
//! The reconciler looks every second; ECS need not be asked as often, and once a task has ended it never has to be asked
//! again. And ECS is slow to know its own tasks (C11): one that is missing is held to be on its way for a while.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::domain::container::TaskRef;
use crate::domain::time::Timestamp;
use crate::ports::clock::Clock;
use crate::ports::fleet::TaskState;

/// How long an answer of ECS is good for. A worker that dies is noticed by its silence, not here.
const GOOD_FOR: Duration = Duration::from_secs(5);

/// How long a task may be missing before it is held to be gone; AWS speaks of "a few minutes at most", and of seconds as
/// a rule. Within the start budget (C6), so that a start is not given up for it.
const MAY_BE_MISSING: Duration = Duration::from_mins(1);

/// Tasks that nobody has asked about for so long are forgotten: ECS has then forgotten them too.
const REMEMBERED: Duration = Duration::from_hours(1);

pub(super) struct Memory {
    clock: Arc<dyn Clock>,
    seen: Mutex<HashMap<TaskRef, Seen>>,
}

struct Seen {
    state: TaskState,
    /// When ECS was last asked.
    at: Timestamp,
    /// Since when ECS has not known it.
    missing_since: Option<Timestamp>,
}

impl Seen {
    fn has_ended(&self) -> bool {
        matches!(self.state, TaskState::Stopped(_))
    }
}

impl Memory {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            seen: Mutex::new(HashMap::new()),
        }
    }

    fn seen(&self) -> MutexGuard<'_, HashMap<TaskRef, Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the task was seen at its end.
    pub(super) fn has_ended(&self, task: &TaskRef) -> bool {
        self.seen().get(task).is_some_and(Seen::has_ended)
    }

    /// Which of the tasks ECS must be asked about, each once.
    pub(super) fn due(&self, tasks: &[TaskRef]) -> Vec<TaskRef> {
        let (now, seen) = (self.clock.now(), self.seen());
        let is_due = |task: &&TaskRef| match seen.get(*task) {
            None => true,
            Some(one) => !one.has_ended() && now.since(one.at) >= GOOD_FOR,
        };
        let due: HashSet<&TaskRef> = tasks.iter().filter(is_due).collect();
        due.into_iter().cloned().collect()
    }

    /// Takes in what ECS has answered about the tasks it was `asked` for; the others are missing.
    pub(super) fn learn(&self, asked: &[TaskRef], mut states: HashMap<TaskRef, TaskState>) {
        let (now, mut seen) = (self.clock.now(), self.seen());
        for task in asked {
            let before = seen.get(task).and_then(|one| one.missing_since);
            let missing_since = match states.get(task) {
                Some(_) => None,
                None => Some(before.unwrap_or(now)),
            };
            let is_gone = missing_since.is_some_and(|since| now.since(since) >= MAY_BE_MISSING);
            let state = states.remove(task).unwrap_or(if is_gone {
                TaskState::Unknown
            } else {
                TaskState::Pending
            });
            let now_seen = Seen {
                state,
                at: now,
                missing_since,
            };
            seen.insert(task.clone(), now_seen);
        }
        seen.retain(|_, one| now.since(one.at) < REMEMBERED);
    }

    /// The states of the tasks, in the order asked.
    pub(super) fn recall(&self, tasks: &[TaskRef]) -> Vec<TaskState> {
        let seen = self.seen();
        let state = |task| {
            let one: Option<&Seen> = seen.get(task);
            one.map_or(TaskState::Pending, |one| one.state.clone())
        };
        tasks.iter().map(state).collect()
    }
}
