//! The problem itself, and how it is written.

use std::borrow::Cow;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// What is wrong with one field.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct FieldError {
    /// The field as the caller wrote it; empty for the body as a whole.
    pub(crate) field: &'static str,
    /// What it must be.
    pub(crate) message: String,
}

/// Why a request is not answered as asked. Boxed: it travels in every `Result` of this layer.
#[derive(Debug)]
pub(crate) struct Problem(Box<Parts>);

#[derive(Debug)]
struct Parts {
    status: StatusCode,
    code: &'static str,
    detail: Cow<'static, str>,
    errors: Vec<FieldError>,
    session_over: bool,
    retry_after: Option<Duration>,
    challenge: Option<&'static str>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// A problem that waits in a response for its request id.
#[derive(Clone)]
struct Unwritten(Arc<Parts>);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'a str,
    status: Status,
    detail: &'a str,
    code: &'a str,
    request_id: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl: Option<u8>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Status {
    Http(u16),
    Session(&'static str),
}

impl Problem {
    /// A problem with this status, stable code, and what a person should know.
    pub(crate) fn new(
        status: StatusCode,
        code: &'static str,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self(Box::new(Parts {
            status,
            code,
            detail: detail.into(),
            errors: Vec::new(),
            session_over: false,
            retry_after: None,
            challenge: None,
            source: None,
        }))
    }

    /// 404 with a code of the resource.
    pub(crate) fn not_found(code: &'static str, detail: &'static str) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, detail)
    }

    /// 400 with everything that is wrong with the fields.
    pub(crate) fn invalid(errors: Vec<FieldError>) -> Self {
        let fields: Vec<&str> = errors.iter().map(|error| error.field).collect();
        let detail = match fields.as_slice() {
            [""] => "the body is not as it must be".to_owned(),
            fields => format!("not as it must be: {}", fields.join(", ")),
        };
        let mut problem = Self::new(StatusCode::BAD_REQUEST, "validation_failed", detail);
        problem.0.errors = errors;
        problem
    }

    /// 500; why is in the log only.
    pub(crate) fn internal(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let detail = "something went wrong here; the log has it under the request id";
        let mut problem = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail);
        problem.0.source = Some(source.into());
        problem
    }

    /// 503 that passes by itself; why is in the log only.
    pub(crate) fn unavailable(
        retry_after: Duration,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        let detail = "this can't be done right now; try again";
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail);
        let mut problem = problem.retry_after(retry_after);
        problem.0.source = Some(source.into());
        problem
    }

    /// Adds when to try again.
    pub(crate) fn retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// Adds what kind of key is asked for.
    pub(crate) fn challenge(mut self, challenge: &'static str) -> Self {
        self.0.challenge = Some(challenge);
        self
    }

    /// Adds `ttl: 0, status: "expired"`, which clients of keepalive read on 404 and 410.
    pub(crate) fn session_over(mut self) -> Self {
        self.0.session_over = true;
        self
    }

    /// The stable code.
    #[cfg(test)]
    pub(crate) fn code(&self) -> &'static str {
        self.0.code
    }
}

impl IntoResponse for Problem {
    /// Without a body yet: the gate knows the request id and calls [`render`].
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.0.status;
        response.extensions_mut().insert(Unwritten(self.0.into()));
        response
    }
}

/// Writes the problem of a response, if it has one, and logs it if it is ours to mend.
pub(crate) fn render(response: &mut Response, request_id: &str) {
    let Some(Unwritten(parts)) = response.extensions_mut().remove() else {
        return;
    };
    log(&parts, request_id);
    let document = Document {
        kind: "about:blank",
        title: parts.status.canonical_reason().unwrap_or("Error"),
        status: if parts.session_over {
            Status::Session("expired")
        } else {
            Status::Http(parts.status.as_u16())
        },
        detail: &parts.detail,
        code: parts.code,
        request_id,
        errors: &parts.errors,
        ttl: parts.session_over.then_some(0),
    };
    // texts and numbers always serialise
    let text = serde_json::to_vec(&document).unwrap_or_default();
    let headers = response.headers_mut();
    headers.remove(CONTENT_LENGTH); // of the empty body
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    if let Some(wait) = parts.retry_after {
        let seconds = wait.as_millis().div_ceil(1000).max(1);
        if let Ok(value) = HeaderValue::try_from(seconds.to_string()) {
            headers.insert(RETRY_AFTER, value);
        }
    }
    if let Some(challenge) = parts.challenge {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
    *response.body_mut() = Body::from(text);
}

fn log(parts: &Parts, request_id: &str) {
    if !parts.status.is_server_error() {
        return;
    }
    let (code, detail) = (parts.code, &parts.detail);
    let mut why = String::new();
    let mut source: Option<&dyn Error> =
        parts.source.as_deref().map(|error| -> &dyn Error { error });
    while let Some(error) = source {
        why.push_str(": ");
        why.push_str(&error.to_string());
        source = error.source();
    }
    if parts.status == StatusCode::INTERNAL_SERVER_ERROR {
        tracing::error!(
            request.id = request_id,
            code,
            "request {request_id} failed{why}"
        );
    } else {
        tracing::warn!(
            request.id = request_id,
            code,
            "request {request_id} was put off: {detail}{why}"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;

    async fn written(problem: Problem) -> (Response<()>, serde_json::Value) {
        let mut response = problem.into_response();
        render(&mut response, "r-1");
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 10_000).await.unwrap();
        let json = serde_json::from_slice(&body).unwrap();
        (Response::from_parts(parts, ()), json)
    }

    #[tokio::test]
    async fn a_problem_has_one_shape() {
        let errors = vec![FieldError {
            field: "userId",
            message: "must be there".to_owned(),
        }];
        let (response, json) = written(Problem::invalid(errors)).await;
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
        assert_eq!(
            json,
            serde_json::json!({
                "type": "about:blank", "title": "Bad Request", "status": 400,
                "detail": "not as it must be: userId", "code": "validation_failed", "requestId": "r-1",
                "errors": [{"field": "userId", "message": "must be there"}],
            })
        );
    }

    #[tokio::test]
    async fn the_source_of_a_failure_is_not_in_the_body() {
        let (response, json) = written(Problem::internal("disk /dev/x is full")).await;
        assert_eq!(response.status(), 500);
        assert!(!json.to_string().contains("disk"), "{json}");
    }

    #[tokio::test]
    async fn s3_the_end_of_a_session_is_in_the_body_and_a_wait_in_the_header() {
        let problem = Problem::not_found("unknown_session", "none").session_over();
        let (response, json) = written(problem.retry_after(Duration::from_millis(1200))).await;
        assert_eq!(
            (&json["status"], &json["ttl"]),
            (&"expired".into(), &0.into())
        );
        assert_eq!(response.headers()[RETRY_AFTER], "2");
    }
}
