//! A fleet that starts nothing and remembers everything.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use hermes::domain::container::{StopReason, TaskRef};
use hermes::domain::ids::ContainerId;
use hermes::ports::fault::Fault;
use hermes::ports::fleet::{Fleet, Launch, LaunchError, OwnTask, TaskState};

/// Why a start is refused.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Refusal {
    /// No room now.
    Capacity,
    /// The task is not configured as it must be.
    Rejected,
}

/// One task, which lives until it is stopped, ends or is lost.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    pub(crate) container: ContainerId,
    pub(crate) generation: u64,
    reference: TaskRef,
    state: TaskState,
}

/// Tasks as values.
#[derive(Debug, Default)]
pub(crate) struct FakeFleet(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    tasks: Vec<Task>,
    refusals: VecDeque<Refusal>,
    /// Starts that were asked for, the refused ones too.
    asked: usize,
}

impl FakeFleet {
    /// Refuses the next `count` starts.
    pub(crate) fn refuse(&self, count: usize, refusal: Refusal) {
        let refusals = std::iter::repeat_n(refusal, count);
        self.state().refusals.extend(refusals);
    }

    /// Refuses nothing any more.
    pub(crate) fn relent(&self) {
        self.state().refusals.clear();
    }

    /// How many starts were asked for, the refused ones too.
    pub(crate) fn asked(&self) -> usize {
        self.state().asked
    }

    /// The tasks that run now.
    pub(crate) fn running(&self) -> Vec<Task> {
        let state = self.state();
        let running = |task: &&Task| task.state == TaskState::Running;
        state.tasks.iter().filter(running).cloned().collect()
    }

    /// Ends the task of a generation.
    pub(crate) fn end(&self, container: &ContainerId, generation: u64, reason: StopReason) {
        let mut state = self.state();
        let theirs = |task: &&mut Task| {
            task.container == *container
                && task.generation == generation
                && task.state == TaskState::Running
        };
        for task in state.tasks.iter_mut().filter(theirs) {
            task.state = TaskState::Stopped(reason.into());
        }
    }

    /// Forgets all tasks, as a restart of the machine does.
    pub(crate) fn forget(&self) {
        for task in &mut self.state().tasks {
            task.state = TaskState::Unknown;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

#[async_trait]
impl Fleet for FakeFleet {
    fn launch(&self) -> &'static str {
        "process"
    }

    async fn start(&self, launch: Launch) -> Result<TaskRef, LaunchError> {
        let mut state = self.state();
        state.asked += 1;
        match state.refusals.pop_front() {
            None => {}
            Some(Refusal::Capacity) => return Err(LaunchError::Capacity("full".to_owned())),
            Some(Refusal::Rejected) => return Err(LaunchError::Rejected("no image".to_owned())),
        }
        let before = state.tasks.iter().find(|task| {
            task.container == launch.container_id && task.generation == launch.generation
        });
        if let Some(task) = before {
            return Ok(task.reference.clone());
        }
        let reference = TaskRef(format!("task-{}", state.tasks.len() + 1));
        state.tasks.push(Task {
            container: launch.container_id,
            generation: launch.generation,
            reference: reference.clone(),
            state: TaskState::Running,
        });
        Ok(reference)
    }

    async fn stop(&self, task: &TaskRef, _: Duration) -> Result<(), Fault> {
        let mut state = self.state();
        let running = |one: &&mut Task| one.reference == *task && one.state == TaskState::Running;
        for task in state.tasks.iter_mut().filter(running) {
            task.state = TaskState::Stopped(StopReason::Asked.into());
        }
        Ok(())
    }

    async fn observe(&self, tasks: &[TaskRef]) -> Result<Vec<TaskState>, Fault> {
        let state = self.state();
        let state_of = |task: &TaskRef| {
            let known = state.tasks.iter().find(|one| one.reference == *task);
            known.map_or(TaskState::Unknown, |task| task.state.clone())
        };
        Ok(tasks.iter().map(state_of).collect())
    }

    async fn own(&self) -> Result<Vec<OwnTask>, Fault> {
        let own = self.running().into_iter().map(|task| OwnTask {
            task: task.reference,
            container_id: task.container,
            generation: task.generation,
        });
        Ok(own.collect())
    }
}
