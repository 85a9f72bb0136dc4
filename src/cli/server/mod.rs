//! A running Hermes as its clients see it: calls, streams, and what can go wrong with both.

mod answer;
mod client;
mod failure;
mod problem;
mod sse;
mod transport;

pub(super) use answer::{Answer, not_hermes};
pub use client::Server;
pub(super) use client::{Content, Route};
pub use failure::{Failure, report};
pub use problem::Problem;
pub(super) use sse::{Item, Message, Parser};
