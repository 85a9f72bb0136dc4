//! What an error of the SDK means: the only place that knows.

use std::error::Error;
use std::fmt::Debug;
use std::time::Duration;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{DispatchFailure, SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::ports::fault::{Fault, FaultKind};

/// Codes by which AWS says that we ask too much.
const THROTTLED: [&str; 15] = [
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "OverLimit",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "Throttling",
    "ThrottledException",
    "ThrottlingException",
    "TooManyRequestsException",
    "ServiceQuotaExceededException",
    "TransactionInProgressException",
];

/// Codes by which AWS says that we may not.
const DENIED: [&str; 14] = [
    "AccessDenied",
    "AccessDeniedException",
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "OptInRequired",
    "SignatureDoesNotMatch",
    "UnauthorizedOperation",
    "UnrecognizedClientException",
];

/// Codes below 500 that pass by themselves all the same.
const TRANSIENT: [&str; 9] = [
    "InternalError",
    "InternalFailure",
    "InternalServerError",
    "ItemCollectionSizeLimitExceededException",
    "ModelErrorException",
    "QueueDeletedRecently",
    "RequestTimeout",
    "RequestTimeoutException",
    "TransactionConflictException",
];

/// What a caller can do about an answer with this code and status.
pub fn classify(code: Option<&str>, status: u16) -> FaultKind {
    // SQS says `AWS.SimpleQueueService.QueueDeletedRecently` in its older protocol
    let code = code.map(|code| code.rsplit('.').next().unwrap_or(code));
    let is_one_of = |codes: &[&str]| code.is_some_and(|code| codes.contains(&code));
    if is_one_of(&THROTTLED) || status == 429 {
        FaultKind::Throttled
    } else if is_one_of(&DENIED) || status == 401 || status == 403 {
        FaultKind::Denied
    } else if is_one_of(&TRANSIENT) || status >= 500 {
        FaultKind::Transient
    } else {
        FaultKind::Broken
    }
}

/// An error of the SDK with the call, code, message and request id in its text: the SDK's own says `service error`.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
struct AwsError {
    text: String,
    #[source]
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// Turns an error of the SDK into a fault of `operation`, as in `.map_err(fault("sqs.receive"))`.
pub fn fault<E>(operation: &'static str) -> impl FnOnce(SdkError<E, HttpResponse>) -> Fault
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    move |error| {
        let kind = kind_of(&error);
        let retry_after = retry_after(&error);
        let text = text_of(&error);
        // an answer is told in full by its text; what lies below another failure is not
        let source = if matches!(error, SdkError::ServiceError(_)) {
            None
        } else {
            error.into_source().ok()
        };
        Fault {
            retry_after,
            ..Fault::new(operation, kind, AwsError { text, source })
        }
    }
}

fn kind_of<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> FaultKind {
    match error {
        SdkError::ServiceError(answer) => {
            classify(answer.err().code(), answer.raw().status().as_u16())
        }
        SdkError::DispatchFailure(failure) => kind_of_dispatch(failure),
        SdkError::ConstructionFailure(_) => FaultKind::Broken,
        // also what a version of the SDK may add: the SDK itself has tried again what it knows
        SdkError::TimeoutError(_) | SdkError::ResponseError(_) | _ => FaultKind::Transient,
    }
}

fn kind_of_dispatch(failure: &DispatchFailure) -> FaultKind {
    let mut source: Option<&(dyn Error + 'static)> =
        failure.as_connector_error().and_then(Error::source);
    while let Some(error) = source {
        if error.is::<CredentialsError>() {
            return FaultKind::Denied;
        }
        source = error.source();
    }
    if failure.is_user() {
        FaultKind::Broken
    } else {
        FaultKind::Transient
    }
}

fn text_of<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> String {
    match error {
        SdkError::ServiceError(answer) => {
            let status = answer.raw().status().as_u16();
            let code = answer.err().code().unwrap_or("no code");
            let message = answer.err().message().unwrap_or("no message");
            let id = answer
                .raw()
                .headers()
                .get("x-amzn-requestid")
                .or_else(|| answer.raw().headers().get("x-amz-request-id"));
            let id = id.map(|id| format!(", request {id}")).unwrap_or_default();
            format!("AWS answered {status} {code}: {message}{id}")
        }
        SdkError::TimeoutError(_) => "AWS did not answer in time".to_owned(),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => {
            "AWS could not be reached in time".to_owned()
        }
        SdkError::DispatchFailure(_) => "the request could not be sent to AWS".to_owned(),
        SdkError::ConstructionFailure(_) => "the request to AWS could not be built".to_owned(),
        SdkError::ResponseError(_) | _ => "the answer of AWS could not be read".to_owned(),
    }
}

fn retry_after<E>(error: &SdkError<E, HttpResponse>) -> Option<Duration> {
    let seconds = error.raw_response()?.headers().get("retry-after")?;
    seconds.parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_apart() {
        for (code, status, kind) in [
            (Some("ThrottlingException"), 400, FaultKind::Throttled),
            (
                Some("ProvisionedThroughputExceededException"),
                400,
                FaultKind::Throttled,
            ),
            (None, 429, FaultKind::Throttled),
            (Some("SlowDown"), 503, FaultKind::Throttled),
            (Some("AccessDeniedException"), 400, FaultKind::Denied),
            (Some("UnrecognizedClientException"), 400, FaultKind::Denied),
            (None, 403, FaultKind::Denied),
            (Some("InternalServerError"), 500, FaultKind::Transient),
            (None, 503, FaultKind::Transient),
            (
                Some("AWS.SimpleQueueService.QueueDeletedRecently"),
                400,
                FaultKind::Transient,
            ),
            (Some("ValidationException"), 400, FaultKind::Broken),
            (Some("ResourceNotFoundException"), 400, FaultKind::Broken),
            (None, 400, FaultKind::Broken),
        ] {
            assert_eq!(classify(code, status), kind, "{code:?} {status}");
        }
    }
}
