//! Notices workers that idle although work was sent to them: what they were sent, or what they answered, is lost.
//!
//! A message ends among the dead letters when it was received ten times, as after an hour in which nothing could be
//! written, and when nobody could read it. The records still say that it was sent. A worker that is alive, does nothing
//! and has open commands for a while gets them again: one that has them already knows them by their ids, and one that has
//! carried a command out finds it on the branch.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::domain::container::Container;
use crate::domain::ids::ContainerId;
use crate::domain::time::Timestamp;
use crate::ports::queues::VISIBILITY;

/// A message that was received and not deleted is seen again after [`VISIBILITY`]; only what is still not there then is
/// lost.
const PATIENCE: Duration = VISIBILITY.saturating_add(Duration::from_mins(1));

/// Since when workers idle with open commands, as far as this process has heard. A replica that hears only a part may
/// wait longer or ask too early; neither does harm.
#[derive(Debug, Default)]
pub(crate) struct Forgotten(Mutex<HashMap<ContainerId, Idling>>);

#[derive(Debug)]
struct Idling {
    generation: u64,
    since: Timestamp,
}

impl Forgotten {
    /// Takes note of a sign of life; answers whether what the container was sent should be sent again.
    pub(crate) fn heard(&self, container: &Container, busy: bool, now: Timestamp) -> bool {
        let mut idling = self.lock();
        if busy || container.open_commands == 0 {
            idling.remove(&container.container_id);
            return false;
        }
        let fresh = || Idling {
            generation: container.generation,
            since: now,
        };
        let known = idling
            .entry(container.container_id.clone())
            .or_insert_with(fresh);
        if known.generation != container.generation {
            *known = fresh();
        }
        let is_over = now.since(known.since) >= PATIENCE;
        if is_over {
            known.since = now; // the next time only after as long again
        }
        is_over
    }

    /// Forgets containers that are not among `awake`.
    pub(crate) fn keep(&self, awake: &[ContainerId]) {
        self.lock().retain(|id, _| awake.contains(id));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ContainerId, Idling>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
