//! The input queue of a worker, as its loop uses it.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::time::sleep;

use crate::ports::fault::Fault;
use crate::ports::queues::{Delivery, QueueName, Queues, Receipt, VISIBILITY};
use crate::worker::config::WorkerConfig;

/// Messages of one receive; what SQS gives at most.
const BATCH: usize = 10;
/// Before the queue is asked again after it failed.
const PAUSE: Duration = Duration::from_secs(1);

/// Receives, holds, hands back and deletes. A queue that fails delivers a message again, which is harmless, so
/// failures are logged here and go no further.
pub(crate) struct Mailbox {
    queues: Arc<dyn Queues>,
    input: QueueName,
    poll: Duration,
}

impl Mailbox {
    pub(crate) fn new(config: &WorkerConfig, queues: Arc<dyn Queues>) -> Self {
        Self {
            queues,
            input: QueueName::input(config.container_id.clone()),
            poll: config.timings.poll,
        }
    }

    /// The next messages, or none after a while. It owns what it needs, so it goes on while commands come and go.
    pub(crate) fn receive(&self) -> BoxFuture<'static, Vec<Delivery>> {
        let (queues, input, poll) = (Arc::clone(&self.queues), self.input.clone(), self.poll);
        Box::pin(async move {
            match queues.receive(&input, BATCH, poll).await {
                Ok(messages) => messages,
                Err(fault) => {
                    tracing::warn!(
                        error = &fault as &dyn std::error::Error,
                        "the input queue could not be read"
                    );
                    sleep(PAUSE).await;
                    Vec::new()
                }
            }
        })
    }

    /// Keeps messages from being delivered to anybody else for a while (C22).
    pub(crate) async fn hold(&self, receipts: &[Receipt]) {
        self.show_after(VISIBILITY, receipts).await;
    }

    /// Has messages delivered again at once.
    pub(crate) async fn hand_back(&self, receipts: &[Receipt]) {
        self.show_after(Duration::ZERO, receipts).await;
    }

    async fn show_after(&self, visibility: Duration, receipts: &[Receipt]) {
        for receipt in receipts {
            let set = self.queues.set_visibility(&self.input, receipt, visibility);
            note(set.await);
        }
    }

    /// Removes messages for good.
    pub(crate) async fn delete(&self, receipts: &[Receipt]) {
        for receipt in receipts {
            note(self.queues.delete(&self.input, receipt).await);
        }
    }
}

fn note(done: Result<bool, Fault>) {
    if let Err(fault) = done {
        tracing::warn!(
            error = &fault as &dyn std::error::Error,
            "a message of the input queue comes again"
        );
    }
}
