//! What a cloud's metrics are told once a minute.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use hermes::domain::time::Timestamp;
use hermes::ports::fault::{Fault, FaultKind};
use hermes::ports::metric_sink::{Datum, MetricSink};
use hermes::runtime::{Outcome, Periodic, Signal, Signals, Stage, Supervisor};
use hermes::services::cloud_metrics::CloudMetrics;
use hermes::services::inventory::Inventory;
use tokio::sync::Notify;

use super::harness::{Answer, Hermes, Mail, Setup};

/// Keeps reports, unless it is told to fail or to hang.
#[derive(Default)]
struct Sink {
    reports: Mutex<Vec<Vec<Datum>>>,
    fails: Mutex<bool>,
    hangs: bool,
    asked: Notify,
}

#[async_trait]
impl MetricSink for Sink {
    async fn put(&self, _: Timestamp, data: &[Datum]) -> Result<(), Fault> {
        self.asked.notify_one();
        if self.hangs {
            std::future::pending::<()>().await;
        }
        if *self.fails.lock().unwrap() {
            return Err(Fault::new("put", FaultKind::Throttled, "slow down"));
        }
        self.reports.lock().unwrap().push(data.to_vec());
        Ok(())
    }
}

impl Sink {
    /// The last report: sums by name and dimension.
    fn last(&self) -> BTreeMap<String, f64> {
        let reports = self.reports.lock().unwrap();
        let report = reports.last().expect("a report").iter();
        #[expect(clippy::cast_precision_loss, reason = "small")]
        let sum = |datum: &Datum| {
            datum
                .values
                .iter()
                .map(|(value, n)| value * *n as f64)
                .sum()
        };
        report
            .map(|datum| {
                let of = datum.dimension.map(|(_, value)| format!(" {value}"));
                (
                    format!("{}{}", datum.name, of.unwrap_or_default()),
                    sum(datum),
                )
            })
            .collect()
    }
}

fn reporting(hermes: &Hermes, sink: &Arc<Sink>) -> CloudMetrics {
    CloudMetrics::new(
        &hermes.ports,
        Arc::new(Inventory::new(&hermes.ports)),
        Arc::clone(&hermes.metrics),
        Arc::<Sink>::clone(sink),
    )
}

#[tokio::test]
async fn the_gauge_of_active_sessions_falls_to_0_when_they_expire_by_themselves() {
    let mut hermes = Hermes::start();
    let sink: Arc<Sink> = Arc::default();
    let cloud = reporting(&hermes, &sink);
    let (_, command) = hermes.instruct(&Mail::new("m1", "Change A")).await;
    hermes.until_running(&command).await;
    cloud.tick().await.unwrap();
    let report = sink.last();
    assert_eq!(
        (report["ActiveSessionCount"], report["AwakeContainers"]),
        (1.0, 1.0)
    );
    hermes.finish(Answer::Done).await;
    hermes.quiesce().await;
    // nobody sweeps, nobody asks: they just expire
    hermes.clock.advance(Duration::from_mins(31));
    cloud.tick().await.unwrap();
    assert!(sink.last()["ActiveSessionCount"].abs() < f64::EPSILON);
}

#[tokio::test]
async fn what_has_happened_is_reported_once_and_kept_while_reports_fail() {
    let mut hermes = Hermes::start();
    let sink: Arc<Sink> = Arc::default();
    let cloud = reporting(&hermes, &sink);
    let (_, command) = hermes.instruct(&Mail::new("m1", "Change A")).await;
    hermes.until_running(&command).await;
    hermes.clock.advance(Duration::from_millis(1234));
    hermes.finish(Answer::Done).await;
    hermes.quiesce().await;
    hermes
        .post(&Mail::new("s1", "Hello").from("stranger@example.org"))
        .await;
    hermes.quiesce().await;
    *sink.fails.lock().unwrap() = true;
    cloud.tick().await.unwrap_err();
    *sink.fails.lock().unwrap() = false;
    cloud.tick().await.unwrap();
    let report = sink.last();
    assert_eq!(
        (report["Outcomes result"], report["Outcomes refusal"]),
        (1.0, 1.0)
    );
    let seconds = report["AcceptToReplySeconds"];
    assert!((1.2..60.0).contains(&seconds), "{seconds}");
    cloud.tick().await.unwrap();
    let report = sink.last();
    let quiet: Vec<&str> = report.keys().map(String::as_str).collect();
    assert_eq!(
        quiet,
        [
            "ActiveSessionCount",
            "AwakeContainers",
            "DeadLetters",
            "OldestMessageAge",
            "QueueDepth input",
            "QueueDepth output",
            "UnsentReplies"
        ]
    );
}

#[tokio::test]
async fn the_oldest_message_is_the_one_that_has_waited_longest() {
    let mut hermes = Hermes::with(Setup {
        max_containers: 0,
        ..Setup::default()
    });
    let sink: Arc<Sink> = Arc::default();
    let cloud = reporting(&hermes, &sink);
    cloud.tick().await.unwrap();
    assert!(sink.last()["OldestMessageAge"].abs() < f64::EPSILON);
    hermes.instruct(&Mail::new("m1", "Change A")).await;
    hermes.clock.advance(Duration::from_secs(90));
    hermes.instruct(&Mail::new("m2", "Change B")).await;
    hermes.tick().await;
    cloud.tick().await.unwrap();
    let age = sink.last()["OldestMessageAge"];
    assert!((90.0..91.0).contains(&age), "{age}");
}

#[tokio::test]
async fn a_sink_that_hangs_neither_delays_nor_ends_anything() {
    let hermes = Hermes::start();
    let sink = Arc::new(Sink {
        hangs: true,
        ..Sink::default()
    });
    let patience = Duration::from_millis(300);
    let cloud = Arc::new(reporting(&hermes, &sink).with_patience(patience));
    let supervisor = Supervisor::new();
    let spawner = supervisor.spawner().clone();
    spawner.spawn_periodic(
        Stage::Finishing,
        Periodic::every("cloudwatch", Duration::from_mins(1)),
        move || {
            let cloud = Arc::clone(&cloud);
            async move { cloud.tick().await }
        },
    );
    let (passes, enough) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let nudge = Arc::clone(&enough);
    let every = Periodic::every("others", Duration::from_millis(1));
    spawner.spawn_periodic(Stage::Intake, every, move || {
        if passes.fetch_add(1, Ordering::Relaxed) == 20 {
            nudge.notify_one();
        }
        async { Ok::<(), Fault>(()) }
    });
    sink.asked.notified().await;
    enough.notified().await;
    let (sender, signals) = Signals::channel();
    sender.send(Signal::Terminate);
    let outcome = supervisor.run_until_stopped(signals).await;
    assert!(matches!(outcome, Outcome::Stopped(_)), "{outcome}");
    let board = spawner.board().snapshot();
    let row = board.iter().find(|row| row.name == "cloudwatch").unwrap();
    assert!(row.last_error.is_some(), "readiness shows it");
}
