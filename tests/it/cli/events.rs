//! Events as a server streams them.

use std::io;

use axum::body::Body;
use axum::response::Response;
use futures_util::{StreamExt as _, stream};

use super::scripted::answer;

/// How a stream ends.
#[derive(Debug, Clone, Copy)]
pub(super) enum Then {
    /// The server closes it.
    Close,
    /// The connection breaks.
    Break,
    /// It stays open and silent.
    Stay,
}

/// The frame of an event.
pub(super) fn event(sequence: u64, name: &str, data: &str) -> String {
    let seconds = sequence % 60;
    format!(
        "id: {sequence}\nevent: {name}\ndata: {{\"id\":\"evt_{sequence}\",\"type\":\"{name}\",\"timestamp\":\
         \"2026-11-21T14:27:{seconds:02}.5Z\",\"sequence\":{sequence},\"sessionId\":\"ses-1\",\"data\":{data}}}\n\n"
    )
}

/// A stream of these frames, a byte at a time at its beginning, asking for 10 ms before the next connection.
pub(super) fn frames(frames: &[String], then: Then) -> Response {
    let text = format!(": connected\n\nretry: 10\n\n{}", frames.concat());
    let (slow, fast) = text.split_at(20);
    let slow = slow.bytes().map(|byte| vec![byte]).collect::<Vec<_>>();
    let chunks = slow.into_iter().chain([fast.as_bytes().to_vec()]).map(Ok);
    let chunks = stream::iter(chunks);
    let body = match then {
        Then::Close => Body::from_stream(chunks),
        Then::Break => Body::from_stream(chunks.chain(stream::once(broken()))),
        Then::Stay => Body::from_stream(chunks.chain(stream::pending())),
    };
    answer(200, "text/event-stream", body)
}

/// An error behind a pause: hyper sends what it has before it pauses, and throws it away at an error.
async fn broken() -> io::Result<Vec<u8>> {
    tokio::task::yield_now().await;
    Err(io::Error::other("broken"))
}
