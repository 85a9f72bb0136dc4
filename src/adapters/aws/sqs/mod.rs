//! Queues on SQS: three a container, made on first use, and the mail queue with its dead letters.
//!
//! The SDK sends every call to the client's own endpoint and the queue's URL in its body, so a URL names a queue and
//! leads nowhere. URLs are remembered; a queue that is gone meanwhile is made again.

mod attributes;
mod body;
mod calls;
mod mail;
mod own;
mod provision;
mod queues;
mod urls;

pub use mail::SqsMail;
pub use own::{OwnUrls, WorkerQueues};
pub use provision::{check_mail_queues, ensure_mail_queues};
pub use queues::SqsQueues;
