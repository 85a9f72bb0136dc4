//! The journal: what came in, what was decided, and why.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::LINK;
use serde::Serialize;

use crate::domain::ids::{CommandId, JournalId, ProjectId, SessionId, ThreadId};
use crate::domain::journal::{Channel, JournalRow, Verdict};
use crate::http::caller::{Caller, ToOperate};
use crate::http::input::{LIMIT, PathId, Query, next_link};
use crate::http::problem::Problem;
use crate::http::router::MAIL;
use crate::http::state::AppState;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct RowBody {
    journal_id: JournalId,
    received_at: String,
    channel: Channel,
    message_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    to: Vec<String>,
    subject: String,
    bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_id: Option<ProjectId>,
    verdict: Verdict,
    rules: Vec<String>,
    reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<SessionId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread_id: Option<ThreadId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    command_id: Option<CommandId>,
    replays: u32,
}

/// `GET /hermes/api/mail`: newest first.
pub(in crate::http) async fn list(
    State(app): State<AppState>,
    caller: Caller<ToOperate>,
    query: Query,
) -> Result<(HeaderMap, Json<Vec<RowBody>>), Problem> {
    let (limit, cursor) = (query.limit(&LIMIT)?, query.cursor()?);
    let page = app.journal.list(&caller.scope, limit, cursor).await?;
    let mut headers = HeaderMap::new();
    if let Some(next) = page.next {
        headers.extend(next_link(MAIL, limit, &next).map(|link| (LINK, link)));
    }
    let rows = page.items.into_iter().map(RowBody::from).collect();
    Ok((headers, Json(rows)))
}

/// `GET /hermes/api/mail/{journalId}`.
pub(in crate::http) async fn show(
    State(app): State<AppState>,
    caller: Caller<ToOperate>,
    PathId(id): PathId<JournalId>,
) -> Result<Json<RowBody>, Problem> {
    let row = app.journal.get(&caller.scope, &id).await?;
    let unknown =
        || Problem::not_found("unknown_message", "there is no such message in the journal");
    Ok(Json(row.ok_or_else(unknown)?.into()))
}

impl From<JournalRow> for RowBody {
    fn from(row: JournalRow) -> Self {
        Self {
            journal_id: row.journal_id,
            received_at: row.received_at.rfc3339(),
            channel: row.channel,
            message_id: row.message_id,
            from: row.from,
            to: row.to,
            subject: row.subject,
            bytes: row.bytes,
            project_id: row.project_id,
            verdict: row.verdict,
            rules: row.rules,
            reason: row.reason,
            session_id: row.session_id,
            thread_id: row.thread_id,
            command_id: row.command_id,
            replays: row.replays,
        }
    }
}
