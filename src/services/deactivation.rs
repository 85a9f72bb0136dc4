//! Deactivating a session: queued commands are cancelled, the running one is interrupted (S9).

use std::sync::Arc;

use super::ending::rest_if_last;
use super::session_error::SessionError;
use super::settle;
use crate::domain::access::Scope;
use crate::domain::command::{CancelReason, Command};
use crate::domain::event::{EventDraft, EventKind};
use crate::domain::ids::SessionId;
use crate::domain::session::{Session, SessionStatus};
use crate::domain::time::Timestamp;
use crate::ports::Ports;
use crate::ports::clock::Clock;
use crate::ports::command_store::CommandStore;
use crate::ports::container_store::ContainerStore;
use crate::ports::ledger::{Ledger, Write};
use crate::ports::session_store::SessionStore;

/// Commands cancelled in one transaction; the rest of a longer queue follow in further ones.
const BATCH: usize = 90;

/// What a deactivation found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deactivated {
    /// It was open and drains now.
    Initiated,
    /// It was draining already.
    AlreadyDraining,
    /// It had ended already.
    AlreadyEnded,
}

/// Deactivates sessions. Writes the intent only; the reconciler tells the worker.
pub struct Deactivation {
    clock: Arc<dyn Clock>,
    sessions: Arc<dyn SessionStore>,
    commands: Arc<dyn CommandStore>,
    containers: Arc<dyn ContainerStore>,
    ledger: Arc<dyn Ledger>,
}

impl Deactivation {
    /// Over these ports.
    pub fn new(ports: &Ports) -> Self {
        Self {
            clock: Arc::clone(&ports.clock),
            sessions: Arc::clone(&ports.sessions),
            commands: Arc::clone(&ports.commands),
            containers: Arc::clone(&ports.containers),
            ledger: Arc::clone(&ports.ledger),
        }
    }

    /// Deactivates a session.
    pub async fn deactivate(
        &self,
        scope: &Scope,
        id: &SessionId,
    ) -> Result<Deactivated, SessionError> {
        settle!(self.try_deactivate(scope, id).await)
    }

    async fn try_deactivate(
        &self,
        scope: &Scope,
        id: &SessionId,
    ) -> Result<Deactivated, SessionError> {
        let session = self.sessions.get(id).await?;
        let mut session = session
            .filter(|session| scope.covers(&session.client_id))
            .ok_or(SessionError::NotFound)?;
        let now = self.clock.now();
        let found = match session.status_at(now) {
            SessionStatus::Expired => return Ok(Deactivated::AlreadyEnded),
            SessionStatus::Draining => Deactivated::AlreadyDraining,
            SessionStatus::Initializing | SessionStatus::Active => Deactivated::Initiated,
        };
        loop {
            let commands = self.to_cancel(&session).await?;
            if found == Deactivated::AlreadyDraining && commands.is_empty() {
                return Ok(found);
            }
            let more = commands.len() > BATCH;
            session = self.drain(session, commands, now).await?;
            if !more {
                return Ok(found);
            }
        }
    }

    async fn to_cancel(&self, session: &Session) -> Result<Vec<Command>, SessionError> {
        if session.open_commands == 0 {
            return Ok(Vec::new());
        }
        let open = self.commands.open_in(&session.container_id).await?;
        let theirs = |command: &Command| {
            command.session_id == session.session_id && command.cancel.is_none()
        };
        Ok(open.into_iter().filter(theirs).collect())
    }

    /// Makes one transaction and answers the session as it is afterwards.
    async fn drain(
        &self,
        mut session: Session,
        commands: Vec<Command>,
        now: Timestamp,
    ) -> Result<Session, SessionError> {
        let mut writes = Vec::new();
        if session.status != SessionStatus::Draining {
            session.status = SessionStatus::Draining;
            let open_commands = session.open_commands;
            let kind = EventKind::SessionDraining { open_commands };
            writes.push(Write::Event(EventDraft::of(&session, now, kind)));
        }
        for mut command in commands.into_iter().take(BATCH) {
            command.cancel = Some(CancelReason::Deactivated);
            writes.push(Write::Command(Box::new(command)));
        }
        let container = self.containers.get(&session.container_id).await?;
        if session.open_commands == 0 {
            session.end(now, "deactivated");
            let kind = EventKind::SessionEnded {
                reason: "deactivated".to_owned(),
            };
            writes.push(Write::Event(EventDraft::of(&session, now, kind)));
        }
        if let Some(mut container) = container {
            rest_if_last(self.sessions.as_ref(), &session, &mut container, now).await?;
            container.due_at = container.due_at.map(|due| due.min(now));
            writes.push(Write::Container(container));
        }
        writes.push(Write::Session(session.clone()));
        self.ledger.commit(writes).await?;
        session.version = session.version.saturating_add(1);
        Ok(session)
    }
}

impl std::fmt::Debug for Deactivation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Deactivation")
    }
}
