//! The queues of embedded workers, over a Unix socket: the server inside Hermes and the client inside the worker.
//!
//! A worker never opens the database. Its token opens the input queue of its own container to receive from and the
//! output queue to send to, the files of its own commands, and nothing else; the token of an earlier generation opens nothing (C4).

mod client;
mod files;
mod listener;
mod protocol;
mod server;
mod tokens;

pub use client::SocketQueues;
pub use files::WorkerFiles;
pub use listener::WorkerSocket;
pub use server::{OnOutput, WorkerServer};
pub use tokens::TokenRegistry;
