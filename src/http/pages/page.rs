//! The templates with what fills them.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use crate::domain::ids::SessionId;
use crate::http::problem::Problem;
use crate::http::state::{AppState, Wiring};

#[derive(Template)]
#[template(path = "home.html", config = ".cargo/askama.toml")]
struct Home<'a> {
    mail_address: &'a str,
    base_url: &'a str,
    version: &'a str,
    backend: &'a str,
}

#[derive(Template)]
#[template(path = "waiting.html", config = ".cargo/askama.toml")]
struct Waiting<'a> {
    session_id: &'a SessionId,
}

#[derive(Template)]
#[template(path = "not_found.html", config = ".cargo/askama.toml")]
struct NotFound<'a> {
    path: &'a str,
    home: &'a str,
}

#[derive(Template)]
#[template(path = "no_preview.html", config = ".cargo/askama.toml")]
struct NoPreview;

pub(super) const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// The page at `/`, rendered once.
pub(in crate::http) fn home(wiring: &Wiring) -> Bytes {
    let page = Home {
        mail_address: &wiring.mail_address,
        base_url: &wiring.public_url,
        version: wiring.version,
        backend: wiring.backend,
    };
    // a template of texts can't fail to render
    page.render().unwrap_or_default().into()
}

/// `GET /`: what this is, and how to send the first message.
pub(in crate::http) async fn at_root(State(app): State<AppState>) -> Response {
    let csp = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'; \
        form-action 'none'";
    let headers = [
        (CONTENT_TYPE, HTML),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(csp)),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    (headers, app.home.clone()).into_response()
}

/// What a preview shows until something is published.
pub(in crate::http) fn waiting(session_id: &SessionId) -> Response {
    html(&Waiting { session_id })
}

/// What a preview shows where the website has nothing; `home` is where the website begins.
pub(in crate::http) fn missing(path: &str, home: &str) -> Response {
    html(&NotFound { path, home })
}

/// What is shown where there is no preview.
pub(in crate::http) fn no_preview() -> Response {
    html(&NoPreview)
}

fn html(page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => ([(CONTENT_TYPE, HTML)], text).into_response(),
        Err(error) => Problem::internal(error).into_response(),
    }
}
