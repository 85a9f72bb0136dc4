//! The fleet of one machine.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::join_all;
use tokio::signal::unix::{SignalKind, signal};

use super::life::Life;
use super::proc::fault;
use super::spawn::{FleetSettings, make_folder, send_token, spawn};
use super::{environment, leftovers, repository};
use crate::domain::container::{Stop, StopReason, TaskRef};
use crate::domain::ids::ContainerId;
use crate::domain::time::Timestamp;
use crate::ports::fault::Fault;
use crate::ports::fleet::{Fleet, Launch, LaunchError, OwnTask, TaskState};

/// How long a task is remembered after its end.
const REMEMBERED: Duration = Duration::from_hours(1);

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
            let made = make_folder(&settings.data.join(folder));
            made.map_err(|error| fault("open", error))?;
        }
        let killed = leftovers::kill_all(&settings.data.join("run")).await;
        killed.map_err(|error| fault("kill leftovers", error))?;
        Ok(Self {
            settings,
            starting: tokio::sync::Mutex::new(()),
            tasks: Mutex::new(HashMap::new()),
        })
    }

    /// Completes when a worker has ended that no earlier call told of: then it is worth looking at the containers.
    pub async fn exited(&self) -> Result<(), Fault> {
        // Listening begins before the first look, so no end is missed in between.
        let mut exits = signal(SignalKind::child()).map_err(|error| fault("watch", error))?;
        loop {
            let news = self.lives().iter().filter(|life| life.take_news()).count();
            if news > 0 {
                return Ok(());
            }
            exits.recv().await;
        }
    }

    /// Waits until all workers have ended by themselves, at most `limit`: for those that were told to finish first.
    pub async fn let_finish(&self, limit: Duration) -> Result<(), Fault> {
        let lives = self.lives();
        let ends = join_all(lives.iter().map(|life| life.ends_within(limit))).await;
        let ended: std::io::Result<Vec<bool>> = ends.into_iter().collect();
        ended.map(drop).map_err(|error| fault("wait", error))
    }

    /// Ends all workers at once, each with this grace: for the stop of Hermes.
    pub async fn stop_all(&self, grace: Duration) -> Result<(), Fault> {
        let lives = self.lives();
        let ends = lives.iter().map(|life| life.end(grace));
        join_all(ends).await.into_iter().collect()
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

    /// The task of this generation, if it was started before. An earlier generation is killed: it may be stopped or
    /// hung, and gets no time to write anything more (C4).
    async fn fence(&self, launch: &Launch) -> Result<Option<TaskRef>, LaunchError> {
        let Some(life) = self.latest_of(&launch.container_id) else {
            return Ok(None);
        };
        if life.generation == launch.generation {
            return Ok(Some(life.task()));
        }
        if life.generation > launch.generation {
            let refusal = format!("generation {} has been started", life.generation);
            return Err(LaunchError::Rejected(refusal));
        }
        life.order_end(StopReason::Fenced);
        life.kill().await?;
        Ok(None)
    }

    async fn look(&self, task: &TaskRef) -> TaskState {
        let Some(life) = self.life(task) else {
            return TaskState::Unknown;
        };
        if let Some(reason) = life.ended() {
            return TaskState::Stopped(Stop::from(reason));
        }
        bound_log(&life).await;
        TaskState::Running
    }
}

#[async_trait]
impl Fleet for ProcessFleet {
    fn launch(&self) -> &'static str {
        "process"
    }

    async fn start(&self, launch: Launch) -> Result<TaskRef, LaunchError> {
        let _one_at_a_time = self.starting.lock().await;
        self.forget();
        if let Some(task) = self.fence(&launch).await? {
            return Ok(task);
        }
        let repos = self.settings.data.join("repos");
        let environment = &self.settings.environment;
        let repo_url = repository::url(&launch.project, &repos, environment).await?;
        let life = Arc::new(spawn(&self.settings, &launch, &repo_url)?);
        let task = Task {
            life: Arc::clone(&life),
            ended_at: None,
        };
        self.tasks().insert(life.task(), task);
        let token = (self.settings.issue_token)(&launch.container_id, launch.generation);
        send_token(&life, &token).await;
        tracing::info!(
            container.id = %life.container, container.generation = life.generation, task = %life.task(),
            log = %life.log.path().display(), "worker of {} started", life.container
        );
        Ok(life.task())
    }

    async fn stop(&self, task: &TaskRef, grace: Duration) -> Result<(), Fault> {
        match self.life(task) {
            Some(life) => life.end(grace).await,
            None => Ok(()),
        }
    }

    async fn observe(&self, tasks: &[TaskRef]) -> Result<Vec<TaskState>, Fault> {
        self.forget();
        let mut states = Vec::with_capacity(tasks.len());
        for task in tasks {
            states.push(self.look(task).await);
        }
        Ok(states)
    }

    async fn own(&self) -> Result<Vec<OwnTask>, Fault> {
        let lives = self.lives().into_iter();
        let own = lives.filter(|life| life.is_wanted()).map(|life| OwnTask {
            task: life.task(),
            container_id: life.container.clone(),
            generation: life.generation,
        });
        Ok(own.collect())
    }
}

/// A worker writes to its log by itself, so somebody has to look at its size now and then.
async fn bound_log(life: &Arc<Life>) {
    if life.log.is_full() {
        let life = Arc::clone(life);
        let rotated = tokio::task::spawn_blocking(move || life.log.rotate()).await;
        if let Ok(Err(error)) = rotated {
            tracing::warn!(%error, "cannot shorten the log of a worker");
        }
    }
}

impl fmt::Debug for ProcessFleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProcessFleet")
            .field("settings", &self.settings)
            .field("tasks", &self.tasks().len())
            .finish_non_exhaustive()
    }
}
