//! Metrics out, to a CloudWatch that can be asked for them.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Datapoint, Dimension, Statistic};
use hermes::adapters::aws::cloudwatch::CloudWatchSink;
use hermes::adapters::aws::names::METRIC_NAMESPACE;
use hermes::adapters::system::SystemClock;
use hermes::domain::time::Timestamp;
use hermes::ports::clock::Clock as _;
use hermes::ports::metric_sink::{Datum, MetricSink as _, Unit};

use crate::support::emulator;
use crate::support::emulator::Account;

trials![
    values_counts_and_dimensions_arrive,
    replicas_agree_on_a_gauge_and_add_up_what_happened,
];

/// The statistics of a metric over everything that there is.
async fn statistics(account: &Account, name: &str, dimension: Option<(&str, &str)>) -> Datapoint {
    let at = |time: Timestamp| DateTime::from_millis(time.as_millis());
    let now = SystemClock.now();
    let dimension =
        dimension.map(|(kind, value)| vec![Dimension::builder().name(kind).value(value).build()]);
    let answer = account
        .clients()
        .cloudwatch
        .get_metric_statistics()
        .namespace(METRIC_NAMESPACE)
        .metric_name(name)
        .set_dimensions(dimension)
        .start_time(at(now - Duration::from_hours(1)))
        .end_time(at(now + Duration::from_hours(1)))
        .period(7200)
        .statistics(Statistic::Sum)
        .statistics(Statistic::Maximum)
        .statistics(Statistic::Minimum)
        .statistics(Statistic::SampleCount)
        .send()
        .await
        .unwrap();
    answer
        .datapoints()
        .iter()
        .next()
        .expect("a datapoint")
        .clone()
}

async fn values_counts_and_dimensions_arrive() {
    let account = emulator().account();
    let sink = CloudWatchSink::new(&account.clients());
    let times = Datum {
        name: "AcceptToReplySeconds",
        dimension: None,
        unit: Unit::Seconds,
        values: vec![(0.5, 3), (2.0, 1)],
    };
    let data = [
        Datum::one("ActiveSessionCount", Unit::Count, 0.0),
        Datum::one("QueueDepth", Unit::Count, 4.0).of("Queue", "mail"),
        Datum::one("Outcomes", Unit::Count, 2.0).of("Outcome", "result"),
        times,
    ];
    sink.put(SystemClock.now(), &data).await.unwrap();
    let listed = account
        .clients()
        .cloudwatch
        .list_metrics()
        .namespace(METRIC_NAMESPACE);
    let listed = listed.send().await.unwrap();
    let names: BTreeSet<&str> = listed
        .metrics()
        .iter()
        .filter_map(|m| m.metric_name())
        .collect();
    let expected = [
        "AcceptToReplySeconds",
        "ActiveSessionCount",
        "Outcomes",
        "QueueDepth",
    ];
    assert_eq!(names, BTreeSet::from(expected));
    let times = statistics(&account, "AcceptToReplySeconds", None).await;
    assert_eq!((times.sample_count(), times.sum()), (Some(4.0), Some(3.5)));
    assert_eq!((times.minimum(), times.maximum()), (Some(0.5), Some(2.0)));
    let depth = statistics(&account, "QueueDepth", Some(("Queue", "mail"))).await;
    assert_eq!(depth.maximum(), Some(4.0));
    let sessions = statistics(&account, "ActiveSessionCount", None).await;
    assert_eq!(sessions.maximum(), Some(0.0), "zero is a measurement");
}

/// Two replicas see the same sessions, and each has sent answers of its own.
async fn replicas_agree_on_a_gauge_and_add_up_what_happened() {
    let account = emulator().account();
    for outcomes in [2.0, 3.0] {
        let sink = CloudWatchSink::new(&account.clients());
        let data = [
            Datum::one("ActiveSessionCount", Unit::Count, 7.0),
            Datum::one("Outcomes", Unit::Count, outcomes).of("Outcome", "result"),
        ];
        sink.put(SystemClock.now(), &data).await.unwrap();
    }
    let sessions = statistics(&account, "ActiveSessionCount", None).await;
    assert_eq!(sessions.maximum(), Some(7.0));
    let outcomes = statistics(&account, "Outcomes", Some(("Outcome", "result"))).await;
    assert_eq!(outcomes.sum(), Some(5.0));
}
