//! Whether Hermes is up, and whether what it depends on is.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::troubles::{Trouble, Troubles};
use crate::domain::claim::ClaimKey;
use crate::domain::ids::ClientId;
use crate::domain::time::Timestamp;
use crate::ports::Ports;
use crate::ports::claim_store::ClaimStore;
use crate::ports::clock::Clock;
use crate::ports::fault::Fault;
use crate::ports::queues::Queues;

/// A background task as its supervisor sees it.
#[derive(Debug, Clone)]
pub struct TaskHealth {
    /// Its name.
    pub name: &'static str,
    /// When it last made a pass; `None` before the first.
    pub last_tick: Option<Timestamp>,
    /// What went wrong in the last pass.
    pub error: Option<String>,
}

/// What the process says of itself: whether it is stopping, and how its tasks are.
pub trait ProcessHealth: Send + Sync {
    /// Whether the process takes no more work because it is stopping.
    fn is_stopping(&self) -> bool;
    /// The background tasks.
    fn tasks(&self) -> Vec<TaskHealth>;
}

/// One dependency.
#[derive(Debug, Clone)]
pub struct Dependency {
    /// Its name.
    pub name: &'static str,
    /// What it answered, if not well.
    pub error: Option<String>,
    /// How long it took.
    pub latency: Duration,
}

/// The state of everything that Hermes depends on.
#[derive(Debug, Clone)]
pub struct Readiness {
    /// Whether requests should come here.
    pub ready: bool,
    /// Whether it is stopping.
    pub stopping: bool,
    /// Each dependency.
    pub dependencies: Vec<Dependency>,
    /// Each background task.
    pub tasks: Vec<TaskHealth>,
    /// What is not quite right but keeps working, for instance a projects file that can't be read.
    pub warnings: Vec<String>,
}

/// Asks the dependencies.
pub struct Health {
    clock: Arc<dyn Clock>,
    claims: Arc<dyn ClaimStore>,
    queues: Arc<dyn Queues>,
    process: Arc<dyn ProcessHealth>,
    troubles: Arc<Troubles>,
    started_at: Timestamp,
}

/// Longest wait for one dependency.
const PATIENCE: Duration = Duration::from_secs(5);

impl Health {
    /// Over these ports.
    pub fn new(ports: &Ports, process: Arc<dyn ProcessHealth>) -> Self {
        Self {
            clock: Arc::clone(&ports.clock),
            claims: Arc::clone(&ports.claims),
            queues: Arc::clone(&ports.queues),
            process,
            troubles: Arc::default(),
            started_at: ports.clock.now(),
        }
    }

    /// Now, and how long this process has been up. Touches no dependency.
    pub fn uptime(&self) -> (Timestamp, Duration) {
        let now = self.clock.now();
        (now, now.since(self.started_at))
    }

    /// Where others say what is not quite right.
    pub fn troubles(&self) -> Arc<Troubles> {
        Arc::clone(&self.troubles)
    }

    /// Sets or clears what `ready` says about the projects file.
    pub fn projects_file(&self, problem: Option<String>) {
        self.troubles.set(Trouble::Projects, problem);
    }

    /// The background tasks, as they are now; no dependency is asked.
    pub fn tasks(&self) -> Vec<TaskHealth> {
        self.process.tasks()
    }

    /// Whether the process is stopping.
    pub fn is_stopping(&self) -> bool {
        self.process.is_stopping()
    }

    /// Asks each dependency.
    pub async fn ready(&self) -> Readiness {
        let now = self.clock.now();
        let store = timed("store", async {
            let Ok(probe) = "hermes".parse::<ClientId>() else {
                return Ok(());
            };
            self.claims
                .get(&ClaimKey::idempotency(&probe, "readiness"), now)
                .await
                .map(drop)
        });
        let queues = timed("queues", self.queues.probe());
        let dependencies = vec![store.await, queues.await];
        let stopping = self.process.is_stopping();
        let ready = !stopping
            && dependencies
                .iter()
                .all(|dependency| dependency.error.is_none());
        Readiness {
            ready,
            stopping,
            dependencies,
            tasks: self.process.tasks(),
            warnings: self.troubles.told(now),
        }
    }
}

impl std::fmt::Debug for Health {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Health")
    }
}

async fn timed(name: &'static str, probe: impl Future<Output = Result<(), Fault>>) -> Dependency {
    let begun = Instant::now();
    let error = match tokio::time::timeout(PATIENCE, probe).await {
        Ok(Ok(())) => None,
        Ok(Err(fault)) => Some(format!("{fault}: {}", fault.source)),
        Err(_elapsed) => Some(format!("no answer in {} s", PATIENCE.as_secs())),
    };
    Dependency {
        name,
        error,
        latency: begun.elapsed(),
    }
}
