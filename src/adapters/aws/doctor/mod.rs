//! What `hermes doctor` asks AWS: one file a topic.
//!
//! Every check stands alone: what several of them need is asked once, by whoever is first (`facts`), and when it cannot be
//! had, each says unknown, with the reason, and goes on with what it can see. Nothing is changed.

mod account;
mod edit;
mod facts;
mod mail;
mod model;
mod network;
mod records;
mod resources;
mod roles;
mod rounds;
mod stores;
mod task;

pub use facts::Case;
pub use rounds::{Doctor, Look};
