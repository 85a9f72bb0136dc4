//! The page on which a member says whether a message is theirs.

use askama::Template;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::page::HTML;
use crate::http::problem::Problem;

/// One message on the page.
#[derive(Debug)]
pub(in crate::http) struct ConfirmMessage<'a> {
    pub(in crate::http) id: &'a str,
    pub(in crate::http) from: &'a str,
    pub(in crate::http) subject: &'a str,
    pub(in crate::http) project: &'a str,
    pub(in crate::http) excerpt: &'a str,
    /// When it came, as RFC 3339.
    pub(in crate::http) at: String,
    /// What has become of it; empty while it waits.
    pub(in crate::http) state: &'static str,
}

impl ConfirmMessage<'_> {
    /// To the minute, for people.
    fn day_and_time(&self) -> String {
        let minutes = self.at.get(..16).unwrap_or(&self.at);
        format!("{} UTC", minutes.replace('T', " "))
    }
}

/// What is said above the messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum Remark {
    None,
    /// The message itself is no longer kept.
    Gone,
}

#[derive(Template)]
#[template(path = "confirm.html", config = ".cargo/askama.toml")]
struct Confirm<'a> {
    messages: &'a [ConfirmMessage<'a>],
    waiting: usize,
    gone: bool,
}

/// The page for these messages; without any, the link is void.
pub(in crate::http) fn confirm(messages: &[ConfirmMessage<'_>], remark: Remark) -> Response {
    let page = Confirm {
        messages,
        waiting: messages.iter().filter(|one| one.state.is_empty()).count(),
        gone: remark == Remark::Gone,
    };
    let status = match (messages, remark) {
        ([], _) => StatusCode::NOT_FOUND,
        (_, Remark::Gone) => StatusCode::GONE,
        (_, Remark::None) => StatusCode::OK,
    };
    let text = match page.render() {
        Ok(text) => text,
        Err(error) => return Problem::internal(error).into_response(),
    };
    let csp = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'; \
        form-action 'self'";
    let headers = [
        (CONTENT_TYPE, HTML),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(csp)),
        // the address is a key, so no other site hears of it; with `no-referrer` the form itself would come without an
        // origin, and be taken for another site's
        (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        (
            HeaderName::from_static("x-robots-tag"),
            HeaderValue::from_static("noindex"),
        ),
    ];
    (status, headers, text).into_response()
}
