//! How queues are made: the numbers of C22 to C25 as SQS writes them.

use std::collections::HashMap;

use aws_sdk_sqs::types::QueueAttributeName;

use crate::adapters::aws::names::OWNER_TAG;
use crate::ports::queues::{Direction, MAX_RECEIVES, QueueName, VISIBILITY};

/// Messages are kept for four days, and dead letters for longer: they count from when they were first sent (C24).
pub(super) const RETENTION_SECONDS: u64 = 4 * 24 * 60 * 60;
/// Fourteen days, the most that SQS keeps.
pub(super) const DEAD_RETENTION_SECONDS: u64 = 14 * 24 * 60 * 60;
/// The longest long poll of SQS.
pub(super) const LONG_POLL_SECONDS: u64 = 20;

/// Attributes of a queue, by name.
pub(super) type Attributes = HashMap<QueueAttributeName, String>;

/// What all queues have.
fn common(retention_seconds: u64) -> Attributes {
    [
        (
            QueueAttributeName::MessageRetentionPeriod,
            retention_seconds.to_string(),
        ),
        (
            QueueAttributeName::VisibilityTimeout,
            VISIBILITY.as_secs().to_string(),
        ),
        (
            QueueAttributeName::ReceiveMessageWaitTimeSeconds,
            LONG_POLL_SECONDS.to_string(),
        ),
        (QueueAttributeName::SqsManagedSseEnabled, "true".to_owned()),
    ]
    .into()
}

/// A queue whose messages die after too many receives (C22). `dead_letters` is the ARN of where to.
pub(super) fn with_redrive(dead_letters: &str) -> Attributes {
    let mut attributes = common(RETENTION_SECONDS);
    attributes.insert(QueueAttributeName::RedrivePolicy, redrive(dead_letters));
    attributes
}

/// A queue of dead letters.
pub(super) fn of_dead_letters() -> Attributes {
    common(DEAD_RETENTION_SECONDS)
}

fn redrive(dead_letters: &str) -> String {
    serde_json::json!({ "deadLetterTargetArn": dead_letters, "maxReceiveCount": MAX_RECEIVES })
        .to_string()
}

/// What a queue of a container is tagged with. Its name has the hash of its client and, for people, its project and
/// user; ids have no letters that tags do not take.
pub(super) fn tags(queue: &QueueName, installation: &str) -> HashMap<String, String> {
    let container = queue.container.as_str();
    let client = container.split('-').next().unwrap_or(container);
    let direction = match queue.direction {
        Direction::Input => "input",
        Direction::Output => "output",
        Direction::Dead => "dead-letters",
    };
    [
        OWNER_TAG,
        ("hermes:installation", installation),
        ("hermes:container", container),
        ("hermes:client-hash", client),
        ("hermes:queue", direction),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .into()
}

/// The tags of a queue that all clients share.
pub(super) fn common_tags(installation: &str) -> HashMap<String, String> {
    [OWNER_TAG, ("hermes:installation", installation)]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into()
}
