//! What the outside must be able to do, one trait a file.
//!
//! A port is an `Arc<dyn Trait>`; its doc comment is the contract, and each sentence of it has a check in
//! `tests/it/contract` that every backend passes. Lookups answer `Option`: absence is not an error. Errors are
//! either a case that any backend could meet, or a [`fault::Fault`] of this one. Time and randomness are ports too.
//!
//! To add one: define the trait and its error here, implement it once a backend under `adapters/`, write its
//! contract checks, add it to [`Ports`].

pub mod archive;
pub mod attached_files;
pub mod claim_store;
pub mod clock;
pub mod command_store;
pub mod container_store;
pub mod entropy;
pub mod event_store;
pub mod fault;
pub mod fleet;
pub mod git_credentials;
pub mod inference;
pub mod journal_store;
pub mod ledger;
pub mod mail_objects;
pub mod mail_queue;
pub mod mailer;
pub mod metric_sink;
pub mod note_store;
pub mod preview_store;
pub mod queues;
pub mod reply_store;
pub mod retention;
pub mod session_store;
pub mod set;
pub mod thread_store;

pub use set::Ports;
