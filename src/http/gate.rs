//! What happens to every request, in one place: one layer costs less than eight.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;

use super::hosts::{self, HostKind};
use super::preview;
use super::problem::{self, Problem};
use super::request_id;
use super::router::{MAIL, PREVIEW, route_label};
use super::state::AppState;
use crate::services::http_metrics::AuthFailure;

/// For a call of the API, until the head of its answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// For a mail, which may be large and come slowly.
const UPLOAD_PATIENCE: Duration = Duration::from_mins(2);

/// Sorts the host, bounds and counts the request, and finishes its answer.
pub(super) async fn gate(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = app.request_ids.of(request.headers());
    let method = method_label(request.method().as_str());
    let authority = hosts::authority(request.uri(), request.headers());
    let host = app.hosts.sort(authority);
    let cross_site = app
        .hosts
        .is_cross_site(request.method(), request.headers(), authority);
    let route = match &host {
        HostKind::Preview(_) => PREVIEW,
        HostKind::Ours | HostKind::Foreign => {
            route_label(request.extensions().get::<MatchedPath>())
        }
    };
    let active = app.metrics.http.begin(method);
    let answer = async {
        match host {
            HostKind::Preview(session) => preview::on_its_host(&app, session, request).await,
            HostKind::Ours | HostKind::Foreign if cross_site => cross_site_problem(&app),
            HostKind::Ours | HostKind::Foreign => next.run(request).await,
        }
    };
    let patience = if route == MAIL {
        UPLOAD_PATIENCE
    } else {
        PATIENCE
    };
    let unwinding = AssertUnwindSafe(answer).catch_unwind();
    let mut response = match tokio::time::timeout(patience, unwinding).await {
        Ok(Ok(response)) => response,
        // the panic itself is logged by the process's hook
        Ok(Err(_panic)) => Problem::internal("the handler panicked").into_response(),
        Err(_elapsed) => {
            let detail = "this took too long; it may or may not have been done";
            Problem::new(StatusCode::GATEWAY_TIMEOUT, "timeout", detail).into_response()
        }
    };
    finish(&mut response, &id);
    drop(active);
    let took = begun.elapsed();
    let status = response.status().as_u16();
    if !is_stream(&response) {
        app.metrics.http.answered(method, route, status, took);
    }
    tracing::debug!(
        method,
        route,
        status,
        ms = took.as_secs_f64() * 1000.0,
        request.id = id.to_str().unwrap_or_default(),
        "{method} {route} {status}"
    );
    response.headers_mut().insert(request_id::HEADER, id);
    response
}

fn finish(response: &mut Response, id: &HeaderValue) {
    problem::render(response, id.to_str().unwrap_or_default());
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}

fn cross_site_problem(app: &AppState) -> Response {
    app.metrics.http.refused(AuthFailure::CrossSite);
    let detail = "another website made a browser send this; it may not change anything here";
    Problem::new(StatusCode::FORBIDDEN, "cross_site", detail).into_response()
}

fn is_stream(response: &Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE);
    kind.is_some_and(|kind| kind == "text/event-stream")
}

/// The method as metrics have it: anybody can send any word as one.
fn method_label(method: &str) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"];
    let known = KNOWN.into_iter().find(|known| *known == method);
    known.unwrap_or("_OTHER")
}
