//! Received mail that waits to be taken in.

use std::time::Duration;

use async_trait::async_trait;

use super::fault::Fault;
use super::queues::{Delivery, Depth, Receipt};

/// Most messages that one receive takes: what SQS hands out at once.
pub const MAX_BATCH: usize = 10;

/// The queue into which a mail service puts what it has received, and the dead letters beside it.
///
/// Delivery is at least once and in no order. A received message is hidden for [`VISIBILITY`](super::queues::VISIBILITY)
/// unless that is changed; then it is delivered again, with another receipt. What was received
/// [`MAX_RECEIVES`](super::queues::MAX_RECEIVES) times goes to the dead letters by itself, without a reason.
#[async_trait]
pub trait MailQueue: Send + Sync {
    /// Takes up to `max` messages, at most [`MAX_BATCH`], waiting up to `wait` for the first.
    async fn receive(&self, max: usize, wait: Duration) -> Result<Vec<Delivery>, Fault>;

    /// Removes a message; `false` when the receipt is void.
    async fn delete(&self, receipt: &Receipt) -> Result<bool, Fault>;

    /// Hides a message for `visibility` from now; zero hands it back at once. `false` when the receipt is void.
    async fn set_visibility(&self, receipt: &Receipt, visibility: Duration) -> Result<bool, Fault>;

    /// Puts a message among the dead letters with `reason` in its attributes, and then removes it: a message is there
    /// before it is no longer here, and may be there twice.
    async fn bury(&self, delivery: &Delivery, reason: &str) -> Result<(), Fault>;
}

/// Mail that waits, for gauges; what a queue counts may be a minute late.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MailDepth {
    /// To be taken in.
    pub waiting: Depth,
    /// Among the dead letters.
    pub dead: Depth,
}

/// Says how much mail waits.
#[async_trait]
pub trait MailGauge: Send + Sync {
    /// How much there is now.
    async fn depth(&self) -> Result<MailDepth, Fault>;
}
