//! Bodies, chunk by chunk, with an end to patience.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use http_body_util::BodyExt as _;

use crate::http::problem::Problem;

/// Longest silence in the middle of a body.
pub(in crate::http) const IDLE: Duration = Duration::from_mins(1);

/// A body that is being read, with the most it may have and the longest it may be silent.
#[derive(Debug)]
pub(in crate::http) struct Reader {
    body: Body,
    left: usize,
    limit: usize,
    idle: Duration,
}

impl Reader {
    /// Refuses at once what says that it is too large.
    pub(in crate::http) fn open(
        headers: &HeaderMap,
        body: Body,
        limit: usize,
        idle: Duration,
    ) -> Result<Self, Problem> {
        if declared_length(headers).is_some_and(|length| length > limit as u64) {
            return Err(too_large(limit));
        }
        Ok(Self {
            body,
            left: limit,
            limit,
            idle,
        })
    }

    /// The next bytes; `None` at the end.
    pub(in crate::http) async fn chunk(&mut self) -> Result<Option<Bytes>, Problem> {
        loop {
            let frame = tokio::time::timeout(self.idle, self.body.frame()).await;
            let Ok(frame) = frame else {
                let detail = "the rest of the body did not come in time";
                return Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "timeout", detail));
            };
            let Some(frame) = frame else {
                return Ok(None);
            };
            let Ok(frame) = frame else {
                let detail = "the body ended before its end";
                let problem = Problem::new(StatusCode::BAD_REQUEST, "incomplete_body", detail);
                return Err(problem);
            };
            // trailers are no content
            if let Ok(data) = frame.into_data() {
                self.left = self
                    .left
                    .checked_sub(data.len())
                    .ok_or_else(|| too_large(self.limit))?;
                return Ok(Some(data));
            }
        }
    }

    /// All of it. A body of one chunk is not copied.
    pub(in crate::http) async fn all(mut self) -> Result<Bytes, Problem> {
        let Some(first) = self.chunk().await? else {
            return Ok(Bytes::new());
        };
        let Some(second) = self.chunk().await? else {
            return Ok(first);
        };
        let mut whole = Vec::with_capacity(first.len() + second.len());
        whole.extend_from_slice(&first);
        whole.extend_from_slice(&second);
        while let Some(chunk) = self.chunk().await? {
            whole.extend_from_slice(&chunk);
        }
        Ok(whole.into())
    }
}

/// The length that the headers declare.
pub(in crate::http) fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// 413.
fn too_large(limit: usize) -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too_large",
        format!("the body may have at most {} KB", limit / 1024),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use futures_util::stream;

    fn reader(body: Body, limit: usize) -> Reader {
        Reader::open(&HeaderMap::new(), body, limit, IDLE).unwrap()
    }

    fn chunks(chunks: &'static [&'static str]) -> Body {
        let chunks = chunks.iter().map(|text| Ok::<_, std::io::Error>(*text));
        Body::from_stream(stream::iter(chunks))
    }

    #[tokio::test]
    async fn a_body_is_read_to_its_limit_and_not_further() {
        let parts = &["ab", "", "cd", "e"];
        assert_eq!(reader(chunks(parts), 5).all().await.unwrap(), "abcde");
        assert_eq!(reader(chunks(&[]), 0).all().await.unwrap(), "");
        let problem = reader(chunks(parts), 4).all().await.unwrap_err();
        assert_eq!(problem.code(), "too_large");
    }

    #[test]
    fn a_length_above_the_limit_is_refused_before_anything_is_read() {
        let headers: HeaderMap = [(CONTENT_LENGTH, HeaderValue::from_static("6"))]
            .into_iter()
            .collect();
        let refused = Reader::open(&headers, Body::empty(), 5, IDLE).unwrap_err();
        assert_eq!(refused.code(), "too_large");
        assert!(Reader::open(&headers, Body::empty(), 6, IDLE).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_falls_silent_or_breaks_off_says_so() {
        let silent = stream::pending::<Result<Bytes, std::io::Error>>();
        let problem = reader(Body::from_stream(silent), 5)
            .all()
            .await
            .unwrap_err();
        assert_eq!(problem.code(), "timeout");
        let broken = stream::iter([Ok("a"), Err(std::io::Error::other("gone"))]);
        let problem = reader(Body::from_stream(broken), 5)
            .all()
            .await
            .unwrap_err();
        assert_eq!(problem.code(), "incomplete_body");
    }
}
