//! Every letter as it is sent, and what others think of it.
//!
//! The harness is not the usual one, because a test of that cannot say at run time that it is ignored: what a program
//! that is not there has not judged must not count as passed. Nothing is downloaded. `npm install --global html-validate`
//! and `apt-get install spamassassin` have the judges; every letter is left below `target/tmp/letters` to be looked at.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a failing assumption should fail the test"
)]

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

mod gallery;
mod judges;
mod snapshots;

fn main() -> ExitCode {
    let trials = [judges::trials(), snapshots::trials()];
    let trials: Vec<Trial> = trials.into_iter().flatten().collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
