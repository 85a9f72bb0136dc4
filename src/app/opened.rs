//! A backend that was opened, as the rest of the app sees it: the fork between the two is behind this.

use std::time::Duration;

use super::projects::ProjectsReader;
use super::services::Services;
use crate::ports::Ports;
use crate::runtime::Spawner;

/// The ports of a backend, and what must be run beside them.
pub(super) struct Opened {
    pub(super) ports: Ports,
    pub(super) cadence: Cadence,
    pub(super) projects: ProjectsReader,
    /// Starts what only this backend has, once the services are there.
    pub(super) beside: Beside,
}

/// Starts the tasks that only one backend has.
pub(super) type Beside = Box<dyn FnOnce(&Spawner, &Services) + Send>;

/// How often the loops look when nobody nudges them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cadence {
    /// At containers.
    pub(super) reconcile: Duration,
    /// At output queues.
    pub(super) results: ResultsLoop,
    /// For replies to try again.
    pub(super) replies: Duration,
    /// For sessions that have expired.
    pub(super) sweep: Duration,
}

/// How output queues are read.
#[derive(Debug, Clone, Copy)]
pub(super) enum ResultsLoop {
    /// This often, and when nudged: asking costs nothing.
    Look(Duration),
    /// By one long poll a container: asking costs money.
    Listen,
}
