//! Queues for which time passes as a test says.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use hermes::domain::ids::ContainerId;
use hermes::domain::time::Timestamp;
use hermes::ports::clock::Clock as _;
use hermes::ports::fault::Fault;
use hermes::ports::queues::{Delivery, Depth, Direction, QueueName, Queues, Receipt, VISIBILITY};

use super::ManualClock;

/// A message that was received, and when it is to be seen again.
struct Hidden {
    queue: QueueName,
    receipt: Receipt,
    until: Timestamp,
}

/// The queues of a service that has a clock of its own: what is to be seen again by the test's clock is handed back
/// before the next receive.
pub(crate) struct InTime<Q> {
    queues: Q,
    clock: Arc<ManualClock>,
    hidden: Mutex<Vec<Hidden>>,
}

impl<Q: Queues> InTime<Q> {
    pub(crate) fn new(queues: Q, clock: Arc<ManualClock>) -> Self {
        Self {
            queues,
            clock,
            hidden: Mutex::default(),
        }
    }

    fn hide(&self, queue: &QueueName, receipt: &Receipt, visibility: Duration) {
        let mut hidden = self.hidden.lock().unwrap();
        hidden.retain(|one| one.receipt != *receipt);
        hidden.push(Hidden {
            queue: queue.clone(),
            receipt: receipt.clone(),
            until: self.clock.now() + visibility,
        });
    }

    async fn catch_up(&self) -> Result<(), Fault> {
        let now = self.clock.now();
        let over: Vec<Hidden> = {
            let mut hidden = self.hidden.lock().unwrap();
            hidden.extract_if(.., |one| one.until <= now).collect()
        };
        for Hidden { queue, receipt, .. } in over {
            // it may have been deleted
            self.queues
                .set_visibility(&queue, &receipt, Duration::ZERO)
                .await?;
        }
        Ok(())
    }
}

#[async_trait]
impl<Q: Queues> Queues for InTime<Q> {
    async fn send(&self, queue: &QueueName, body: String) -> Result<(), Fault> {
        self.queues.send(queue, body).await
    }

    async fn receive(
        &self,
        queue: &QueueName,
        max: usize,
        wait: Duration,
    ) -> Result<Vec<Delivery>, Fault> {
        self.catch_up().await?;
        let got = self.queues.receive(queue, max, wait).await?;
        for delivery in &got {
            self.hide(queue, &delivery.receipt, VISIBILITY);
        }
        Ok(got)
    }

    async fn delete(&self, queue: &QueueName, receipt: &Receipt) -> Result<bool, Fault> {
        self.queues.delete(queue, receipt).await
    }

    async fn set_visibility(
        &self,
        queue: &QueueName,
        receipt: &Receipt,
        visibility: Duration,
    ) -> Result<bool, Fault> {
        let hidden = self.queues.set_visibility(queue, receipt, visibility);
        let hidden = hidden.await?;
        self.hide(queue, receipt, visibility);
        Ok(hidden)
    }

    async fn delete_all(
        &self,
        queue: &QueueName,
        receipts: &[Receipt],
    ) -> Result<Vec<bool>, Fault> {
        self.queues.delete_all(queue, receipts).await
    }

    async fn set_visibility_all(
        &self,
        queue: &QueueName,
        receipts: &[Receipt],
        visibility: Duration,
    ) -> Result<Vec<bool>, Fault> {
        let hidden = self.queues.set_visibility_all(queue, receipts, visibility);
        let hidden = hidden.await?;
        for receipt in receipts {
            self.hide(queue, receipt, visibility);
        }
        Ok(hidden)
    }

    async fn probe(&self) -> Result<(), Fault> {
        self.queues.probe().await
    }

    async fn depth(&self, direction: Direction, of: &[ContainerId]) -> Result<Depth, Fault> {
        self.queues.depth(direction, of).await
    }
}
