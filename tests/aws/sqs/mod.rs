//! SQS beyond what every backend promises.

mod git_server;
pub(crate) mod mail;
pub(crate) mod queues;
pub(crate) mod worker;
