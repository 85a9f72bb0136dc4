//! Queues between Hermes and its workers, with the semantics of SQS.

use std::time::Duration;

use async_trait::async_trait;

use super::fault::Fault;
use crate::domain::ids::ContainerId;

/// Which way messages go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Hermes to worker: work and control.
    Input,
    /// Worker to Hermes: responses and events.
    Output,
    /// What was received too often (C22).
    Dead,
}

/// One queue of one container.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct QueueName {
    /// Whose queue.
    pub container: ContainerId,
    /// Which of its three.
    pub direction: Direction,
}

impl QueueName {
    /// The input queue of a container.
    pub fn input(container: ContainerId) -> Self {
        Self {
            container,
            direction: Direction::Input,
        }
    }

    /// The output queue of a container.
    pub fn output(container: ContainerId) -> Self {
        Self {
            container,
            direction: Direction::Output,
        }
    }

    /// The dead letters of a container.
    pub fn dead(container: ContainerId) -> Self {
        Self {
            container,
            direction: Direction::Dead,
        }
    }
}

impl std::fmt::Display for QueueName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = match self.direction {
            Direction::Input => "input",
            Direction::Output => "output",
            Direction::Dead => "dlq",
        };
        write!(f, "webordinary-{kind}-{}", self.container)
    }
}

/// Proof of one receive of one message; void once the message is received again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt(pub String);

/// A message, hidden from others until its visibility ends.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// What was sent.
    pub body: String,
    /// For `delete` and `set_visibility`.
    pub receipt: Receipt,
    /// How often it was received, this time included.
    pub receives: u32,
}

/// Messages in a queue, for gauges.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Depth {
    /// Ready to be received.
    pub visible: u64,
    /// Received and not yet deleted.
    pub in_flight: u64,
}

impl std::ops::Add for Depth {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            visible: self.visible.saturating_add(other.visible),
            in_flight: self.in_flight.saturating_add(other.in_flight),
        }
    }
}

/// At-least-once queues.
///
/// A sent message is durable before `send` returns. A received one is hidden for [`VISIBILITY`] unless that is
/// changed; then it is delivered again, with another receipt. What was received [`MAX_RECEIVES`] times goes to the
/// container's dead letters instead of an eleventh delivery. Order is by time of sending as a rule, not a promise.
#[async_trait]
pub trait Queues: Send + Sync {
    /// Appends a message; a queue exists from its first use.
    async fn send(&self, queue: &QueueName, body: String) -> Result<(), Fault>;

    /// Takes up to `max` messages, waiting up to `wait` for the first; a backend may take fewer, and wait for at least
    /// the second and at most the 20 that SQS can.
    async fn receive(
        &self,
        queue: &QueueName,
        max: usize,
        wait: Duration,
    ) -> Result<Vec<Delivery>, Fault>;

    /// Removes a message; `false` when the receipt is known to be void.
    async fn delete(&self, queue: &QueueName, receipt: &Receipt) -> Result<bool, Fault>;

    /// Hides a message for `visibility` from now; zero hands it back at once. `false` when the receipt is void.
    async fn set_visibility(
        &self,
        queue: &QueueName,
        receipt: &Receipt,
        visibility: Duration,
    ) -> Result<bool, Fault>;

    /// Removes messages: [`Queues::delete`] of each, in the order asked. All are tried before a fault is told.
    async fn delete_all(
        &self,
        queue: &QueueName,
        receipts: &[Receipt],
    ) -> Result<Vec<bool>, Fault> {
        let mut results = Vec::with_capacity(receipts.len());
        for receipt in receipts {
            results.push(self.delete(queue, receipt).await);
        }
        results.into_iter().collect()
    }

    /// Hides messages: [`Queues::set_visibility`] of each, in the order asked. All are tried before a fault is told.
    async fn set_visibility_all(
        &self,
        queue: &QueueName,
        receipts: &[Receipt],
        visibility: Duration,
    ) -> Result<Vec<bool>, Fault> {
        let mut results = Vec::with_capacity(receipts.len());
        for receipt in receipts {
            results.push(self.set_visibility(queue, receipt, visibility).await);
        }
        results.into_iter().collect()
    }

    /// Messages in the queues of a direction, for gauges. A backend that can count all at once counts all; one that
    /// must ask queue by queue counts those of the containers `of`.
    async fn depth(&self, direction: Direction, of: &[ContainerId]) -> Result<Depth, Fault>;

    /// Whether the queues can be reached, for readiness.
    async fn probe(&self) -> Result<(), Fault> {
        self.depth(Direction::Input, &[]).await.map(drop)
    }
}

/// How long a received message stays hidden (C22).
pub const VISIBILITY: Duration = Duration::from_mins(2);

/// Receives after which a message is a dead letter (C22).
pub const MAX_RECEIVES: u32 = 10;
