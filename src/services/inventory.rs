//! Counts what there is now, for gauges: only when somebody asks.

use std::sync::Arc;

use super::metrics::Gauges;
use crate::ports::Ports;
use crate::ports::clock::Clock;
use crate::ports::container_store::ContainerStore;
use crate::ports::fault::Fault;
use crate::ports::queues::{Direction, Queues};
use crate::ports::session_store::SessionStore;

/// Counts records and messages.
pub struct Inventory {
    clock: Arc<dyn Clock>,
    sessions: Arc<dyn SessionStore>,
    containers: Arc<dyn ContainerStore>,
    queues: Arc<dyn Queues>,
}

impl Inventory {
    /// Over these ports.
    pub fn new(ports: &Ports) -> Self {
        Self {
            clock: Arc::clone(&ports.clock),
            sessions: Arc::clone(&ports.sessions),
            containers: Arc::clone(&ports.containers),
            queues: Arc::clone(&ports.queues),
        }
    }

    /// Counts everything; states that nothing is in count 0.
    pub async fn count(&self) -> Result<Gauges, Fault> {
        let sessions = self.sessions.counts(self.clock.now()).await?;
        let awake = self.containers.awake().await?;
        let containers = ["starting", "running", "draining"].map(|state| {
            let count = awake.iter().filter(|one| one.state_name() == state).count();
            (state, count as u64)
        });
        let ids: Vec<_> = awake.iter().map(|one| one.container_id.clone()).collect();
        let mut queues = Vec::with_capacity(6);
        for (queue, direction) in [
            ("input", Direction::Input),
            ("output", Direction::Output),
            ("dead_letter", Direction::Dead),
        ] {
            let depth = self.queues.depth(direction, &ids).await?;
            queues.push((queue, "visible", depth.visible));
            queues.push((queue, "in_flight", depth.in_flight));
        }
        Ok(Gauges {
            sessions: vec![
                ("initializing", sessions.initializing),
                ("active", sessions.active),
                ("draining", sessions.draining),
            ],
            containers: containers.to_vec(),
            queues,
            circuits: Vec::new(),
        })
    }
}

impl std::fmt::Debug for Inventory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Inventory")
    }
}
