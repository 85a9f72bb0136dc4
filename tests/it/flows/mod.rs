//! What Hermes does from end to end: real services over the embedded store, everything outside by hand.

mod attachments;
mod bounces;
mod cloud_metrics;
mod confirmations;
mod containers;
mod conversations;
pub(crate) mod harness;
mod inbox;
mod interrupts;
mod languages;
mod lifetimes;
mod listening;
mod loops;
mod mail_in;
mod no_backscatter;
mod notes;
mod random;
mod recipients;
mod refusals;
mod replies;
mod rest;
mod starts;
mod threads;
mod troubles;
mod unanswered;
mod words;
