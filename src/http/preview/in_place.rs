//! A preview under the API's own origin: for programs, and in a sandbox for browsers that are not sent away.

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_SECURITY_POLICY, LOCATION};
use axum::response::{IntoResponse, Response};

use super::answer::{Asked, answer, nowhere};
use crate::domain::ids::SessionId;
use crate::http::problem::Problem;
use crate::http::state::AppState;

const PREFIX: &str = "/hermes/preview/";

/// `GET /hermes/preview/{sessionId}/...`.
pub(in crate::http) async fn in_place(State(app): State<AppState>, request: Request) -> Response {
    let mut response = find(&app, request).await;
    response.headers_mut().insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("sandbox allow-scripts allow-forms allow-popups"),
    );
    response
}

async fn find(app: &AppState, request: Request) -> Response {
    let uri = request.uri();
    let behind = uri.path().strip_prefix(PREFIX).unwrap_or_default();
    let (id, path) = match behind.find('/') {
        Some(slash) => behind.split_at(slash),
        None => (behind, ""),
    };
    // an id has only letters that need no encoding, but may be encoded all the same; then it is another one's link
    let Ok(session) = id.parse::<SessionId>() else {
        return nowhere();
    };
    let query = uri
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    if is_navigation(&request)
        && let Some(base) = elsewhere(app, &session)
    {
        return redirect(&format!("{base}{}{query}", path.trim_start_matches('/')));
    }
    let home = format!("{PREFIX}{session}/");
    if path.is_empty() {
        return redirect(&format!("{home}{query}")); // relative links need the slash
    }
    let asked = Asked {
        session: &session,
        path: path.to_owned(),
        home,
    };
    answer(app, asked, request).await
}

fn is_navigation(request: &Request) -> bool {
    let mode = request.headers().get("sec-fetch-mode");
    mode.is_some_and(|mode| mode == "navigate")
}

/// Where the template has the preview, with a slash at the end; `None` when that is here.
fn elsewhere(app: &AppState, session: &SessionId) -> Option<String> {
    let mut url = app.preview_url.of(session, app.port);
    if url.starts_with(&format!("{}{PREFIX}", app.public_url)) {
        return None;
    }
    if !url.ends_with('/') {
        url.push('/');
    }
    Some(url)
}

pub(super) fn redirect(to: &str) -> Response {
    match HeaderValue::try_from(to) {
        Ok(to) => (StatusCode::FOUND, [(LOCATION, to)]).into_response(),
        Err(error) => Problem::internal(error).into_response(),
    }
}
