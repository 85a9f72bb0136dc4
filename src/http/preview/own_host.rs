//! A preview at its own host: an origin of its own, so that it needs no sandbox and its root-absolute links work.

use axum::extract::Request;
use axum::http::header::ALLOW;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};

use super::answer::{Asked, answer, nowhere};
use crate::domain::ids::SessionId;
use crate::http::problem::Problem;
use crate::http::state::AppState;

/// Answers whatever is asked of a preview's host. Nothing but the preview is there, also not the API.
pub(in crate::http) async fn on_its_host(
    app: &AppState,
    session: Option<SessionId>,
    request: Request,
) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let detail = "a preview can only be looked at";
        let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail);
        let allow = [(ALLOW, HeaderValue::from_static("GET,HEAD"))];
        return (allow, problem).into_response();
    }
    let Some(session) = session else {
        return nowhere();
    };
    let asked = Asked {
        session: &session,
        path: request.uri().path().to_owned(),
        home: "/".to_owned(),
    };
    answer(app, asked, request).await
}
