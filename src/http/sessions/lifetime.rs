//! How long a session stays: keepalive (S3) and deactivate (S9).

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;

use crate::domain::ids::SessionId;
use crate::http::caller::{Caller, ToWork};
use crate::http::input::{NoBody, PathId};
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::services::deactivation::Deactivated;
use crate::services::session_error::SessionError;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct KeptAliveBody {
    /// Epoch seconds.
    ttl: i64,
    status: &'static str,
    expires_at: String,
    max_expires_at: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    clamped: bool,
}

#[derive(Serialize)]
pub(in crate::http) struct DeactivatedBody {
    status: &'static str,
    message: &'static str,
}

/// `POST /hermes/api/sessions/{sessionId}/keepalive`. What is not there or over says so in the words of a status too.
pub(in crate::http) async fn keepalive(
    State(app): State<AppState>,
    caller: Caller<ToWork>,
    session: Result<PathId<SessionId>, Problem>,
    _: NoBody,
) -> Result<Json<KeptAliveBody>, Problem> {
    let PathId(session) = session.map_err(Problem::session_over)?;
    let kept = app.sessions.keepalive(&caller.scope, &session).await;
    let kept = kept.map_err(|error| {
        let over = matches!(error, SessionError::NotFound | SessionError::Expired);
        let problem = Problem::from(error);
        if over {
            problem.session_over()
        } else {
            problem
        }
    })?;
    Ok(Json(KeptAliveBody {
        ttl: kept.session.ttl.as_secs(),
        status: kept.session.status.as_str(),
        expires_at: kept.session.ttl.rfc3339(),
        max_expires_at: kept.max_expires_at.rfc3339(),
        clamped: kept.clamped,
    }))
}

/// `POST /hermes/api/sessions/{sessionId}/deactivate`: 202 the first time, 200 from then on.
pub(in crate::http) async fn deactivate(
    State(app): State<AppState>,
    caller: Caller<ToWork>,
    PathId(session): PathId<SessionId>,
    _: NoBody,
) -> Result<(StatusCode, Json<DeactivatedBody>), Problem> {
    let found = app.deactivation.deactivate(&caller.scope, &session).await?;
    let (code, status, message) = match found {
        Deactivated::Initiated => (
            StatusCode::ACCEPTED,
            "draining",
            "Session deactivation initiated",
        ),
        Deactivated::AlreadyDraining => (
            StatusCode::OK,
            "draining",
            "Session deactivation is under way",
        ),
        Deactivated::AlreadyEnded => (StatusCode::OK, "expired", "Session has ended"),
    };
    Ok((code, Json(DeactivatedBody { status, message })))
}
