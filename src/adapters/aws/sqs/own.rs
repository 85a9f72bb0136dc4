//! The queues of one container as its worker sees them: at the URLs it was given, and nothing else.

use std::time::Duration;

use async_trait::async_trait;

use super::body;
use super::calls::Calls;
use crate::adapters::aws::Clients;
use crate::domain::ids::ContainerId;
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::queues::{Delivery, Depth, Direction, QueueName, Queues, Receipt};

/// Where the queues of a container are.
#[derive(Debug, Clone)]
#[expect(
    missing_docs,
    reason = "each field is the URL of the queue of its name"
)]
pub struct OwnUrls {
    pub input: String,
    pub output: String,
    pub dead: String,
}

/// The queues of one container, at known URLs. A worker may use no others, and makes none.
#[derive(Debug)]
pub struct WorkerQueues {
    calls: Calls,
    container: ContainerId,
    urls: OwnUrls,
}

impl WorkerQueues {
    /// The queues of `container`.
    pub fn new(clients: &Clients, container: ContainerId, urls: OwnUrls) -> Self {
        Self {
            calls: Calls::new(clients),
            container,
            urls,
        }
    }

    fn url(&self, queue: &QueueName) -> Result<&str, Fault> {
        if queue.container != self.container {
            let detail = format!("{queue} is not open to this worker");
            return Err(Fault::new("use a queue", FaultKind::Denied, detail));
        }
        Ok(match queue.direction {
            Direction::Input => &self.urls.input,
            Direction::Output => &self.urls.output,
            Direction::Dead => &self.urls.dead,
        })
    }
}

#[async_trait]
impl Queues for WorkerQueues {
    async fn send(&self, queue: &QueueName, body: String) -> Result<(), Fault> {
        let body = body::fit("sqs.send", body)?;
        Ok(self.calls.send(self.url(queue)?, &body, &[]).await?)
    }

    async fn receive(
        &self,
        queue: &QueueName,
        max: usize,
        wait: Duration,
    ) -> Result<Vec<Delivery>, Fault> {
        Ok(self.calls.receive(self.url(queue)?, max, wait).await?)
    }

    async fn delete(&self, queue: &QueueName, receipt: &Receipt) -> Result<bool, Fault> {
        Ok(self.calls.delete(self.url(queue)?, receipt).await?)
    }

    async fn set_visibility(
        &self,
        queue: &QueueName,
        receipt: &Receipt,
        visibility: Duration,
    ) -> Result<bool, Fault> {
        let url = self.url(queue)?;
        Ok(self.calls.hide(url, receipt, visibility).await?)
    }

    async fn delete_all(
        &self,
        queue: &QueueName,
        receipts: &[Receipt],
    ) -> Result<Vec<bool>, Fault> {
        Ok(self.calls.delete_all(self.url(queue)?, receipts).await?)
    }

    async fn set_visibility_all(
        &self,
        queue: &QueueName,
        receipts: &[Receipt],
        visibility: Duration,
    ) -> Result<Vec<bool>, Fault> {
        let url = self.url(queue)?;
        Ok(self.calls.hide_all(url, receipts, visibility).await?)
    }

    async fn depth(&self, direction: Direction, _of: &[ContainerId]) -> Result<Depth, Fault> {
        let queue = QueueName {
            container: self.container.clone(),
            direction,
        };
        Ok(self.calls.depth(self.url(&queue)?).await?)
    }
}
