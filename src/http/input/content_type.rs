//! What a body says it is.

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};

use crate::http::problem::Problem;

/// Refuses a body of another type than `wanted`; parameters, such as a charset, are ignored.
///
/// Also keeps out what a form of another website can send: forms know no such types.
pub(in crate::http) fn require_type(
    headers: &HeaderMap,
    wanted: &'static str,
) -> Result<(), Problem> {
    let given = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .map(|value| value.split(';').next().unwrap_or_default().trim());
    if given.is_some_and(|given| given.eq_ignore_ascii_case(wanted)) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
        format!("send the body as Content-Type: {wanted}"),
    ))
}
