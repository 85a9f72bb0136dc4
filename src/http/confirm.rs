//! The page behind the link of the question "Did you write this?" (A6).
//!
//! The token in the path is the capability; no key is asked for. Mail scanners follow links, so reading never changes
//! anything: only the form's `POST` does (P5).

use axum::extract::{FromRequest, Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::input::{IDLE, Reader, form_value, require_type};
use super::pages::{ConfirmMessage, Remark, confirm};
use super::problem::Problem;
use super::state::AppState;
use crate::domain::confirmation::ConfirmToken;
use crate::domain::ids::JournalId;
use crate::domain::journal::Verdict;
use crate::services::intake::{Claimed, HeldMessage};
use crate::services::intake_error::IntakeError;

/// Largest form.
const LIMIT: usize = 4 * 1024;

/// What the form says.
#[derive(Debug)]
pub(super) struct Said {
    message: Option<JournalId>,
    claimed: Option<Claimed>,
}

impl FromRequest<AppState> for Said {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &AppState) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        require_type(&parts.headers, "application/x-www-form-urlencoded")?;
        let body = Reader::open(&parts.headers, body, LIMIT, IDLE)?;
        let body = body.all().await?;
        Ok(Self {
            message: form_value(&body, "message").and_then(|text| text.parse().ok()),
            claimed: match form_value(&body, "answer").as_deref() {
                Some("mine") => Some(Claimed::Mine),
                Some("not-mine") => Some(Claimed::NotMine),
                _ => None,
            },
        })
    }
}

/// `GET /hermes/confirm/{token}`: what was asked for under the member's name, and what has become of it.
pub(super) async fn show(State(app): State<AppState>, Path(token): Path<String>) -> Response {
    page(&app, &token, Remark::None).await
}

/// `POST /hermes/confirm/{token}`: takes the member's word, once for each message.
pub(super) async fn answer(
    State(app): State<AppState>,
    Path(token): Path<String>,
    said: Said,
) -> Result<Response, Problem> {
    let (Some(message), Some(claimed)) = (&said.message, said.claimed) else {
        let detail = "the form must say which message, and whether it is yours";
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "validation_failed",
            detail,
        ));
    };
    let Ok(secret) = token.parse::<ConfirmToken>() else {
        return Ok(page(&app, &token, Remark::None).await);
    };
    let remark = match app.intake.confirm(&secret, message, claimed).await {
        Ok(()) | Err(IntakeError::NotFound) => Remark::None,
        Err(IntakeError::RawGone | IntakeError::NotAMail(_)) => Remark::Gone,
        Err(error) => return Err(error.into()),
    };
    Ok(page(&app, &token, remark).await)
}

async fn page(app: &AppState, token: &str, remark: Remark) -> Response {
    let held = match token.parse::<ConfirmToken>() {
        Ok(token) => app.intake.held(&token).await,
        // what can be no token leads nowhere, like one that has expired
        Err(_) => Ok(Vec::new()),
    };
    match held {
        Ok(held) => confirm(&held.iter().map(shown).collect::<Vec<_>>(), remark),
        Err(fault) => axum::response::IntoResponse::into_response(Problem::from(fault)),
    }
}

fn shown(message: &HeldMessage) -> ConfirmMessage<'_> {
    let row = &message.row;
    ConfirmMessage {
        id: row.journal_id.as_str(),
        from: row.from.as_deref().unwrap_or_default(),
        subject: &row.subject,
        project: row.project_id.as_ref().map_or("", |id| id.as_str()),
        excerpt: &message.held.excerpt,
        at: row.received_at.rfc3339(),
        state: match row.verdict {
            Verdict::Hold => "",
            Verdict::Instruct | Verdict::Command => {
                "You said that this is yours. It is being done, and the answer comes by mail."
            }
            Verdict::Refuse => {
                "You said that this is yours. It cannot be done; the reason comes by mail."
            }
            Verdict::Silent | Verdict::Poison => {
                "You said that this is not yours. It was discarded."
            }
        },
    }
}
