//! Integration tests, one binary.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failing assumption should fail the test"
)]

#[macro_use]
mod stamp;

mod adapters;
mod api;
mod aws;
mod cli;
mod contract;
mod deploy;
mod flows;
mod hostile;
mod house_rules;
mod machines;
mod process;
mod replies;
mod source;
mod support;
mod worker;
