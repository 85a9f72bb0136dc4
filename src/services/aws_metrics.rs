//! Calls to AWS as the metrics have them. Names of services and operations come from a list, for what they are called by is
//! not ours to bound.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// How a call ended, its tries together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as the metrics name them")]
pub enum AwsResult {
    Ok,
    Throttled,
    Timeout,
    Denied,
    Error,
}

impl AwsResult {
    const ALL: [Self; 5] = [
        Self::Ok,
        Self::Throttled,
        Self::Timeout,
        Self::Denied,
        Self::Error,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Throttled => "throttled",
            Self::Timeout => "timeout",
            Self::Denied => "denied",
            Self::Error => "error",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Call {
    service: &'static str,
    operation: &'static str,
    result: &'static str,
}

/// A point read takes milliseconds, a long poll 20 s, a model minutes.
const SECONDS: [f64; 14] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0,
];

/// What a name is counted under that is in no list.
const OTHER: &str = "other";

/// Services as the SDK calls them, as we do, and their operations.
const SERVICES: [(&str, &str, &[&str]); 9] = [
    (
        "DynamoDB",
        "dynamodb",
        &[
            "BatchGetItem",
            "BatchWriteItem",
            "CreateTable",
            "DeleteItem",
            "DescribeContinuousBackups",
            "DescribeTable",
            "DescribeTimeToLive",
            "GetItem",
            "ListTables",
            "PutItem",
            "Query",
            "Scan",
            "TagResource",
            "TransactGetItems",
            "TransactWriteItems",
            "UpdateContinuousBackups",
            "UpdateItem",
            "UpdateTimeToLive",
        ],
    ),
    (
        "SQS",
        "sqs",
        &[
            "ChangeMessageVisibility",
            "ChangeMessageVisibilityBatch",
            "CreateQueue",
            "DeleteMessage",
            "DeleteMessageBatch",
            "DeleteQueue",
            "GetQueueAttributes",
            "GetQueueUrl",
            "ListQueues",
            "ListQueueTags",
            "ReceiveMessage",
            "SendMessage",
            "SendMessageBatch",
            "SetQueueAttributes",
            "TagQueue",
        ],
    ),
    (
        "ECS",
        "ecs",
        &[
            "DescribeClusters",
            "DescribeServices",
            "DescribeTaskDefinition",
            "DescribeTasks",
            "ListTasks",
            "RunTask",
            "StopTask",
            "UpdateService",
        ],
    ),
    (
        "SESv2",
        "ses",
        &[
            "GetAccount",
            "GetConfigurationSet",
            "GetEmailIdentity",
            "SendEmail",
        ],
    ),
    (
        "S3",
        "s3",
        &[
            "CopyObject",
            "CreateBucket",
            "DeleteObject",
            "DeleteObjects",
            "GetObject",
            "HeadBucket",
            "HeadObject",
            "ListObjectsV2",
            "PutObject",
        ],
    ),
    (
        "CloudWatch",
        "cloudwatch",
        &["GetMetricStatistics", "ListMetrics", "PutMetricData"],
    ),
    ("Bedrock Runtime", "bedrock", &["Converse"]),
    ("STS", "sts", &["GetCallerIdentity"]),
    (
        "Secrets Manager",
        "secretsmanager",
        &["DescribeSecret", "GetSecretValue"],
    ),
];

/// Counts and times of calls.
#[derive(Debug)]
pub(super) struct AwsMetrics {
    requests: Family<Call, Counter>,
    durations: Family<Call, Histogram>,
}

impl AwsMetrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let histogram: fn() -> Histogram = || Histogram::new(SECONDS);
        let metrics = Self {
            requests: Family::default(),
            durations: Family::new_with_constructor(histogram),
        };
        registry.register(
            "hermes_aws_requests",
            "Calls to AWS, tries together",
            metrics.requests.clone(),
        );
        registry.register_with_unit(
            "hermes_aws_request_duration",
            "Calls to AWS, tries together",
            Unit::Seconds,
            metrics.durations.clone(),
        );
        metrics
    }

    pub(super) fn ended(&self, service: &str, operation: &str, result: AwsResult, after: Duration) {
        let (service, operation) = listed(service, operation);
        let call = |result: AwsResult| Call {
            service,
            operation,
            result: result.as_str(),
        };
        // with its first call an operation counts from 0 in every result, so that rates work
        if self.requests.get(&call(AwsResult::Ok)).is_none() {
            for result in AwsResult::ALL {
                drop(self.requests.get_or_create(&call(result)));
            }
        }
        let call = call(result);
        self.requests.get_or_create(&call).inc();
        self.durations
            .get_or_create(&call)
            .observe(after.as_secs_f64());
    }
}

fn listed(service: &str, operation: &str) -> (&'static str, &'static str) {
    let Some((_, service, operations)) = SERVICES.iter().find(|(name, _, _)| *name == service)
    else {
        return (OTHER, OTHER);
    };
    let operation = operations.iter().find(|name| **name == operation);
    (service, operation.copied().unwrap_or(OTHER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_names_are_labels() {
        assert_eq!(listed("SESv2", "SendEmail"), ("ses", "SendEmail"));
        assert_eq!(listed("SESv2", "Surprise"), ("ses", "other"));
        assert_eq!(listed("Surprise", "SendEmail"), ("other", "other"));
    }
}
