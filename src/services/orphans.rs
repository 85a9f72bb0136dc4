//! Stops tasks that no record wants any more (C13).
//!
//! The records are the truth: a task is wanted while its container is awake in the task's own generation and has noted
//! no other task for it. Everything else that this installation has started is left over from a Hermes that died
//! between two calls, from a start whose answer was lost for too long, or from a stop that was not heard. It may still
//! hold the workspace and costs money, so it is ended.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tracing::{info, warn};

use super::metrics::Metrics;
use crate::domain::container::{Container, StopReason};
use crate::ports::Ports;
use crate::ports::container_store::ContainerStore;
use crate::ports::fault::Fault;
use crate::ports::fleet::{Fleet, OwnTask};

/// For an orphan to save what it has.
const GRACE: Duration = Duration::from_secs(10);

/// Looks for orphans.
pub struct Orphans {
    fleet: Arc<dyn Fleet>,
    containers: Arc<dyn ContainerStore>,
    metrics: Arc<Metrics>,
}

impl Orphans {
    /// Over these ports.
    pub fn new(ports: &Ports, metrics: Arc<Metrics>) -> Self {
        Self {
            fleet: Arc::clone(&ports.fleet),
            containers: Arc::clone(&ports.containers),
            metrics,
        }
    }

    /// Makes one pass. A task that cannot be judged or stopped does not hold up the others; the first fault is
    /// reported at the end.
    pub async fn tick(&self) -> Result<(), Fault> {
        let own = self.fleet.own().await?;
        let looks = own.iter().map(|task| self.look_at(task));
        let outcomes = join_all(looks).await;
        outcomes.into_iter().find(Result::is_err).unwrap_or(Ok(()))
    }

    async fn look_at(&self, own: &OwnTask) -> Result<(), Fault> {
        // Read after the tasks were listed: what has been started since then is not judged by what was before.
        let container = self.containers.get(&own.container_id).await?;
        match standing(own, container.as_ref()) {
            Standing::Wanted => Ok(()),
            Standing::Ahead => {
                warn!(container.id = %own.container_id, task = %own.task, generation = own.generation, "task {} is of a generation that is not recorded; left alone", own.task);
                Ok(())
            }
            Standing::Orphan => {
                info!(container.id = %own.container_id, task = %own.task, generation = own.generation, "stopping task {}, which no record wants", own.task);
                self.fleet.stop(&own.task, GRACE).await?;
                self.metrics.container_stopped(StopReason::Orphan.as_str());
                Ok(())
            }
        }
    }
}

impl std::fmt::Debug for Orphans {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Orphans")
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Standing {
    Wanted,
    /// Later than its record, which then was lost or set back.
    Ahead,
    Orphan,
}

fn standing(own: &OwnTask, container: Option<&Container>) -> Standing {
    let Some(container) = container else {
        return Standing::Orphan;
    };
    if own.generation > container.generation {
        return Standing::Ahead;
    }
    let is_present = container.is_awake() && own.generation == container.generation;
    if is_present && container.task().is_none_or(|task| *task == own.task) {
        Standing::Wanted
    } else {
        Standing::Orphan
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::container::{ContainerState, TaskRef};
    use crate::domain::time::Timestamp;

    fn task(name: &str, generation: u64) -> OwnTask {
        OwnTask {
            task: TaskRef(name.to_owned()),
            container_id: "k".parse().unwrap(),
            generation,
        }
    }

    fn container(generation: u64, state: ContainerState) -> Container {
        let id = "x".parse().unwrap();
        Container {
            generation,
            state,
            ..Container::new(
                id,
                "c".parse().unwrap(),
                "p".parse().unwrap(),
                "u".parse().unwrap(),
            )
        }
    }

    #[test]
    fn c13_only_the_task_of_the_present_generation_is_wanted() {
        let since = Timestamp::EPOCH;
        let starting = |task: Option<&str>| ContainerState::Starting {
            since,
            task: task.map(|name| TaskRef(name.to_owned())),
        };
        let cases = [
            (1, starting(None), Standing::Wanted),
            (1, starting(Some("t")), Standing::Wanted),
            (1, starting(Some("another")), Standing::Orphan),
            (1, ContainerState::Stopped, Standing::Orphan),
            (2, starting(None), Standing::Orphan),
            (0, starting(None), Standing::Ahead),
        ];
        for (generation, state, expected) in cases {
            let record = container(generation, state);
            let found = standing(&task("t", 1), Some(&record));
            assert_eq!(found, expected, "{record:?}");
        }
        assert_eq!(standing(&task("t", 1), None), Standing::Orphan);
    }
}
