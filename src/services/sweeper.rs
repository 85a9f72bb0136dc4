//! Ends what has expired and deletes what has been kept long enough.

use std::sync::Arc;
use std::time::Duration;

use tracing::debug;

use super::policy::Policy;
use super::settle;
use crate::domain::event::{EventDraft, EventKind};
use crate::domain::ids::SessionId;
use crate::domain::session::SessionStatus;
use crate::ports::Ports;
use crate::ports::clock::Clock;
use crate::ports::fault::Fault;
use crate::ports::ledger::{CommitError, Ledger, Write};
use crate::ports::retention::{Cutoffs, Retention};
use crate::ports::session_store::SessionStore;

/// Sessions looked at in one pass.
const BATCH: usize = 200;
/// Rows of ended sessions are kept as long as DynamoDB may keep them (S1).
const SESSION_ROWS: Duration = Duration::from_hours(48);
/// Events are kept 30 days (`design.md` section 6).
const EVENTS: Duration = Duration::from_hours(30 * 24);
/// Dead letters are kept 14 days (`design.md` section 7).
const DEAD_LETTERS: Duration = Duration::from_hours(14 * 24);

/// Sweeps. Nothing depends on its being in time: every read asks the clock itself (invariant 5).
pub struct Sweeper {
    clock: Arc<dyn Clock>,
    sessions: Arc<dyn SessionStore>,
    ledger: Arc<dyn Ledger>,
    retention: Arc<dyn Retention>,
    policy: Arc<Policy>,
}

impl Sweeper {
    /// Over these ports.
    pub fn new(ports: &Ports, policy: Arc<Policy>) -> Self {
        Self {
            clock: Arc::clone(&ports.clock),
            sessions: Arc::clone(&ports.sessions),
            ledger: Arc::clone(&ports.ledger),
            retention: Arc::clone(&ports.retention),
            policy,
        }
    }

    /// Writes down the end of sessions whose `ttl` has passed; extends those with open commands.
    pub async fn end_overdue(&self) -> Result<(), Fault> {
        for session in self.sessions.overdue(self.clock.now(), BATCH).await? {
            match settle!(self.try_end(&session.session_id).await) {
                Ok(()) | Err(CommitError::Conflict) => {}
                Err(CommitError::Backend(fault)) => return Err(fault),
            }
        }
        Ok(())
    }

    async fn try_end(&self, id: &SessionId) -> Result<(), CommitError> {
        let Some(mut session) = self.sessions.get(id).await? else {
            return Ok(());
        };
        let now = self.clock.now();
        if session.status == SessionStatus::Expired || now < session.ttl {
            return Ok(());
        }
        if session.open_commands > 0 {
            session.touch(now, self.policy.lifetimes);
            return self.ledger.commit(vec![Write::Session(session)]).await;
        }
        let reason = session.lapse_reason(self.policy.lifetimes);
        session.end(session.ttl, reason);
        let kind = EventKind::SessionEnded {
            reason: reason.to_owned(),
        };
        let event = Write::Event(EventDraft::of(&session, now, kind));
        self.ledger
            .commit(vec![event, Write::Session(session)])
            .await
    }

    /// Deletes what is older than its retention.
    pub async fn purge(&self) -> Result<(), Fault> {
        let now = self.clock.now();
        let cutoffs = Cutoffs {
            now,
            mail: now - self.policy.mail_retention,
            events: now - EVENTS,
            dead_letters: now - DEAD_LETTERS,
            sessions: now - SESSION_ROWS,
        };
        loop {
            let rows = self.retention.purge(cutoffs).await?;
            if rows == 0 {
                return Ok(());
            }
            debug!(rows, "deleted {rows} rows that were kept long enough");
        }
    }
}

impl std::fmt::Debug for Sweeper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sweeper")
    }
}
