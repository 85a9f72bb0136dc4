//! What Hermes does from end to end: real services over the embedded store, everything outside by hand.

mod cloud_metrics;
mod containers;
pub(crate) mod harness;
mod inbox;
mod interrupts;
mod languages;
mod lifetimes;
mod listening;
mod mail_in;
mod notes;
mod random;
mod refusals;
mod replies;
mod rest;
mod starts;
mod threads;
mod troubles;
mod unanswered;
