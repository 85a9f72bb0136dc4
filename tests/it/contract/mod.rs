//! What every backend promises: one file a port, one check a sentence of its doc.
//!
//! A check is `async fn(&World)`. `contract!` stamps the checks of a file for one backend, so that a failure reads
//! `contract::ledger::embedded::a_stale_write_conflicts`. Here that is the embedded one; `tests/aws` has the same files
//! with a macro of its own. To add a backend: give `World` a constructor and the macro a module.

pub(crate) mod archive;
pub(crate) mod claim_store;
pub(crate) mod command_store;
pub(crate) mod container_store;
pub(crate) mod event_store;
pub(crate) mod journal_store;
pub(crate) mod ledger;
pub(crate) mod note_store;
pub(crate) mod preview_store;
pub(crate) mod queues;
pub(crate) mod queues_waiting;
pub(crate) mod reply_store;
pub(crate) mod retention;
pub(crate) mod session_lists;
pub(crate) mod session_store;
pub(crate) mod thread_store;
