//! What only AWS has beside the ports: counted calls, CloudWatch, and a model behind a breaker.

use std::sync::Arc;
use std::time::Duration;

use super::services::Services;
use crate::adapters::aws::bedrock::{BedrockInference, Guarded};
use crate::adapters::aws::cloudwatch::CloudWatchSink;
use crate::adapters::aws::{Clients, RequestOutcome, RequestWatch};
use crate::config::AwsSettings;
use crate::domain::circuit::CircuitLimits;
use crate::ports::Ports;
use crate::ports::inference::Inference;
use crate::runtime::{Periodic, Spawner, Stage};
use crate::services::aws_metrics::AwsResult;
use crate::services::cloud_metrics::{CloudMetrics, PERIOD};
use crate::services::metrics::Metrics;

/// Hears of every call to AWS, and counts it.
pub(super) struct AwsRequests(pub(super) Arc<Metrics>);

impl RequestWatch for AwsRequests {
    fn observed(&self, service: &str, operation: &str, outcome: RequestOutcome, after: Duration) {
        let result = match outcome {
            RequestOutcome::Ok => AwsResult::Ok,
            RequestOutcome::Throttled => AwsResult::Throttled,
            RequestOutcome::Timeout => AwsResult::Timeout,
            RequestOutcome::Denied => AwsResult::Denied,
            RequestOutcome::Error => AwsResult::Error,
        };
        self.0.aws_request(service, operation, result, after);
    }
}

/// The settings' model, behind a breaker.
pub(super) fn inference(
    clients: &Clients,
    settings: &AwsSettings,
    ports: &Ports,
) -> Arc<dyn Inference> {
    Arc::new(Guarded::new(
        Arc::new(BedrockInference::new(clients, settings)),
        Arc::clone(&ports.clock),
        CircuitLimits::default(),
    ))
}

/// Starts what AWS alone has: its metrics once a minute, off every request's path. When CloudWatch fails, the task's row in
/// readiness says so, and nothing else changes.
pub(super) fn spawn(spawner: &Spawner, services: &Services, clients: &Clients, ports: &Ports) {
    let cloud = Arc::new(CloudMetrics::new(
        ports,
        Arc::clone(&services.inventory),
        Arc::clone(&services.metrics),
        Arc::new(CloudWatchSink::new(clients)),
    ));
    spawner.spawn_periodic(
        // last, so that nothing else waits for a report that hangs
        Stage::Finishing,
        Periodic::every("cloudwatch", PERIOD),
        move || {
            let cloud = Arc::clone(&cloud);
            async move { cloud.tick().await }
        },
    );
}
