//! Counts what there is now, for gauges: only when somebody asks.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use super::metrics::Gauges;
use crate::domain::circuit::CircuitState;
use crate::ports::Ports;
use crate::ports::clock::Clock;
use crate::ports::container_store::ContainerStore;
use crate::ports::fault::Fault;
use crate::ports::inference::Inference;
use crate::ports::mail_queue::MailGauge;
use crate::ports::queues::{Depth, Direction, Queues};
use crate::ports::session_store::SessionStore;

/// How far ahead failed containers are looked for: far beyond any pause between two tries.
const FAR: Duration = Duration::from_hours(24);
/// Most waiting containers that are looked at.
const MOST: usize = 1000;

/// Counts records and messages.
pub struct Inventory {
    clock: Arc<dyn Clock>,
    sessions: Arc<dyn SessionStore>,
    containers: Arc<dyn ContainerStore>,
    queues: Arc<dyn Queues>,
    /// Where mail comes by a queue.
    mail: OnceLock<Arc<dyn MailGauge>>,
    /// What a circuit breaker stands in front of, by name.
    guarded: Mutex<Vec<(&'static str, Arc<dyn Inference>)>>,
}

impl Inventory {
    /// Over these ports.
    pub fn new(ports: &Ports) -> Self {
        Self {
            clock: Arc::clone(&ports.clock),
            sessions: Arc::clone(&ports.sessions),
            containers: Arc::clone(&ports.containers),
            queues: Arc::clone(&ports.queues),
            mail: OnceLock::new(),
            guarded: Mutex::default(),
        }
    }

    /// Counts received mail too.
    pub fn watch_mail(&self, mail: Arc<dyn MailGauge>) {
        // a second one would be the same queue
        self.mail.set(mail).ok();
    }

    /// Shows the state of the circuit breaker in front of `model` under this name.
    pub fn watch(&self, name: &'static str, model: Arc<dyn Inference>) {
        let mut guarded = self.guarded.lock().unwrap_or_else(PoisonError::into_inner);
        guarded.push((name, model));
    }

    /// All circuit breakers, as they stand.
    pub fn circuits(&self) -> Vec<(&'static str, CircuitState)> {
        let guarded = self.guarded.lock().unwrap_or_else(PoisonError::into_inner);
        let states = guarded.iter().map(|(name, model)| (*name, model.circuit()));
        states.collect()
    }

    /// Containers that could not be started several times and will be tried again. They keep work, so they wait; one that
    /// is tried again only after a day is not counted.
    pub async fn failed(&self) -> Result<u64, Fault> {
        let waiting = self
            .containers
            .waiting(self.clock.now() + FAR, MOST)
            .await?;
        let failed = waiting.iter().filter(|one| one.state_name() == "failed");
        Ok(failed.count() as u64)
    }

    /// Counts what is awake; states that nothing is in count 0.
    pub async fn count(&self) -> Result<Gauges, Fault> {
        let sessions = self.sessions.counts(self.clock.now()).await?;
        let awake = self.containers.awake().await?;
        let containers = ["starting", "running", "draining"].map(|state| {
            let count = awake.iter().filter(|one| one.state_name() == state).count();
            (state, count as u64)
        });
        let ids: Vec<_> = awake.iter().map(|one| one.container_id.clone()).collect();
        let mut depths = Vec::with_capacity(4);
        let mut buried = Depth::default();
        if let Some(mail) = self.mail.get() {
            let mail = mail.depth().await?;
            depths.push(("mail", mail.waiting));
            buried = mail.dead;
        }
        for (queue, direction) in [
            ("input", Direction::Input),
            ("output", Direction::Output),
            ("dead_letter", Direction::Dead),
        ] {
            depths.push((queue, self.queues.depth(direction, &ids).await?));
        }
        if let Some((_, dead)) = depths.last_mut() {
            dead.visible += buried.visible;
            dead.in_flight += buried.in_flight;
        }
        let states = |(queue, depth): (&'static str, Depth)| {
            [
                (queue, "visible", depth.visible),
                (queue, "in_flight", depth.in_flight),
            ]
        };
        let queues = depths.into_iter().flat_map(states).collect();
        Ok(Gauges {
            sessions: vec![
                ("initializing", sessions.initializing),
                ("active", sessions.active),
                ("draining", sessions.draining),
            ],
            containers: containers.to_vec(),
            queues,
            circuits: self.circuits().into_iter().flat_map(by_state).collect(),
            ticks: Vec::new(),
        })
    }
}

fn by_state(
    (name, now): (&'static str, CircuitState),
) -> impl Iterator<Item = (&'static str, &'static str, u64)> {
    let states = CircuitState::NAMES.into_iter();
    states.map(move |state| (name, state, u64::from(state == now.as_str())))
}

impl std::fmt::Debug for Inventory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Inventory")
    }
}
