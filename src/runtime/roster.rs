//! Who runs, in which stage, and how they are stopped one stage after the other.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::{Chain, Stage, Stop, TaskEnd, TaskError, panics};

/// How long tasks have after a hard stop before they are dropped, and then again to be dropped.
const HARD_GRACE: Duration = Duration::from_secs(1);

/// Everything that a stop has to wait for.
#[derive(Debug)]
pub(super) struct Roster {
    intake: StageTasks,
    serving: StageTasks,
    finishing: StageTasks,
    hard: CancellationToken,
    /// Drops whatever still runs; cancelled after `hard`.
    drop_all: CancellationToken,
    names: Mutex<Vec<&'static str>>,
}

#[derive(Debug)]
struct StageTasks {
    soft: CancellationToken,
    tracker: TaskTracker,
}

/// The place of one task or job on the roster, until dropped.
#[derive(Debug)]
pub(super) struct Member {
    name: &'static str,
    roster: Arc<Roster>,
    /// Dropped after the name is gone, so that who waits for the stage finds the list without it.
    _counted: TaskTrackerToken,
}

impl Roster {
    pub(super) fn new() -> Arc<Self> {
        let hard = CancellationToken::new();
        let stage = || StageTasks {
            soft: hard.child_token(),
            tracker: TaskTracker::new(),
        };
        Arc::new(Self {
            intake: stage(),
            serving: stage(),
            finishing: stage(),
            drop_all: CancellationToken::new(),
            names: Mutex::default(),
            hard,
        })
    }

    pub(super) fn enter(self: &Arc<Self>, name: &'static str, stage: Stage) -> Member {
        self.names().push(name);
        Member {
            name,
            roster: Arc::clone(self),
            _counted: self.stage(stage).tracker.token(),
        }
    }

    pub(super) fn stop(&self, stage: Stage) -> Stop {
        Stop::new(self.stage(stage).soft.clone(), self.hard.clone())
    }

    /// Asks one stage after the other; ends when all tasks and jobs have, or the grace is used up.
    pub(super) async fn stop_in_order(&self, grace: Duration) {
        let began = Instant::now();
        for stage in Stage::ALL {
            let tasks = self.stage(stage);
            tasks.soft.cancel();
            tasks.tracker.close();
            let deadline = began + stage.ends_after(grace);
            if timeout_at(deadline, tasks.tracker.wait()).await.is_err() {
                let unfinished = self.unfinished();
                tracing::warn!(?stage, ?unfinished, "a stage of the stop took too long");
            }
        }
        // Tasks of an early stage that took too long have had the rest of the grace as well.
        if timeout_at(began + grace, self.all_ended()).await.is_err() {
            tracing::warn!(?grace, "the grace is used up");
        }
    }

    /// Ends what still runs and tells its names.
    pub(super) async fn stop_for_good(&self) -> Vec<&'static str> {
        let unfinished = self.unfinished();
        self.hard.cancel();
        for stage in Stage::ALL {
            self.stage(stage).tracker.close();
        }
        if timeout(HARD_GRACE, self.all_ended()).await.is_err() {
            self.drop_all.cancel();
            if timeout(HARD_GRACE, self.all_ended()).await.is_err() {
                let stuck = self.unfinished();
                tracing::error!(?stuck, "blocked without a point at which to be dropped");
            }
        }
        unfinished
    }

    async fn all_ended(&self) {
        for stage in Stage::ALL {
            self.stage(stage).tracker.wait().await;
        }
    }

    fn unfinished(&self) -> Vec<&'static str> {
        self.names().clone()
    }

    fn stage(&self, stage: Stage) -> &StageTasks {
        match stage {
            Stage::Intake => &self.intake,
            Stage::Serving => &self.serving,
            Stage::Finishing => &self.finishing,
        }
    }

    fn names(&self) -> MutexGuard<'_, Vec<&'static str>> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Member {
    /// Runs `work` to its end, whatever that is, or until everything is dropped.
    pub(super) async fn run<W>(&self, work: W) -> TaskEnd
    where
        W: Future<Output = Result<(), TaskError>>,
    {
        tokio::select! {
            ended = AssertUnwindSafe(work).catch_unwind() => match ended {
                Ok(Ok(())) => TaskEnd::Returned,
                Ok(Err(error)) => TaskEnd::Failed(Chain(&*error).to_string()),
                Err(payload) => TaskEnd::Panicked(panics::message(&*payload).into_owned()),
            },
            () = self.roster.drop_all.cancelled() => TaskEnd::Dropped,
        }
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        let mut names = self.roster.names();
        if let Some(index) = names.iter().position(|name| *name == self.name) {
            names.remove(index);
        }
    }
}
