//! Instructions by REST: answered as soon as they are durable, whatever a container does.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Serialize;

use crate::domain::ids::{CommandId, ContainerId, SessionId, ThreadId};
use crate::http::caller::{Caller, ToWork};
use crate::http::input::{Fields, JsonBody, PathId};
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::services::activation::{Activate, Activated};

/// Longest `Idempotency-Key`.
const LONGEST_KEY: usize = 255;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct ActivatedBody {
    session_id: SessionId,
    preview_url: String,
    status: &'static str,
    thread_id: ThreadId,
    container_id: ContainerId,
    command_id: CommandId,
    /// Epoch seconds.
    ttl: i64,
    created_at: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct QueuedBody {
    command_id: CommandId,
}

/// `POST /hermes/api/sessions/activate`: 201 for a session that begins or begins again, 200 for a live one.
pub(in crate::http) async fn activate(
    State(app): State<AppState>,
    caller: Caller<ToWork>,
    headers: HeaderMap,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<ActivatedBody>), Problem> {
    let request = read(body, &headers)?;
    let activated = app.activation.activate(&caller.scope, request).await?;
    let status = if activated.was_live {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    Ok((status, Json(activated.into())))
}

fn read(mut body: Fields, headers: &HeaderMap) -> Result<Activate, Problem> {
    let client_id = body.id("clientId");
    let user_id = body.id("userId");
    let instruction = body.instruction();
    let project_id = body.optional_id("projectId");
    let thread_id = body.optional_id("threadId");
    body.metadata();
    let idempotency_key = idempotency_key(&mut body, headers);
    let required = client_id.zip(user_id).zip(instruction);
    let ((client_id, user_id), instruction) = body.finish(required)?;
    Ok(Activate {
        client_id,
        user_id,
        instruction,
        project_id,
        thread_id,
        idempotency_key,
    })
}

fn idempotency_key(body: &mut Fields, headers: &HeaderMap) -> Option<String> {
    const HEADER: &str = "Idempotency-Key";
    let key = headers.get(HEADER)?.as_bytes();
    let fit = (1..=LONGEST_KEY).contains(&key.len()) && key.iter().all(u8::is_ascii_graphic);
    if !fit {
        body.wrong(
            HEADER,
            format!("must be 1 to {LONGEST_KEY} visible ASCII characters"),
        );
        return None;
    }
    String::from_utf8(key.to_vec()).ok()
}

/// `POST /hermes/api/sessions/{sessionId}/messages`: a follow-up; a session that has ended begins again.
pub(in crate::http) async fn message(
    State(app): State<AppState>,
    caller: Caller<ToWork>,
    PathId(session): PathId<SessionId>,
    JsonBody(mut body): JsonBody,
) -> Result<(StatusCode, Json<QueuedBody>), Problem> {
    let instruction = body.instruction();
    let instruction = body.finish(instruction)?;
    let activated = app
        .activation
        .follow_up(&caller.scope, &session, &instruction)
        .await?;
    let command_id = activated.command_id;
    Ok((StatusCode::ACCEPTED, Json(QueuedBody { command_id })))
}

impl From<Activated> for ActivatedBody {
    fn from(activated: Activated) -> Self {
        Self {
            session_id: activated.session_id,
            preview_url: activated.preview_url,
            status: activated.status.as_str(),
            thread_id: activated.thread_id,
            container_id: activated.container_id,
            command_id: activated.command_id,
            ttl: activated.ttl.as_secs(),
            created_at: activated.created_at.rfc3339(),
        }
    }
}
