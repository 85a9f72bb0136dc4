//! What Hermes does from end to end: real services over the embedded store, everything outside by hand.

mod harness;
mod mail_in;
mod refusals;
mod rest;
mod threads;
