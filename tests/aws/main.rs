//! What needs an emulator of AWS, which is installed and started here.
//!
//! The harness is not the usual one, because a test of that cannot say at run time that it is ignored: without python3
//! nothing here can run, and a test that did not run must not count as passed.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_imports,
    reason = "a failing assumption should fail the test"
)]

use std::process::ExitCode;

use libtest_mimic::Arguments;

#[macro_use]
mod stamp;

mod calls;
mod cloudwatch;
#[path = "../it/contract/mod.rs"]
mod contract;
mod deploy;
mod doctor;
mod dynamo;
mod faults;
mod fleet;
mod grounds;
#[expect(dead_code, reason = "more of it serves the other tests")]
#[path = "../it/process/harness.rs"]
mod harness;
mod inbox;
mod installation;
mod s3;
mod ses;
mod sqs;
mod support;
mod trial;
mod two_hermes;

fn main() -> ExitCode {
    let trials = [
        // what every backend promises
        contract::archive::trials(),
        contract::claim_store::trials(),
        contract::note_store::trials(),
        contract::command_store::trials(),
        contract::container_store::trials(),
        contract::event_store::trials(),
        contract::journal_store::trials(),
        contract::ledger::trials(),
        contract::queues::trials(),
        contract::queues_waiting::trials(),
        contract::preview_store::trials(),
        contract::reply_store::trials(),
        contract::retention::trials(),
        contract::session_lists::trials(),
        contract::session_store::trials(),
        contract::thread_store::trials(),
        // what only AWS does
        calls::trials(),
        cloudwatch::trials(),
        deploy::least_privilege::trials(),
        deploy::lint::trials(),
        deploy::network::trials(),
        deploy::stacks::trials(),
        deploy::start::trials(),
        doctor::trials(),
        dynamo::items::trials(),
        dynamo::legacy::trials(),
        dynamo::lost_answers::trials(),
        dynamo::races::trials(),
        dynamo::requests::trials(),
        dynamo::schema::trials(),
        faults::trials(),
        fleet::trials(),
        grounds::trials(),
        inbox::trials(),
        s3::trials(),
        ses::trials(),
        sqs::mail::trials(),
        sqs::queues::trials(),
        sqs::worker::trials(),
        two_hermes::trials(),
    ];
    let trials = trials.into_iter().flatten().collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
