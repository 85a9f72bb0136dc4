//! What Hermes does from end to end: real services over the embedded store, everything outside by hand.

mod attachments;
mod cloud_metrics;
mod containers;
pub(crate) mod harness;
mod inbox;
mod interrupts;
mod lifetimes;
mod listening;
mod mail_in;
mod random;
mod refusals;
mod replies;
mod rest;
mod starts;
mod threads;
mod troubles;
mod unanswered;
