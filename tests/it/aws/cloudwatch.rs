//! A CloudWatch that fails: an error for the task's row, and no more.

use hermes::adapters::aws::cloudwatch::CloudWatchSink;
use hermes::domain::time::Timestamp;
use hermes::ports::fault::FaultKind;
use hermes::ports::metric_sink::{Datum, MetricSink as _, Unit};

use crate::support::scripted::rest::{Reply, ScriptedRest};

#[tokio::test]
async fn a_report_is_one_call_and_its_failure_says_which() {
    let cloudwatch = ScriptedRest::start([Reply::Json(200, serde_json::json!({}))]).await;
    let (clients, _) = cloudwatch.clients().await;
    let sink = CloudWatchSink::new(&clients);
    let data: Vec<Datum> = (0..900)
        .map(|_| Datum::one("AwakeContainers", Unit::Count, 1.0))
        .collect();
    sink.put(Timestamp::from_secs(1), &data).await.ok();
    assert_eq!(cloudwatch.heard().len(), 1);

    let fault = sink.put(Timestamp::from_secs(1), &data).await.unwrap_err();
    assert_eq!(fault.operation, "cloudwatch.put_metric_data");
    assert_eq!(fault.kind, FaultKind::Transient);
    assert_eq!(cloudwatch.heard().len(), 4, "three tries and no more");
}
