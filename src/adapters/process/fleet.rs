//! The fleet of one machine.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fmt;
use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::join_all;
use rustix::process::{Pid, Signal};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use tokio::signal::unix::{SignalKind, signal};

use super::environment::{self, Places};
use super::leftovers::{self, PidFile};
use super::life::Life;
use super::proc::Identity;
use super::repository;
use super::worker_log::WorkerLog;
use crate::domain::container::{StopReason, TaskRef};
use crate::domain::ids::ContainerId;
use crate::domain::time::Timestamp;
use crate::ports::clock::Clock;
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::fleet::{Fleet, Launch, LaunchError, TaskState};

/// How long a task is remembered after its end.
const REMEMBERED: Duration = Duration::from_hours(1);

/// Between SIGTERM and SIGKILL.
const TERM_WAIT: Duration = Duration::from_secs(2);

/// How long the kernel may take to end what got SIGKILL.
const KILL_WAIT: Duration = Duration::from_secs(5);

/// Makes the token with which a generation of a container reaches its queues; tokens of its earlier ones are void.
pub type IssueToken = Arc<dyn Fn(&ContainerId, u64) -> SecretString + Send + Sync>;

/// What a fleet needs to know.
pub struct FleetSettings {
    /// The program of a worker: Hermes' own binary.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Hermes' data folder, absolute: workspaces, sample sites, pid files and logs of workers go there.
    pub data: PathBuf,
    /// The socket on which workers reach their queues.
    pub socket: PathBuf,
    /// The folder of all previews.
    pub previews: PathBuf,
    /// Hermes' own environment; workers get an allow-list of it.
    pub environment: Vec<(OsString, OsString)>,
    /// Makes a worker's token.
    pub issue_token: IssueToken,
    /// Says when a task has been over for an hour.
    pub clock: Arc<dyn Clock>,
}

/// Runs each container as a child process.
pub struct ProcessFleet {
    settings: FleetSettings,
    /// Held while a task is started: two starts of one generation are one task.
    starting: tokio::sync::Mutex<()>,
    tasks: Mutex<HashMap<TaskRef, Task>>,
}

struct Task {
    life: Arc<Life>,
    /// When it was first seen to have ended.
    ended_at: Option<Timestamp>,
}

impl ProcessFleet {
    /// Opens the fleet on a data folder, after killing what an earlier Hermes has left running there (C26).
    pub async fn open(mut settings: FleetSettings) -> Result<Self, Fault> {
        settings.environment = environment::inherited(settings.environment);
        for folder in ["run", "logs", "workspaces", "repos"] {
            make_folder(&settings.data.join(folder)).map_err(|error| fault("open", error))?;
        }
        let run = settings.data.join("run");
        leftovers::kill_all(&run)
            .await
            .map_err(|error| fault("kill leftovers", error))?;
        Ok(Self {
            settings,
            starting: tokio::sync::Mutex::new(()),
            tasks: Mutex::new(HashMap::new()),
        })
    }

    /// Completes when a worker has ended that no earlier call told of: then it is worth looking at the containers.
    pub async fn exited(&self) -> Result<(), Fault> {
        let mut exits = signal(SignalKind::child()).map_err(|error| fault("watch", error))?;
        loop {
            let news = self.lives().iter().filter(|life| life.take_news()).count();
            if news > 0 {
                return Ok(());
            }
            exits.recv().await;
        }
    }

    /// Ends all workers, at once and with the same grace: for the stop of Hermes.
    pub async fn stop_all(&self, grace: Duration) -> Result<(), Fault> {
        let lives = self.lives();
        let stops = lives.iter().map(|life| end(life, grace));
        join_all(stops).await.into_iter().collect()
    }

    fn tasks(&self) -> MutexGuard<'_, HashMap<TaskRef, Task>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lives(&self) -> Vec<Arc<Life>> {
        let tasks = self.tasks();
        tasks.values().map(|task| Arc::clone(&task.life)).collect()
    }

    fn life(&self, task: &TaskRef) -> Option<Arc<Life>> {
        self.tasks().get(task).map(|task| Arc::clone(&task.life))
    }

    fn latest_of(&self, container: &ContainerId) -> Option<Arc<Life>> {
        let lives = self.lives().into_iter();
        lives
            .filter(|life| life.container == *container)
            .max_by_key(|life| life.generation)
    }

    /// Forgets tasks that ended an hour ago.
    fn forget(&self) {
        let now = self.settings.clock.now();
        self.tasks().retain(|_, task| {
            if task.life.ended().is_none() {
                return true;
            }
            now.since(*task.ended_at.get_or_insert(now)) < REMEMBERED
        });
    }

    /// Starts the process and takes note of it; nothing here may wait, lest a child is started and forgotten.
    fn spawn(&self, launch: &Launch, repo_url: &str) -> Result<Arc<Life>, LaunchError> {
        let name = file_name(&launch.container_id);
        let data = &self.settings.data;
        let workspace = data.join("workspaces").join(&name);
        make_folder(&workspace).map_err(|error| fault("make the workspace", error))?;
        let log = WorkerLog::new(&data.join("logs"), &name);
        let output = log.open().map_err(|error| fault("open the log", error))?;
        let places = Places {
            socket: &self.settings.socket,
            previews: &self.settings.previews,
            workspace: &workspace,
            repo_url,
        };
        let mut command = self
            .command(launch, places, output)
            .map_err(|error| fault("open the log", error))?;
        let child = command.spawn().map_err(spawn_error)?;
        let broken = |error| fault("start", error);
        let pid = child.id().and_then(|id| i32::try_from(id).ok());
        let pid = pid.and_then(Pid::from_raw).ok_or_else(|| {
            broken(io::Error::new(
                io::ErrorKind::InvalidData,
                "a child without a pid",
            ))
        })?;
        let identity = Identity::of(pid).map_err(broken)?;
        let pid_file = PidFile::new(&data.join("run"), &name);
        let written = pid_file.write(identity);
        let who = (launch.container_id.clone(), launch.generation);
        let life = Arc::new(Life::new(who, identity, child, log, pid_file));
        // Without its pid file it might outlive us unseen; dropping its input ends it.
        written.map_err(|error| fault("write the pid file", error))?;
        let task = Task {
            life: Arc::clone(&life),
            ended_at: None,
        };
        self.tasks().insert(identity.task(), task);
        Ok(life)
    }

    fn command(&self, launch: &Launch, places: Places<'_>, output: File) -> io::Result<Command> {
        let mut command = Command::new(&self.settings.program);
        command
            .args(&self.settings.arguments)
            .env_clear()
            .envs(self.settings.environment.iter().cloned())
            .envs(environment::of_worker(launch, places))
            .current_dir(places.workspace)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(output.try_clone()?)
            .stderr(output);
        Ok(command)
    }
}

#[async_trait]
impl Fleet for ProcessFleet {
    async fn start(&self, launch: Launch) -> Result<TaskRef, LaunchError> {
        let _one_at_a_time = self.starting.lock().await;
        self.forget();
        if let Some(life) = self.latest_of(&launch.container_id) {
            if life.generation == launch.generation {
                return Ok(life.identity.task());
            }
            if life.generation > launch.generation {
                let newer = life.generation;
                return Err(LaunchError::Rejected(format!(
                    "generation {newer} has been started"
                )));
            }
            // An earlier generation may be stopped or hung: it gets no time to write anything more (C4).
            life.order_end(StopReason::Fenced);
            kill(&life).await?;
        }
        let data = &self.settings.data;
        let environment = &self.settings.environment;
        let repo_url = repository::url(&launch.project, &data.join("repos"), environment).await?;
        let life = self.spawn(&launch, &repo_url)?;
        let token = (self.settings.issue_token)(&launch.container_id, launch.generation);
        send_token(&life, &token).await;
        tracing::info!(
            container.id = %life.container, container.generation = life.generation, task = %life.identity.task(),
            log = %life.log.path().display(), "worker of {} started", life.container
        );
        Ok(life.identity.task())
    }

    async fn stop(&self, task: &TaskRef, grace: Duration) -> Result<(), Fault> {
        match self.life(task) {
            Some(life) => end(&life, grace).await,
            None => Ok(()),
        }
    }

    async fn observe(&self, tasks: &[TaskRef]) -> Result<Vec<TaskState>, Fault> {
        self.forget();
        let mut states = Vec::with_capacity(tasks.len());
        for task in tasks {
            states.push(match self.life(task) {
                None => TaskState::Unknown,
                Some(life) => match life.ended() {
                    Some(reason) => TaskState::Stopped(reason),
                    None => {
                        bound_log(&life).await;
                        TaskState::Running
                    }
                },
            });
        }
        Ok(states)
    }
}

/// Ends a worker: closes its input, and after `grace` forces it.
async fn end(life: &Life, grace: Duration) -> Result<(), Fault> {
    let broken = |error| fault("stop", error);
    life.order_end(StopReason::Asked);
    if life.ends_within(grace).await.map_err(broken)? {
        return Ok(());
    }
    tracing::warn!(container.id = %life.container, "worker of {} does not end, forcing it", life.container);
    life.signal(Signal::TERM).map_err(broken)?;
    if life.ends_within(TERM_WAIT).await.map_err(broken)? {
        return Ok(());
    }
    kill(life).await
}

async fn kill(life: &Life) -> Result<(), Fault> {
    let broken = |error| fault("kill", error);
    life.signal(Signal::KILL).map_err(broken)?;
    if life.ends_within(KILL_WAIT).await.map_err(broken)? {
        return Ok(());
    }
    let error = io::Error::new(io::ErrorKind::TimedOut, "the process has not ended yet");
    Err(Fault::new("kill", FaultKind::Transient, error))
}

/// Writes the token as the first line of the worker's input, which stays open. A worker that has ended already does
/// not read it; its end is seen by the next look.
async fn send_token(life: &Life, token: &SecretString) {
    let Some(mut stdin) = life.take_stdin() else {
        return;
    };
    let line = format!("{}\n", token.expose_secret());
    match stdin.write_all(line.as_bytes()).await {
        Ok(()) => life.keep_stdin(stdin),
        Err(error) => {
            tracing::warn!(container.id = %life.container, %error, "a worker did not take its token")
        }
    }
}

async fn bound_log(life: &Arc<Life>) {
    if life.log.is_full() {
        let life = Arc::clone(life);
        let rotated = tokio::task::spawn_blocking(move || life.log.rotate()).await;
        if let Ok(Err(error)) = rotated {
            tracing::warn!(%error, "cannot shorten the log of a worker");
        }
    }
}

/// A container's id as the name of a file: never hidden, never `..`.
fn file_name(container: &ContainerId) -> String {
    container.as_str().replace('.', "%2E")
}

fn make_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    fs::metadata(path).map(drop)
}

fn spawn_error(error: io::Error) -> LaunchError {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::OutOfMemory => {
            LaunchError::Capacity(error.to_string())
        }
        io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied => {
            LaunchError::Rejected(format!("the worker's program: {error}"))
        }
        _ => fault("start", error).into(),
    }
}

fn fault(operation: &'static str, error: io::Error) -> Fault {
    let kind = match error.kind() {
        io::ErrorKind::PermissionDenied => FaultKind::Denied,
        _ => FaultKind::Broken,
    };
    Fault::new(operation, kind, error)
}

impl fmt::Debug for ProcessFleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProcessFleet")
            .field("data", &self.settings.data)
            .field("tasks", &self.tasks().len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for FleetSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The environment holds the operator's secrets.
        f.debug_struct("FleetSettings")
            .field("program", &self.program)
            .field("data", &self.data)
            .finish_non_exhaustive()
    }
}
