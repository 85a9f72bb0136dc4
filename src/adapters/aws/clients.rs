//! The SDK's clients: one configuration, deadlines for each.

use std::sync::Arc;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{AppName, BehaviorVersion, Region, SdkConfig};

use super::watch::{RequestWatch, Watch};
use crate::config::AwsSettings;

/// Longest wait for a connection; AWS answers within milliseconds inside a region.
const CONNECT: Duration = Duration::from_secs(2);

/// How long one try of a call may take, and how long the call with all its tries. The SDK has no such limits of its own:
/// without them a server that hangs hangs the call for ever.
#[derive(Debug, Clone, Copy)]
struct Deadlines {
    attempt: Duration,
    operation: Duration,
}

const fn seconds(attempt: u64, operation: u64) -> Deadlines {
    Deadlines {
        attempt: Duration::from_secs(attempt),
        operation: Duration::from_secs(operation),
    }
}

/// Points reads and writes: a try that takes longer than this is lost.
const RECORDS: Deadlines = seconds(3, 10);
/// Sending, deleting, hiding messages.
const MESSAGES: Deadlines = seconds(5, 15);
/// Receiving: the long poll alone is 20 s.
const POLLS: Deadlines = seconds(26, 30);
/// Tasks.
const TASKS: Deadlines = seconds(10, 30);
/// Mails of up to 40 MB.
const MAILS: Deadlines = seconds(30, 60);
/// Objects of up to 40 MB.
const OBJECTS: Deadlines = seconds(30, 90);
/// Metrics, identities, secrets.
const ASIDE: Deadlines = seconds(5, 15);
/// Models think for minutes.
const MODELS: Deadlines = seconds(300, 600);

/// One client a service. Cheap to clone: clones share connections and credentials.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each field is the client of its type")]
pub struct Clients {
    pub dynamodb: aws_sdk_dynamodb::Client,
    pub sqs: aws_sdk_sqs::Client,
    /// For long polls, which may take longer than any other call of SQS.
    pub sqs_polls: aws_sdk_sqs::Client,
    pub ecs: aws_sdk_ecs::Client,
    pub ses: aws_sdk_sesv2::Client,
    pub s3: aws_sdk_s3::Client,
    pub cloudwatch: aws_sdk_cloudwatch::Client,
    pub bedrock: aws_sdk_bedrockruntime::Client,
    pub sts: aws_sdk_sts::Client,
    pub secrets: aws_sdk_secretsmanager::Client,
    /// What they have in common: region, credentials, endpoint.
    pub sdk: SdkConfig,
}

impl Clients {
    /// Clients with the default chain of credentials, which is asked at the first call and not here. `watch` hears of
    /// every call.
    pub async fn connect(settings: &AwsSettings, watch: Option<Arc<dyn RequestWatch>>) -> Self {
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(settings.region.clone()))
            .retry_config(retries());
        if let Some(url) = &settings.endpoint_url {
            loader = loader.endpoint_url(url);
        }
        if let Ok(name) = AppName::new("hermes") {
            loader = loader.app_name(name);
        }
        Self::new(&loader.load().await, settings, watch)
    }

    /// Clients over a configuration that is there already.
    pub fn new(
        sdk: &SdkConfig,
        settings: &AwsSettings,
        watch: Option<Arc<dyn RequestWatch>>,
    ) -> Self {
        let watch = Watch::new(watch);
        macro_rules! client {
            ($service:ident, $deadlines:expr) => {
                $service::Client::from_conf(
                    $service::config::Builder::from(sdk)
                        .timeout_config(timeouts($deadlines))
                        .interceptor(watch.clone())
                        .build(),
                )
            };
        }
        Self {
            dynamodb: client!(aws_sdk_dynamodb, RECORDS),
            sqs: client!(aws_sdk_sqs, MESSAGES),
            sqs_polls: client!(aws_sdk_sqs, POLLS),
            ecs: client!(aws_sdk_ecs, TASKS),
            ses: client!(aws_sdk_sesv2, MAILS),
            s3: aws_sdk_s3::Client::from_conf(
                aws_sdk_s3::config::Builder::from(sdk)
                    .timeout_config(timeouts(OBJECTS))
                    .interceptor(watch.clone())
                    // an emulator has no host name for every bucket
                    .force_path_style(settings.endpoint_url.is_some())
                    .build(),
            ),
            cloudwatch: client!(aws_sdk_cloudwatch, ASIDE),
            bedrock: client!(aws_sdk_bedrockruntime, MODELS),
            sts: client!(aws_sdk_sts, ASIDE),
            secrets: client!(aws_sdk_secretsmanager, ASIDE),
            sdk: sdk.clone(),
        }
    }
}

/// Three tries, as is the default, but sooner: the default waits for up to a second before the second try.
pub(super) fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_initial_backoff(Duration::from_millis(100))
        .with_max_backoff(Duration::from_secs(5))
}

fn timeouts(deadlines: Deadlines) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(deadlines.attempt)
        .operation_timeout(deadlines.operation)
        .build()
}
