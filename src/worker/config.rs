//! What a worker must know to begin.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::domain::container::HEARTBEAT;
use crate::domain::ids::{ClientId, ContainerId, ProjectId, UserId};
use crate::domain::project::AgentChoice;

/// One snapshot of a project's settings for one generation of one container.
#[derive(Clone)]
#[expect(
    missing_docs,
    reason = "the undocumented fields are the ids of their types"
)]
pub struct WorkerConfig {
    pub container_id: ContainerId,
    pub client_id: ClientId,
    pub project_id: ProjectId,
    pub user_id: UserId,
    /// The only generation whose messages it takes (C4).
    pub generation: u64,
    /// An absolute folder of its own. Can be deleted at any time: the branch is the truth.
    pub workspace: PathBuf,
    /// Where the sources are: an `https`, `ssh` or `file` URL, or an absolute path. May carry a secret.
    pub repo_url: String,
    /// Threads start from it, and no thread may be it.
    pub default_branch: String,
    /// The build command, run without a shell; `None` when the sources are the website.
    pub build: Option<Vec<String>>,
    /// The folder to publish, relative to the repository.
    pub output: PathBuf,
    /// What carries out an instruction.
    pub agent: AgentChoice,
    /// How long an agent may take for one command (S7).
    pub command_timeout: Duration,
    /// This program, for `worker-exec`.
    pub hermes: PathBuf,
    /// `PATH` of git, agents and builds.
    pub path: OsString,
    /// What git alone may see beside that, such as `SSH_AUTH_SOCK` or a proxy. Never an agent or a build.
    pub git_environment: Vec<(OsString, OsString)>,
    /// How often and how long.
    pub timings: Timings,
}

impl fmt::Debug for WorkerConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkerConfig")
            .field("container_id", &self.container_id)
            .field("generation", &self.generation)
            .field("workspace", &self.workspace)
            .field("agent", &self.agent.name())
            .finish_non_exhaustive() // `repo_url` and `git_environment` may carry secrets
    }
}

/// The clockwork of a worker.
#[derive(Debug, Clone, Copy)]
pub struct Timings {
    /// Between two heartbeats.
    pub heartbeat: Duration,
    /// How long one receive waits.
    pub poll: Duration,
    /// How long to wait in the end for a receive that is under way. Where a queue does not see that nobody waits any
    /// more, it would take along what is handed back.
    pub farewell: Duration,
    /// Between two extensions of what is held (C22).
    pub hold: Duration,
    /// From a polite signal to a kill (C15, C16).
    pub grace: Duration,
    /// How long an agent may say nothing (C15).
    pub silence: Duration,
    /// How long a build may take.
    pub build: Duration,
    /// At least between two progress lines.
    pub progress: Duration,
}

impl Default for Timings {
    fn default() -> Self {
        Self {
            heartbeat: HEARTBEAT,
            poll: Duration::from_secs(20),
            farewell: Duration::ZERO,
            hold: Duration::from_secs(40),
            grace: Duration::from_secs(10),
            silence: Duration::from_mins(5),
            build: Duration::from_mins(10),
            progress: Duration::from_millis(250),
        }
    }
}
