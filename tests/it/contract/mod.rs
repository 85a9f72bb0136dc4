//! What every backend promises: one file a port, one check a sentence of its doc.
//!
//! A check is `async fn(&World)`. `contract!` stamps the checks of a file into one module a backend, so that a failure
//! reads `contract::ledger::embedded::a_stale_write_conflicts`. To add a backend: give `World` a constructor and the
//! macro a module.

#[macro_use]
mod stamp;

mod archive;
mod claim_store;
mod command_store;
mod container_store;
mod event_store;
mod journal_store;
mod ledger;
mod queues;
mod queues_waiting;
mod reply_store;
mod retention;
mod session_lists;
mod session_store;
mod thread_store;
