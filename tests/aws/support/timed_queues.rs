//! Queues on the emulator whose time is that of a clock set by hand.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use hermes::adapters::aws::names::Names;
use hermes::adapters::aws::sqs::SqsQueues;
use hermes::domain::ids::ContainerId;
use hermes::domain::time::Timestamp;
use hermes::ports::clock::Clock as _;
use hermes::ports::fault::Fault;
use hermes::ports::queues::{Delivery, Depth, Direction, QueueName, Queues, Receipt};
use tokio::sync::Mutex;

use super::ManualClock;
use super::emulator::Account;

/// Tells the emulator of the time that has gone by before each call. Real time goes by too.
pub(crate) struct TimedQueues {
    queues: SqsQueues,
    account: Account,
    clock: Arc<ManualClock>,
    told: Mutex<Timestamp>,
}

impl TimedQueues {
    pub(crate) fn new(account: Account, clock: &Arc<ManualClock>) -> Self {
        let names = Names::new(&account.settings);
        Self {
            queues: SqsQueues::new(&account.clients(), names),
            account,
            clock: Arc::clone(clock),
            told: Mutex::new(clock.now()),
        }
    }

    async fn now(&self) -> &SqsQueues {
        let mut told = self.told.lock().await;
        let now = self.clock.now();
        if now > *told {
            self.account.advance(now.since(*told)).await;
            *told = now;
        }
        &self.queues
    }
}

#[async_trait]
impl Queues for TimedQueues {
    async fn send(&self, queue: &QueueName, body: String) -> Result<(), Fault> {
        self.now().await.send(queue, body).await
    }

    async fn receive(
        &self,
        queue: &QueueName,
        max: usize,
        wait: Duration,
    ) -> Result<Vec<Delivery>, Fault> {
        self.now().await.receive(queue, max, wait).await
    }

    async fn delete(&self, queue: &QueueName, receipt: &Receipt) -> Result<bool, Fault> {
        self.now().await.delete(queue, receipt).await
    }

    async fn set_visibility(
        &self,
        queue: &QueueName,
        receipt: &Receipt,
        visibility: Duration,
    ) -> Result<bool, Fault> {
        let queues = self.now().await;
        queues.set_visibility(queue, receipt, visibility).await
    }

    async fn delete_all(
        &self,
        queue: &QueueName,
        receipts: &[Receipt],
    ) -> Result<Vec<bool>, Fault> {
        self.now().await.delete_all(queue, receipts).await
    }

    async fn set_visibility_all(
        &self,
        queue: &QueueName,
        receipts: &[Receipt],
        visibility: Duration,
    ) -> Result<Vec<bool>, Fault> {
        let queues = self.now().await;
        queues.set_visibility_all(queue, receipts, visibility).await
    }

    async fn depth(&self, direction: Direction, of: &[ContainerId]) -> Result<Depth, Fault> {
        self.now().await.depth(direction, of).await
    }

    async fn probe(&self) -> Result<(), Fault> {
        self.now().await.probe().await
    }
}
