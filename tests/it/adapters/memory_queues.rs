//! Queues in memory, with receipts and visibility but without time limits.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use hermes::domain::ids::ContainerId;
use hermes::ports::fault::{Fault, FaultKind};
use hermes::ports::queues::{Delivery, Depth, Direction, QueueName, Queues, Receipt};
use tokio::sync::{Notify, watch};

#[derive(Default)]
pub(super) struct MemoryQueues {
    queues: Mutex<HashMap<QueueName, Vec<Message>>>,
    sent: Notify,
    /// How many receives are waiting.
    pub(super) waiting: watch::Sender<usize>,
    /// The next call fails with this.
    pub(super) fail_next: Mutex<Option<FaultKind>>,
}

struct Message {
    body: String,
    receives: u32,
    receipt: Option<String>,
    hidden_for: Duration,
}

impl MemoryQueues {
    /// The bodies of a queue, hidden ones included.
    pub(super) fn bodies(&self, queue: &QueueName) -> Vec<String> {
        let queues = self.queues.lock().unwrap();
        let messages = queues.get(queue).into_iter().flatten();
        messages.map(|message| message.body.clone()).collect()
    }

    /// For how long the messages of a queue were last hidden.
    pub(super) fn hidden(&self, queue: &QueueName) -> Vec<Duration> {
        let queues = self.queues.lock().unwrap();
        let messages = queues.get(queue).into_iter().flatten();
        messages.map(|message| message.hidden_for).collect()
    }

    fn fault(&self) -> Result<(), Fault> {
        match self.fail_next.lock().unwrap().take() {
            None => Ok(()),
            Some(kind) => {
                let mut fault = Fault::new("use a queue", kind, "the test says so");
                fault.retry_after = Some(Duration::from_secs(7));
                Err(fault)
            }
        }
    }

    fn take(&self, queue: &QueueName, max: usize) -> Vec<Delivery> {
        let mut queues = self.queues.lock().unwrap();
        let messages = queues.entry(queue.clone()).or_default().iter_mut();
        let visible = messages.filter(|message| message.receipt.is_none());
        visible
            .take(max)
            .map(|message| {
                message.receives += 1;
                let receipt = format!("{}#{}", message.body, message.receives);
                message.receipt = Some(receipt.clone());
                Delivery {
                    body: message.body.clone(),
                    receipt: Receipt(receipt),
                    receives: message.receives,
                }
            })
            .collect()
    }
}

#[async_trait]
impl Queues for MemoryQueues {
    async fn send(&self, queue: &QueueName, body: String) -> Result<(), Fault> {
        self.fault()?;
        let message = Message {
            body,
            receives: 0,
            receipt: None,
            hidden_for: Duration::ZERO,
        };
        let mut queues = self.queues.lock().unwrap();
        queues.entry(queue.clone()).or_default().push(message);
        self.sent.notify_waiters();
        Ok(())
    }

    async fn receive(
        &self,
        queue: &QueueName,
        max: usize,
        wait: Duration,
    ) -> Result<Vec<Delivery>, Fault> {
        self.fault()?;
        let poll = async {
            loop {
                let sent = self.sent.notified();
                let deliveries = self.take(queue, max);
                if !deliveries.is_empty() {
                    return deliveries;
                }
                let _waiting = Waiting::begin(&self.waiting);
                sent.await;
            }
        };
        Ok(tokio::time::timeout(wait, poll).await.unwrap_or_default())
    }

    async fn delete(&self, queue: &QueueName, receipt: &Receipt) -> Result<bool, Fault> {
        self.fault()?;
        let mut queues = self.queues.lock().unwrap();
        let messages = queues.entry(queue.clone()).or_default();
        let before = messages.len();
        messages.retain(|message| message.receipt.as_ref() != Some(&receipt.0));
        Ok(messages.len() < before)
    }

    async fn set_visibility(
        &self,
        queue: &QueueName,
        receipt: &Receipt,
        visibility: Duration,
    ) -> Result<bool, Fault> {
        self.fault()?;
        let mut queues = self.queues.lock().unwrap();
        let mut messages = queues.entry(queue.clone()).or_default().iter_mut();
        let Some(message) = messages.find(|m| m.receipt.as_ref() == Some(&receipt.0)) else {
            return Ok(false);
        };
        message.hidden_for = visibility;
        if visibility.is_zero() {
            message.receipt = None;
            self.sent.notify_waiters();
        }
        Ok(true)
    }

    async fn depth(&self, _direction: Direction, _of: &[ContainerId]) -> Result<Depth, Fault> {
        Ok(Depth::default())
    }
}

/// Counts one waiting receive, also when it is dropped.
struct Waiting<'a>(&'a watch::Sender<usize>);

impl<'a> Waiting<'a> {
    fn begin(count: &'a watch::Sender<usize>) -> Self {
        count.send_modify(|count| *count += 1);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}
