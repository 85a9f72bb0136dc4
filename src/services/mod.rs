//! Use cases over ports.
//!
//! A service is a plain struct with the ports it uses. Handlers and the inbox write intent through [`acceptance`];
//! [`reconciler`], [`results`], [`replies`] and [`sweeper`] act on it, each by a `tick()` that makes one idempotent pass.

pub mod acceptance;
pub mod activation;
mod addressing;
pub mod aws_metrics;
pub mod cloud_metrics;
pub mod deactivation;
mod dispatch;
pub mod ending;
pub(crate) mod forgotten;
pub mod health;
pub mod http_metrics;
pub mod inbox;
pub mod intake;
pub mod intake_error;
pub mod inventory;
pub mod journal;
pub mod letters;
pub mod listening;
pub mod metrics;
pub mod notes;
pub mod nudge;
pub mod orphans;
pub mod policy;
pub mod previews;
mod process_metrics;
pub mod projects;
pub mod reconciler;
pub mod replies;
pub mod results;
pub mod session_error;
pub mod sessions;
mod settle;
pub mod sweeper;
pub mod tally;
pub mod troubles;

pub(crate) use settle::settle;

pub use crate::ports::fault::Fault;
