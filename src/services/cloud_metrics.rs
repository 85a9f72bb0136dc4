//! Tells a cloud's metrics once a minute what there is and what has happened.
//!
//! Every replica does so, without a leader. What there is (gauges) each reads from the same records and reports as one
//! measurement: read it by `Maximum` or `Average`, for a `Sum` counts it once a replica. What has happened (outcomes, times)
//! each replica counts for itself and reports once: there `Sum` and percentiles are right.

use std::sync::Arc;
use std::time::Duration;

use super::inventory::Inventory;
use super::metrics::{Gauges, Metrics};
use super::tally::Tally;
use crate::domain::command::CommandState;
use crate::domain::time::Timestamp;
use crate::ports::Ports;
use crate::ports::clock::Clock;
use crate::ports::command_store::CommandStore;
use crate::ports::container_store::ContainerStore;
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::metric_sink::{Datum, MetricSink, Unit};
use crate::ports::reply_store::ReplyStore;

/// Between two reports.
pub const PERIOD: Duration = Duration::from_mins(1);

/// Longest wait for the other side: a report that is late is worth nothing, and a stop does not wait for it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Most busy containers whose queues are looked into for the age of the oldest message.
const LOOKED_INTO: usize = 50;

/// Most of each that are counted to say what is not answered yet.
const COUNTED: usize = 1000;

/// Everything that is due by then is all that is due ever.
const FAR: Duration = Duration::from_hours(24 * 365);

/// Reports what there is and what has happened.
pub struct CloudMetrics {
    clock: Arc<dyn Clock>,
    containers: Arc<dyn ContainerStore>,
    commands: Arc<dyn CommandStore>,
    replies: Arc<dyn ReplyStore>,
    inventory: Arc<Inventory>,
    metrics: Arc<Metrics>,
    sink: Arc<dyn MetricSink>,
    patience: Duration,
}

impl CloudMetrics {
    /// Over these ports.
    pub fn new(
        ports: &Ports,
        inventory: Arc<Inventory>,
        metrics: Arc<Metrics>,
        sink: Arc<dyn MetricSink>,
    ) -> Self {
        Self {
            clock: Arc::clone(&ports.clock),
            containers: Arc::clone(&ports.containers),
            commands: Arc::clone(&ports.commands),
            replies: Arc::clone(&ports.replies),
            inventory,
            metrics,
            sink,
            patience: PATIENCE,
        }
    }

    /// The same with another time limit for handing a report over.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Makes one report. What happened and could not be reported is part of the next one.
    pub async fn tick(&self) -> Result<(), Fault> {
        let now = self.clock.now();
        let gauges = self.inventory.count().await?;
        let oldest = self.oldest_message(now).await?;
        let owed = self.not_answered(now).await?;
        let tally = self.metrics.take_tally();
        let owed = Datum::one("UnsentReplies", Unit::Count, float(owed));
        let data = [of_gauges(&gauges, oldest), vec![owed], of_tally(&tally)].concat();
        let put = tokio::time::timeout(self.patience, self.sink.put(now, &data)).await;
        let put = put.unwrap_or_else(|elapsed| {
            Err(Fault::new("report metrics", FaultKind::Transient, elapsed))
        });
        if put.is_err() {
            self.metrics.give_back(&tally);
        }
        put
    }

    /// How many messages somebody still waits for an answer to: their commands are open, in whatever container, or their
    /// replies are not sent. Whoever stops the last replica when nothing is left to do goes by this number.
    async fn not_answered(&self, now: Timestamp) -> Result<u64, Fault> {
        let ever = now + FAR;
        let mut containers = self.containers.waiting(ever, COUNTED).await?;
        containers.extend(self.containers.awake().await?);
        let open = containers.iter().map(|one| u64::from(one.open_commands));
        let open: u64 = open.sum();
        let unsent = self.replies.due(ever, COUNTED).await?.len();
        Ok(open + unsent as u64)
    }

    /// How long the longest waiting message has waited: a command for its container or for its turn, or an answer that is
    /// due. Commands that run do not wait.
    async fn oldest_message(&self, now: Timestamp) -> Result<Duration, Fault> {
        let mut since = Vec::new();
        let mut waiting = self.containers.waiting(now, 1).await?;
        let awake = self.containers.awake().await?;
        let busy = awake.into_iter().filter(|one| one.open_commands > 0);
        waiting.extend(busy.take(LOOKED_INTO));
        for container in waiting {
            let open = self.commands.open_in(&container.container_id).await?;
            let queued = open.iter().filter(|one| one.state == CommandState::Queued);
            since.extend(queued.map(|command| command.created_at).min());
        }
        let due = self.replies.due(now, 1).await?;
        since.extend(due.first().map(|reply| reply.created_at));
        Ok(since
            .into_iter()
            .min()
            .map_or(Duration::ZERO, |at| now.since(at)))
    }
}

impl std::fmt::Debug for CloudMetrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CloudMetrics")
    }
}

/// What there is, zeros too: a gauge that nobody reports does not fall.
fn of_gauges(gauges: &Gauges, oldest: Duration) -> Vec<Datum> {
    let open = gauges
        .sessions
        .iter()
        .filter(|(status, _)| *status != "draining");
    let sessions: u64 = open.map(|(_, count)| count).sum();
    let awake: u64 = gauges.containers.iter().map(|(_, count)| count).sum();
    let is_dead = |queue: &str| queue.contains("dead");
    let dead = gauges.queues.iter().filter(|(queue, _, _)| is_dead(queue));
    let dead: u64 = dead.map(|(_, _, count)| count).sum();
    let visible = gauges
        .queues
        .iter()
        .filter(|(queue, state, _)| *state == "visible" && !is_dead(queue));
    let mut data = vec![
        Datum::one("ActiveSessionCount", Unit::Count, float(sessions)),
        Datum::one("AwakeContainers", Unit::Count, float(awake)),
        Datum::one("DeadLetters", Unit::Count, float(dead)),
        Datum::one("OldestMessageAge", Unit::Seconds, oldest.as_secs_f64()),
    ];
    data.extend(visible.map(|(queue, _, count)| {
        Datum::one("QueueDepth", Unit::Count, float(*count)).of("Queue", queue)
    }));
    data
}

/// What has happened. Nothing costs nothing: a metric is paid for by the hour in which it is reported.
fn of_tally(tally: &Tally) -> Vec<Datum> {
    let mut data: Vec<Datum> = tally
        .outcomes
        .iter()
        .map(|(outcome, count)| {
            Datum::one("Outcomes", Unit::Count, float(*count)).of("Outcome", outcome.as_str())
        })
        .collect();
    if !tally.answered_in.is_empty() {
        let times = tally.answered_in.iter();
        data.push(Datum {
            name: "AcceptToReplySeconds",
            dimension: None,
            unit: Unit::Seconds,
            values: times
                .map(|(millis, count)| (float(*millis) / 1e3, *count))
                .collect(),
        });
    }
    data
}

#[expect(clippy::cast_precision_loss, reason = "exact up to 2^53")]
fn float(count: u64) -> f64 {
    count as f64
}
