//! What is told of messages that nobody has answered yet: the last replica stays for as long.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use hermes::domain::time::Timestamp;
use hermes::ports::fault::Fault;
use hermes::ports::metric_sink::{Datum, MetricSink};
use hermes::services::cloud_metrics::CloudMetrics;
use hermes::services::inventory::Inventory;
use hermes::services::metrics::Metrics;

use super::harness::{Answer, Hermes, Mail};
use crate::support::mailer::NotTaken;

/// Keeps the last report.
#[derive(Default)]
struct Report(Mutex<Vec<Datum>>);

#[async_trait]
impl MetricSink for Report {
    async fn put(&self, _at: Timestamp, data: &[Datum]) -> Result<(), Fault> {
        *self.0.lock().unwrap() = data.to_vec();
        Ok(())
    }
}

/// The gauges `AwakeContainers` and `UnsentReplies`.
async fn left(hermes: &Hermes) -> (f64, f64) {
    let report = Arc::new(Report::default());
    let sink: Arc<dyn MetricSink> = Arc::<Report>::clone(&report);
    let cloud = CloudMetrics::new(
        &hermes.ports,
        Arc::new(Inventory::new(&hermes.ports)),
        Arc::new(Metrics::new("1.2.3", "embedded")),
        sink,
    );
    cloud.tick().await.unwrap();
    let data = report.0.lock().unwrap();
    let gauge = |name| {
        let datum = data.iter().find(|datum| datum.name == name);
        datum.unwrap_or_else(|| panic!("{name} is told")).values[0].0
    };
    (gauge("AwakeContainers"), gauge("UnsentReplies"))
}

#[tokio::test]
async fn a_message_counts_until_its_answer_is_sent() {
    let mut hermes = Hermes::start();
    assert_eq!(
        left(&hermes).await,
        (0.0, 0.0),
        "told when there is nothing"
    );
    let (_, command) = hermes.instruct(&Mail::new("m1", "Change A")).await;
    assert_eq!(
        left(&hermes).await,
        (0.0, 1.0),
        "accepted, no container yet"
    );
    hermes.until_running(&command).await;
    assert_eq!(left(&hermes).await, (1.0, 1.0), "at work");
    hermes.finish(Answer::Done).await;
    hermes.results.tick().await.unwrap();
    hermes
        .mailer
        .refuse(1, NotTaken::Throttled(Some(Duration::from_mins(3))));
    hermes.tick().await;
    assert_eq!(
        left(&hermes).await,
        (1.0, 1.0),
        "done, and to be sent later"
    );
    hermes.clock.advance(Duration::from_mins(3));
    hermes.replies.tick().await.unwrap();
    assert_eq!(left(&hermes).await, (1.0, 0.0), "sent");
    hermes.fall_asleep().await;
    assert_eq!(left(&hermes).await, (0.0, 0.0), "nothing is left to do");
}
