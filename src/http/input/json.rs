//! JSON bodies, and bodies that should not be there.

use std::time::Duration;

use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::http::header::TRANSFER_ENCODING;
use serde_json::Value;

use super::body::{Reader, declared_length};
use super::content_type::require_type;
use super::fields::Fields;
use crate::http::problem::{FieldError, Problem};
use crate::http::state::AppState;

/// Largest JSON body.
const LIMIT: usize = 256 * 1024;
/// Longest silence in one.
const IDLE: Duration = Duration::from_secs(15);

const JSON: &str = "application/json";

/// The fields of a JSON object.
#[derive(Debug)]
pub(in crate::http) struct JsonBody(pub(in crate::http) Fields);

impl FromRequest<AppState> for JsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &AppState) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        require_type(&parts.headers, JSON)?;
        let body = Reader::open(&parts.headers, body, LIMIT, IDLE)?;
        parse(&body.all().await?).map(Self)
    }
}

fn parse(body: &[u8]) -> Result<Fields, Problem> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => Ok(Fields::new(object)),
        Ok(_) => Err(Problem::invalid(vec![FieldError {
            field: "",
            message: "must be a JSON object".to_owned(),
        }])),
        // names what was expected and where, never the text
        Err(error) => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "invalid_json",
            format!("the body is not JSON: {error}"),
        )),
    }
}

/// A body that is empty, or JSON that nobody reads: old clients send `{}`.
#[derive(Debug)]
pub(in crate::http) struct NoBody;

impl FromRequest<AppState> for NoBody {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &AppState) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let headers = &parts.headers;
        let empty =
            declared_length(headers).unwrap_or(0) == 0 && !headers.contains_key(TRANSFER_ENCODING);
        if !empty {
            require_type(headers, JSON)?;
            Reader::open(headers, body, LIMIT, IDLE)?.all().await?;
        }
        Ok(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_body_says_where_and_repeats_nothing() {
        for (body, place) in [
            (&b"{\"secret\": tru"[..], "line 1 column 14"),
            (b"{\n \"secret\" \"x\"}", "line 2 column 11"),
            (b"", "line 1 column 0"),
            (b"{\"secret\": \"\xff\"}", "line 1 column"),
            ("[".repeat(200).as_bytes(), "recursion limit"),
        ] {
            let problem = parse(body).unwrap_err();
            assert_eq!(problem.code(), "invalid_json");
            let said = format!("{problem:?}");
            assert!(said.contains(place) && !said.contains("secret"), "{said}");
        }
        assert_eq!(parse(b"[]").unwrap_err().code(), "validation_failed");
    }
}
