//! Mail in: whole mails, as any mail program or server writes them.

use axum::Json;
use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use bytes::Bytes;
use serde::Serialize;
use tokio::sync::OwnedSemaphorePermit;

use crate::domain::ids::{CommandId, JournalId, SessionId};
use crate::domain::journal::{Channel, Verdict};
use crate::domain::mail::Authentication;
use crate::http::caller::{Caller, ToOperate, ToPost};
use crate::http::input::{IDLE, NoBody, PathId, Query, Reader, declared_length, require_type};
use crate::http::problem::{FieldError, Problem};
use crate::http::state::AppState;
use crate::services::intake::Force;
use crate::services::intake_error::Received;

/// Largest mail.
const LIMIT: usize = 40 * 1024 * 1024;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct ReceivedBody {
    message_id: String,
    journal_id: JournalId,
    verdict: Verdict,
    duplicate: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<SessionId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    command_id: Option<CommandId>,
    rules: Vec<String>,
    /// What became of it in other projects that it was sent to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    also: Vec<ReceivedBody>,
}

/// A mail as it was sent, with its place among the large ones.
#[derive(Debug)]
pub(in crate::http) struct RawMail {
    bytes: Bytes,
    place: Option<OwnedSemaphorePermit>,
}

impl FromRequest<AppState> for RawMail {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &AppState) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        require_type(&parts.headers, "message/rfc822")?;
        let body = Reader::open(&parts.headers, body, LIMIT, IDLE)?;
        let declared = declared_length(&parts.headers);
        let (bytes, place) = app.uploads.read(body, declared).await?;
        Ok(Self { bytes, place })
    }
}

/// `POST /hermes/api/mail`: 202 when the decision, and what follows from it, is durable.
pub(in crate::http) async fn receive(
    State(app): State<AppState>,
    caller: Caller<ToPost>,
    mail: RawMail,
) -> Result<(StatusCode, Json<ReceivedBody>), Problem> {
    let auth = Authentication::Vouched {
        may_publish: caller.may_publish,
    };
    let received = app
        .intake
        .receive(mail.bytes, Channel::Http, auth, &caller.scope)
        .await?;
    drop(mail.place);
    Ok((StatusCode::ACCEPTED, Json(received.into())))
}

/// `POST /hermes/api/mail/{journalId}/replay`: decides again; one that has a command only with `?force=true`.
pub(in crate::http) async fn replay(
    State(app): State<AppState>,
    caller: Caller<ToOperate>,
    PathId(id): PathId<JournalId>,
    query: Query,
    _: NoBody,
) -> Result<(StatusCode, Json<ReceivedBody>), Problem> {
    let force = force(&query)?;
    let auth = Authentication::Vouched {
        may_publish: caller.may_publish,
    };
    let received = app.intake.replay(&id, force, auth, &caller.scope).await?;
    Ok((StatusCode::ACCEPTED, Json(received.into())))
}

fn force(query: &Query) -> Result<Force, Problem> {
    match query.get("force") {
        None | Some("false") => Ok(Force::No),
        Some("true" | "") => Ok(Force::Yes),
        Some(_) => Err(Problem::invalid(vec![FieldError {
            field: "force",
            message: "must be true or false".to_owned(),
        }])),
    }
}

impl From<Received> for ReceivedBody {
    fn from(received: Received) -> Self {
        Self {
            message_id: received.message_id,
            journal_id: received.journal_id,
            verdict: received.verdict,
            duplicate: received.duplicate,
            session_id: received.session_id,
            command_id: received.command_id,
            rules: received.rules,
            also: received.also.into_iter().map(Self::from).collect(),
        }
    }
}
