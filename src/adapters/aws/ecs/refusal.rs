//! Why ECS does not start a task, as the reconciler must know it (C7, C12).

use aws_sdk_ecs::config::http::HttpResponse;
use aws_sdk_ecs::error::{ProvideErrorMetadata as _, SdkError};
use aws_sdk_ecs::operation::run_task::RunTaskError;
use aws_sdk_ecs::types::Failure;

use crate::adapters::aws::fault;
use crate::ports::fleet::LaunchError;

/// What texts say when there is no room; there are no codes for it.
const NO_ROOM: [&str; 6] = [
    "RESOURCE:",
    "AGENT",
    "Capacity is unavailable",
    "reached the limit on the number of",
    "capacity limit exceeded",
    "No Container Instances were found",
];

/// `RunTask` answered without a task: retryable, unless the task fits nowhere.
pub(super) fn of_failures(failures: &[Failure]) -> LaunchError {
    let mut texts: Vec<String> = failures
        .iter()
        .map(|failure| {
            let facts = [failure.reason(), failure.detail(), failure.arn()];
            facts.into_iter().flatten().collect::<Vec<_>>().join(", ")
        })
        .collect();
    texts.dedup();
    let text = texts.join("; ");
    let misfits = ["ATTRIBUTE", "MISSING", "INACTIVE"];
    if !has_no_room(&text) && misfits.iter().any(|reason| text.contains(reason)) {
        LaunchError::Rejected(text)
    } else if text.is_empty() {
        LaunchError::Capacity("ECS started no task and gave no reason".to_owned())
    } else {
        LaunchError::Capacity(text)
    }
}

/// `RunTask` answered with an error other than a conflict.
pub(super) fn of_error(error: SdkError<RunTaskError, HttpResponse>) -> LaunchError {
    let told = error.as_service_error().and_then(|error| {
        let text = error.message().unwrap_or("no message").to_owned();
        match error.code()? {
            "InvalidParameterException" | "ClientException" if has_no_room(&text) => {
                Some(LaunchError::Capacity(text))
            }
            "InvalidParameterException"
            | "ClientException"
            | "ClusterNotFoundException"
            | "PlatformTaskDefinitionIncompatibilityException"
            | "PlatformUnknownException"
            | "UnsupportedFeatureException" => Some(LaunchError::Rejected(text)),
            // refused rights, a failing server, throttles: as everywhere
            _ => None,
        }
    });
    told.unwrap_or_else(|| fault("ecs.run_task")(error).into())
}

fn has_no_room(text: &str) -> bool {
    NO_ROOM.iter().any(|words| text.contains(words))
}
