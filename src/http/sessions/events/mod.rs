//! The events of a session: a stream that can be resumed, or pages of the same.

mod envelope;
mod handler;
mod stream;

pub(in crate::http) use handler::events;
