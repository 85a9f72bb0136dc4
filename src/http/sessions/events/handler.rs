//! `GET /hermes/api/sessions/{sessionId}/events`.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::envelope::Envelope;
use super::stream::{self, Start};
use crate::domain::event::Event;
use crate::domain::ids::SessionId;
use crate::http::caller::{Caller, ToWork};
use crate::http::input::{LIMIT, PathId, Query};
use crate::http::problem::{FieldError, Problem};
use crate::http::state::AppState;

#[derive(Serialize)]
struct PageBody<'a> {
    events: Vec<Envelope<'a>>,
    /// What to send as `after` next time.
    next: u64,
}

/// A page if only JSON is accepted, else a stream: from after `Last-Event-ID`, else `?after=`, else from the beginning.
pub(in crate::http) async fn events(
    State(app): State<AppState>,
    caller: Caller<ToWork>,
    PathId(session): PathId<SessionId>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let after = query.number("after", &(0..=u64::MAX))?.unwrap_or(0);
    if wants_page(&headers) {
        let limit = query.limit(&LIMIT)?;
        let page = app
            .sessions
            .events(&caller.scope, &session, after, limit)
            .await?;
        return Ok(page_body(&page.events, after));
    }
    let after = last_event_id(&headers)?.unwrap_or(after);
    let start = Start::find(&app, &caller.scope, &session, after).await?;
    if start.is_over() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let body = stream::body(app, caller.scope, session, start);
    Ok(streaming(body))
}

fn page_body(events: &[Event], after: u64) -> Response {
    Json(PageBody {
        next: events.last().map_or(after, |event| event.sequence),
        events: events.iter().map(Envelope::from).collect(),
    })
    .into_response()
}

fn streaming(body: Body) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/event-stream"),
        (CACHE_CONTROL, "no-store, no-transform"),
        // nginx would hold events back until a buffer is full
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
    (headers, body).into_response()
}

fn wants_page(headers: &HeaderMap) -> bool {
    let accepts = |kind: &str| {
        headers
            .get_all(ACCEPT)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .any(|value| value.to_ascii_lowercase().contains(kind))
    };
    accepts("application/json") && !accepts("text/event-stream")
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(value) = headers.get("last-event-id") else {
        return Ok(None);
    };
    match value.to_str().ok().map(str::parse) {
        Some(Ok(id)) => Ok(Some(id)),
        _ => Err(Problem::invalid(vec![FieldError {
            field: "Last-Event-ID",
            message: "must be the id of an event of this session".to_owned(),
        }])),
    }
}
