//! The live sessions of a client (S10).

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::LINK;
use serde::Serialize;

use crate::domain::ids::{ClientId, ProjectId, SessionId, ThreadId, UserId};
use crate::domain::session::{Session, SessionStatus};
use crate::http::caller::{Caller, ToWork};
use crate::http::input::{LIMIT, PathId, Query, next_link};
use crate::http::problem::Problem;
use crate::http::state::AppState;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct Row {
    session_id: SessionId,
    client_id: ClientId,
    user_id: UserId,
    project_id: ProjectId,
    thread_id: ThreadId,
    status: &'static str,
    preview_url: String,
    last_activity: String,
    created_at: String,
    /// Epoch seconds.
    ttl: i64,
}

/// `GET /hermes/api/sessions/client/{clientId}`: a client that nobody knows has none.
pub(in crate::http) async fn list(
    State(app): State<AppState>,
    caller: Caller<ToWork>,
    PathId(client): PathId<Option<ClientId>>,
    query: Query,
) -> Result<(HeaderMap, Json<Vec<Row>>), Problem> {
    let (limit, cursor) = (query.limit(&LIMIT)?, query.cursor()?);
    let mut headers = HeaderMap::new();
    let Some(client) = client else {
        return Ok((headers, Json(Vec::new())));
    };
    let page = app
        .sessions
        .list(&caller.scope, &client, limit, cursor)
        .await?;
    if let Some(next) = page.next {
        let path = format!("/hermes/api/sessions/client/{client}");
        headers.extend(next_link(&path, limit, &next).map(|link| (LINK, link)));
    }
    let rows = page.items.into_iter().map(Row::from).collect();
    Ok((headers, Json(rows)))
}

impl From<(Session, SessionStatus)> for Row {
    fn from((session, status): (Session, SessionStatus)) -> Self {
        Self {
            session_id: session.session_id,
            client_id: session.client_id,
            user_id: session.user_id,
            project_id: session.project_id,
            thread_id: session.thread_id,
            status: status.as_str(),
            preview_url: session.preview_url,
            last_activity: session.last_activity.rfc3339(),
            created_at: session.created_at.rfc3339(),
            ttl: session.ttl.as_secs(),
        }
    }
}
