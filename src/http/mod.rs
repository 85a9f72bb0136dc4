//! The HTTP face: the REST API, the previews, and a page for people.
//!
//! Every request passes one `gate`: it sorts hosts, refuses what other websites send, bounds the time, catches panics,
//! writes problems and counts. What a caller may do is decided by the `Caller` that each handler of the API asks for;
//! only health, previews, the page at `/` and the one that asks a member about held mail have none. Handlers turn a request into a call of one service and its
//! answer into JSON, nothing else. What must stay true: a preview's host never serves the API, so that what a website's
//! pages do there, they do to nobody else.

mod caller;
mod confirm;
mod gate;
mod hosts;
mod input;
mod mail;
mod operations;
mod pages;
mod preview;
mod problem;
mod request_id;
mod router;
mod serve;
mod sessions;
mod state;

pub use router::router;
pub use serve::serve;
pub use state::{AppState, Wiring};
