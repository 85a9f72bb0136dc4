//! Where containers run.

use std::time::Duration;

use async_trait::async_trait;

use super::fault::Fault;
use crate::domain::container::{Stop, TaskRef};
use crate::domain::ids::{ClientId, ContainerId, ProjectId, UserId};
use crate::domain::project::Project;

/// One life of one container.
#[derive(Debug, Clone)]
pub struct Launch {
    /// Which container.
    pub container_id: ContainerId,
    /// Its client.
    pub client_id: ClientId,
    /// Its project's id.
    pub project_id: ProjectId,
    /// Its user.
    pub user_id: UserId,
    /// Which life.
    pub generation: u64,
    /// What the worker is to edit and how.
    pub project: Project,
}

/// What is seen of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskState {
    /// Not running yet.
    Pending,
    /// Running.
    Running,
    /// Ended, and why as far as is known.
    Stopped(Stop),
    /// Not known here: never started, or forgotten since.
    Unknown,
}

/// A task that this installation has started and that may still run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnTask {
    /// The task.
    pub task: TaskRef,
    /// Whose life it is.
    pub container_id: ContainerId,
    /// Which life.
    pub generation: u64,
}

/// Why a task was not started.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// No room now; trying later may help (C7).
    #[error("no capacity for another task: {0}")]
    Capacity(String),
    /// The task can't run as configured; an operator must change something (C8).
    #[error("the task cannot be started as configured: {0}")]
    Rejected(String),
    /// The backend failed.
    #[error("the fleet failed")]
    Backend(#[from] Fault),
}

impl LaunchError {
    /// The whole story on one line, for the record: the error and what lies below it.
    pub fn story(&self) -> String {
        let first: &(dyn std::error::Error + 'static) = self;
        let chain = std::iter::successors(Some(first), |error| error.source());
        let told: Vec<String> = chain.map(ToString::to_string).collect();
        told.join(": ")
    }
}

/// Starts, stops and observes tasks.
///
/// `start` is idempotent per container and generation: a second call answers the first one's task. `stop` of a task that
/// has ended or is not known is not an error. A task that was started is observed until an hour after its end.
#[async_trait]
pub trait Fleet: Send + Sync {
    /// How tasks come into being, as metrics label it: `process`, `task` or `pool`.
    fn launch(&self) -> &'static str;

    /// Starts the task of one generation. When this fails for a reason that may pass, the task may have been started
    /// nevertheless; asking again answers it.
    async fn start(&self, launch: Launch) -> Result<TaskRef, LaunchError>;

    /// Ends a task: asks it, and after `grace`, or after what the task's own definition says, forces it.
    async fn stop(&self, task: &TaskRef, grace: Duration) -> Result<(), Fault>;

    /// The states of tasks, in the order asked.
    async fn observe(&self, tasks: &[TaskRef]) -> Result<Vec<TaskState>, Fault>;
    /// The tasks of this installation that were not asked to end; one that was started just now may be missing.
    async fn own(&self) -> Result<Vec<OwnTask>, Fault>;
}
