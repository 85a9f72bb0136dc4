//! Reading sessions, and keeping them alive.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::try_join;

use super::policy::Policy;
use super::session_error::SessionError;
use super::settle;
use crate::domain::access::Scope;
use crate::domain::command::Command;
use crate::domain::container::Container;
use crate::domain::event::Event;
use crate::domain::ids::{ClientId, CommandId, SessionId};
use crate::domain::session::{Keepalive, Session, SessionStatus};
use crate::domain::time::Timestamp;
use crate::ports::Ports;
use crate::ports::clock::Clock;
use crate::ports::command_store::CommandStore;
use crate::ports::container_store::ContainerStore;
use crate::ports::event_store::EventStore;
use crate::ports::ledger::{Ledger, Write};
use crate::ports::session_store::{Page, SessionStore};

/// When to ask again while a session drains.
pub const DRAIN_RETRY: Duration = Duration::from_secs(5);

/// A session and what belongs to its status.
#[derive(Debug, Clone)]
pub struct SessionView {
    /// As stored.
    pub session: Session,
    /// The status at the time of asking.
    pub status: SessionStatus,
    /// Its container; absent only if its row was purged.
    pub container: Option<Container>,
    /// Its newest command.
    pub command: Option<Command>,
}

/// The answer to a keepalive.
#[derive(Debug, Clone)]
pub struct KeptAlive {
    /// As stored now.
    pub session: Session,
    /// The latest that keepalives can reach.
    pub max_expires_at: Timestamp,
    /// Whether that limit cut this one.
    pub clamped: bool,
}

/// Reads sessions within a caller's scope; what lies outside does not exist.
pub struct Sessions {
    clock: Arc<dyn Clock>,
    store: Arc<dyn SessionStore>,
    containers: Arc<dyn ContainerStore>,
    commands: Arc<dyn CommandStore>,
    events: Arc<dyn EventStore>,
    ledger: Arc<dyn Ledger>,
    policy: Arc<Policy>,
}

impl Sessions {
    /// Over these ports.
    pub fn new(ports: &Ports, policy: Arc<Policy>) -> Self {
        Self {
            clock: Arc::clone(&ports.clock),
            store: Arc::clone(&ports.sessions),
            containers: Arc::clone(&ports.containers),
            commands: Arc::clone(&ports.commands),
            events: Arc::clone(&ports.events),
            ledger: Arc::clone(&ports.ledger),
            policy,
        }
    }

    async fn visible(&self, scope: &Scope, id: &SessionId) -> Result<Session, SessionError> {
        let session = self.store.get(id).await?;
        session
            .filter(|session| scope.covers(&session.client_id))
            .ok_or(SessionError::NotFound)
    }

    /// The status of a session. Asking is not activity.
    pub async fn status(&self, scope: &Scope, id: &SessionId) -> Result<SessionView, SessionError> {
        let session = self.visible(scope, id).await?;
        let command = async {
            match &session.last_command {
                Some(id) => self.commands.get(id).await,
                None => Ok(None),
            }
        };
        let container = self.containers.get(&session.container_id);
        let (container, command) = try_join(container, command).await?;
        let status = session.status_at(self.clock.now());
        Ok(SessionView {
            session,
            status,
            container,
            command,
        })
    }

    /// Extends a live session (S3): never shortens, never creates a row, never wakes a container.
    pub async fn keepalive(
        &self,
        scope: &Scope,
        id: &SessionId,
    ) -> Result<KeptAlive, SessionError> {
        settle!(self.try_keepalive(scope, id).await)
    }

    async fn try_keepalive(
        &self,
        scope: &Scope,
        id: &SessionId,
    ) -> Result<KeptAlive, SessionError> {
        let session = self.visible(scope, id).await?;
        let now = self.clock.now();
        let lifetimes = self.policy.lifetimes;
        let max_expires_at = session.max_expires_at(lifetimes);
        let session = match session.keepalive(now, lifetimes) {
            Keepalive::Expired => return Err(SessionError::Expired),
            Keepalive::Draining => {
                return Err(SessionError::Draining {
                    retry_after: DRAIN_RETRY,
                });
            }
            Keepalive::Enough => session,
            Keepalive::Extend(next) => {
                self.ledger
                    .commit(vec![Write::Session((*next).clone())])
                    .await?;
                *next
            }
        };
        Ok(KeptAlive {
            clamped: now + lifetimes.idle > max_expires_at,
            max_expires_at,
            session,
        })
    }

    /// Live sessions of a client, last active first (S10). An unknown client has none.
    pub async fn list(
        &self,
        scope: &Scope,
        client: &ClientId,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<(Session, SessionStatus)>, SessionError> {
        if !scope.covers(client) {
            return Ok(Page {
                items: Vec::new(),
                next: None,
            });
        }
        let now = self.clock.now();
        let page = self
            .store
            .list_by_client(client, now, limit, cursor)
            .await?;
        let items = page
            .items
            .into_iter()
            .map(|session| {
                let status = session.status_at(now);
                (session, status)
            })
            .collect();
        Ok(Page {
            items,
            next: page.next,
        })
    }

    /// The latest commands of a session, newest first.
    pub async fn commands(
        &self,
        scope: &Scope,
        id: &SessionId,
        limit: usize,
    ) -> Result<Vec<Command>, SessionError> {
        self.visible(scope, id).await?;
        Ok(self.commands.by_session(id, limit).await?)
    }

    /// One command.
    pub async fn command(&self, scope: &Scope, id: &CommandId) -> Result<Command, SessionError> {
        let command = self.commands.get(id).await?;
        command
            .filter(|command| scope.covers(&command.client_id))
            .ok_or(SessionError::NoSuchCommand)
    }

    /// Events of a session above a sequence, and whether the session has ended.
    pub async fn events(
        &self,
        scope: &Scope,
        id: &SessionId,
        after: u64,
        limit: usize,
    ) -> Result<EventPage, SessionError> {
        let session = self.visible(scope, id).await?;
        let events = self.events.page(id, after, limit).await?;
        // as stored: one that is only overdue has not said yet that it ended
        let ended = session.status == SessionStatus::Expired;
        Ok(EventPage { events, ended })
    }
}

/// Events, and whether more can come.
#[derive(Debug, Clone)]
pub struct EventPage {
    /// In order of their sequence.
    pub events: Vec<Event>,
    /// Whether the session has ended, and its last event is written.
    pub ended: bool,
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sessions")
    }
}
