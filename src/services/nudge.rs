//! Wakes whoever acts on what was just written, so that ticks are only the fallback.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::{Notify, broadcast};

use crate::domain::container::ContainerState;
use crate::domain::ids::SessionId;
use crate::ports::ledger::{CommitError, Ledger, Write};

/// Sessions whose readers may lag before they fall back to reading the table.
const EVENT_BUFFER: usize = 1024;

/// In-process bells, one for each who waits.
#[derive(Debug, Clone)]
pub struct Nudges {
    /// Containers have work, or a task has ended.
    pub reconcile: Arc<Notify>,
    /// A worker has said something, or a container is started whose worker soon will.
    pub results: Arc<Notify>,
    /// A reply is pending.
    pub replies: Arc<Notify>,
    events: broadcast::Sender<SessionId>,
}

impl Default for Nudges {
    fn default() -> Self {
        Self {
            reconcile: Arc::default(),
            results: Arc::default(),
            replies: Arc::default(),
            events: broadcast::channel(EVENT_BUFFER).0,
        }
    }
}

impl Nudges {
    /// Ids of sessions that have new events. Lagging behind is harmless: the table has them all.
    pub fn events(&self) -> broadcast::Receiver<SessionId> {
        self.events.subscribe()
    }
}

/// A ledger that rings the bells of what it has committed.
pub struct NudgingLedger {
    ledger: Arc<dyn Ledger>,
    nudges: Nudges,
}

impl NudgingLedger {
    /// Wraps `ledger`.
    pub fn new(ledger: Arc<dyn Ledger>, nudges: Nudges) -> Self {
        Self { ledger, nudges }
    }
}

impl std::fmt::Debug for NudgingLedger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NudgingLedger")
    }
}

#[derive(Default)]
struct Bells {
    containers: bool,
    starts: bool,
    replies: bool,
    sessions: Vec<SessionId>,
}

impl Bells {
    fn of(writes: &[Write]) -> Self {
        let mut bells = Self::default();
        for write in writes {
            match write {
                Write::Container(container) => {
                    // one written alone is a sign of life, or a wait that begins: nothing to do at once
                    bells.containers |= writes.len() > 1 && container.due_at.is_some();
                    bells.starts |= matches!(container.state, ContainerState::Starting { .. });
                }
                Write::Reply(reply) => bells.replies |= reply.due_at.is_some(),
                Write::Event(event) if bells.sessions.last() != Some(&event.session_id) => {
                    bells.sessions.push(event.session_id.clone());
                }
                Write::Command(command) => {
                    bells.containers |=
                        command.state.is_open() && command.dispatched_generation == 0;
                }
                Write::Event(_)
                | Write::Session(_)
                | Write::Thread(_)
                | Write::Journal(_)
                | Write::Note(_)
                | Write::Pointer(_)
                | Write::Claim(_) => {}
            }
        }
        bells
    }

    fn ring(self, nudges: &Nudges) {
        if self.containers {
            nudges.reconcile.notify_one();
        }
        if self.starts {
            nudges.results.notify_one();
        }
        if self.replies {
            nudges.replies.notify_one();
        }
        for id in self.sessions {
            // an error only says that nobody listens
            nudges.events.send(id).ok();
        }
    }
}

#[async_trait]
impl Ledger for NudgingLedger {
    async fn commit(&self, writes: Vec<Write>) -> Result<(), CommitError> {
        let bells = Bells::of(&writes);
        self.ledger.commit(writes).await?;
        bells.ring(&self.nudges);
        Ok(())
    }
}
