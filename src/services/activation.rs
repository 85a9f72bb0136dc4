//! Instructions by REST: activate, and follow-up messages.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::acceptance::{Acceptor, Instruction, Met};
use super::projects::Projects;
use super::session_error::SessionError;
use super::settle;
use crate::domain::access::Scope;
use crate::domain::claim::{Claim, ClaimKey};
use crate::domain::command::Source;
use crate::domain::ids::{
    ClientId, CommandId, ContainerId, ProjectId, SessionId, ThreadId, UserId, hash_parts, hex,
};
use crate::domain::session::{Session, SessionStatus};
use crate::domain::thread::{PointerKey, Thread};
use crate::domain::time::Timestamp;
use crate::ports::Ports;
use crate::ports::claim_store::ClaimStore;
use crate::ports::ledger::Write;
use crate::ports::session_store::SessionStore;

/// How long an `Idempotency-Key` is honoured (`design.md` section 5).
const IDEMPOTENCY: Duration = Duration::from_hours(24);

/// A request to activate.
#[derive(Debug, Clone)]
#[expect(
    missing_docs,
    reason = "the undocumented fields are the ids of their types"
)]
pub struct Activate {
    pub client_id: ClientId,
    pub user_id: UserId,
    pub instruction: String,
    pub project_id: Option<ProjectId>,
    pub thread_id: Option<ThreadId>,
    /// The caller's `Idempotency-Key`.
    pub idempotency_key: Option<String>,
}

/// The answer to an activation, the same for every repetition under one key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the undocumented fields are the ids of their types"
)]
pub struct Activated {
    pub session_id: SessionId,
    pub thread_id: ThreadId,
    pub container_id: ContainerId,
    pub command_id: CommandId,
    pub preview_url: String,
    /// Whole seconds.
    pub ttl: Timestamp,
    pub created_at: Timestamp,
    /// The status of the session.
    pub status: SessionStatus,
    /// Whether the session was live already.
    pub was_live: bool,
}

#[derive(Serialize, Deserialize)]
struct FirstAnswer {
    body: String,
    answer: Activated,
}

/// Accepts instructions by REST.
pub struct Activation {
    acceptor: Acceptor,
    claims: Arc<dyn ClaimStore>,
    sessions: Arc<dyn SessionStore>,
    projects: Arc<Projects>,
}

impl Activation {
    /// Over these ports.
    pub fn new(ports: &Ports, acceptor: Acceptor, projects: Arc<Projects>) -> Self {
        Self {
            acceptor,
            claims: Arc::clone(&ports.claims),
            sessions: Arc::clone(&ports.sessions),
            projects,
        }
    }

    /// Accepts an instruction for a new thread, or for the one that is named.
    pub async fn activate(
        &self,
        scope: &Scope,
        request: Activate,
    ) -> Result<Activated, SessionError> {
        if !scope.covers(&request.client_id) {
            return Err(SessionError::ForeignClient);
        }
        settle!(self.try_activate(&request).await)
    }

    async fn try_activate(&self, request: &Activate) -> Result<Activated, SessionError> {
        let claim = match &request.idempotency_key {
            None => None,
            Some(key) => {
                let key = ClaimKey::idempotency(&request.client_id, key);
                if let Some(first) = self.first_answer(&key, request).await? {
                    return Ok(first);
                }
                Some(key)
            }
        };
        let project = self.projects.for_edit(
            &request.client_id,
            request.project_id.as_ref(),
            &request.user_id,
        )?;
        let thread = self.named_thread(request, &project.id).await?;
        let instruction = Instruction {
            client_id: request.client_id.clone(),
            project_id: project.id.clone(),
            user_id: request.user_id.clone(),
            source: Source::Api,
            text: request.instruction.clone(),
            action: None,
            mail: None,
            attachments: Vec::new(),
            refused_files: Vec::new(),
            pointers: Vec::new(),
            subject: None,
        };
        let accepted = self.acceptor.prepare(instruction, thread.as_ref()).await?;
        let answer = activated(&accepted.session, accepted.command_id, accepted.met);
        let mut writes = accepted.writes;
        if let Some(key) = claim {
            writes.push(Write::Claim(self.claim(key, request, &answer)));
        }
        self.acceptor.ledger.commit(writes).await?;
        Ok(answer)
    }

    /// A thread id is only ever one that we gave out, to the same user, client and project (invariant 7).
    async fn named_thread(
        &self,
        request: &Activate,
        project: &ProjectId,
    ) -> Result<Option<Thread>, SessionError> {
        let Some(id) = &request.thread_id else {
            return Ok(None);
        };
        let thread = self
            .acceptor
            .thread(id)
            .await?
            .ok_or(SessionError::UnknownThread)?;
        let theirs = thread.client_id == request.client_id
            && thread.project_id == *project
            && thread.user_id == request.user_id;
        if theirs {
            Ok(Some(thread))
        } else {
            Err(SessionError::UnknownThread)
        }
    }

    async fn first_answer(
        &self,
        key: &ClaimKey,
        request: &Activate,
    ) -> Result<Option<Activated>, SessionError> {
        let Some(claim) = self.claims.get(key, self.acceptor.now()).await? else {
            return Ok(None);
        };
        match serde_json::from_str::<FirstAnswer>(&claim.value) {
            Ok(first) if first.body == fingerprint(request) => Ok(Some(first.answer)),
            Ok(_) | Err(_) => Err(SessionError::IdempotencyKeyReused),
        }
    }

    fn claim(&self, key: ClaimKey, request: &Activate, answer: &Activated) -> Claim {
        let now = self.acceptor.now();
        let first = FirstAnswer {
            body: fingerprint(request),
            answer: answer.clone(),
        };
        Claim {
            key,
            // plain ids and numbers always serialise
            value: serde_json::to_string(&first).unwrap_or_default(),
            claimed_at: now,
            expires_at: now + IDEMPOTENCY,
        }
    }

    /// Accepts a follow-up for a session; one that has ended is activated again.
    pub async fn follow_up(
        &self,
        scope: &Scope,
        session: &SessionId,
        instruction: &str,
    ) -> Result<Activated, SessionError> {
        settle!(self.try_follow_up(scope, session, instruction).await)
    }

    async fn try_follow_up(
        &self,
        scope: &Scope,
        session: &SessionId,
        instruction: &str,
    ) -> Result<Activated, SessionError> {
        let thread = match self.sessions.get(session).await? {
            Some(row) => self.acceptor.thread(&row.thread_id).await?,
            None => self
                .acceptor
                .resolve(&[PointerKey::session(session)])
                .await?
                .map(|(_, thread)| thread),
        };
        let thread = thread
            .filter(|thread| scope.covers(&thread.client_id))
            .ok_or(SessionError::NotFound)?;
        let project =
            self.projects
                .for_edit(&thread.client_id, Some(&thread.project_id), &thread.user_id)?;
        let instruction = Instruction {
            client_id: thread.client_id.clone(),
            project_id: project.id.clone(),
            user_id: thread.user_id.clone(),
            source: Source::Api,
            text: instruction.to_owned(),
            action: None,
            mail: None,
            attachments: Vec::new(),
            refused_files: Vec::new(),
            pointers: Vec::new(),
            subject: None,
        };
        let accepted = self.acceptor.prepare(instruction, Some(&thread)).await?;
        self.acceptor.ledger.commit(accepted.writes).await?;
        Ok(activated(
            &accepted.session,
            accepted.command_id,
            accepted.met,
        ))
    }
}

impl std::fmt::Debug for Activation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Activation")
    }
}

fn activated(session: &Session, command_id: CommandId, met: Met) -> Activated {
    Activated {
        session_id: session.session_id.clone(),
        thread_id: session.thread_id.clone(),
        container_id: session.container_id.clone(),
        command_id,
        preview_url: session.preview_url.clone(),
        ttl: session.ttl,
        created_at: session.created_at,
        status: session.status,
        was_live: met == Met::FollowUp,
    }
}

/// What makes two requests the same request.
fn fingerprint(request: &Activate) -> String {
    let optional = |text: Option<&str>| text.unwrap_or("\0").as_bytes().to_owned();
    let hash = hash_parts(&[
        request.client_id.as_str().as_bytes(),
        request.user_id.as_str().as_bytes(),
        request.instruction.as_bytes(),
        &optional(request.project_id.as_ref().map(ProjectId::as_str)),
        &optional(request.thread_id.as_ref().map(ThreadId::as_str)),
    ]);
    hex(&hash)
}
