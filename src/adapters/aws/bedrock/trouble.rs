//! Why Bedrock did not answer, and what an operator does about it.

use std::time::Duration;

use aws_sdk_bedrockruntime::error::SdkError;
use aws_sdk_bedrockruntime::operation::converse::ConverseError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata as _;

use crate::adapters::aws::fault;
use crate::ports::fault::FaultKind;
use crate::ports::inference::InferenceError;

/// What was asked, to say what must be changed.
pub(super) struct Asked<'a> {
    pub(super) model: &'a str,
    pub(super) region: &'a str,
    pub(super) deadline: Duration,
}

impl Asked<'_> {
    /// <https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html>.
    pub(super) fn explain(&self, error: SdkError<ConverseError>) -> InferenceError {
        let is_timeout = matches!(error, SdkError::TimeoutError(_));
        let (code, message) = match error.as_service_error() {
            Some(error) => (
                error.code().map(str::to_owned),
                error.message().map(str::to_owned),
            ),
            None => (None, None),
        };
        let code = code.unwrap_or_default();
        let message = message.unwrap_or_default();
        let fault = fault("bedrock.converse")(error);
        match code.as_str() {
            _ if is_timeout => InferenceError::Timeout(self.deadline),
            "ModelTimeoutException" => InferenceError::Timeout(self.deadline),
            "AccessDeniedException"
            | "BadCScoreException"
            | "FTUFormNotFilled"
            | "ResourceNotFoundException" => InferenceError::ModelDenied(self.advice(&message)),
            "ValidationException" if is_about_the_model(&message) => {
                InferenceError::ModelDenied(self.advice(&message))
            }
            "ValidationException" => InferenceError::Invalid(message),
            _ if fault.kind == FaultKind::Throttled => InferenceError::Throttled {
                retry_after: fault.retry_after,
            },
            _ => fault.into(),
        }
    }

    fn advice(&self, message: &str) -> String {
        let (model, region) = (self.model, self.region);
        format!(
            "`{model}` in {region}: its role needs bedrock:InvokeModel on the model and its inference profile, the account needs access to the model, and HERMES_MODEL must be the id of one that is offered in {region} (AWS says: {message})"
        )
    }
}

/// A model that is not there, or only through an inference profile, is a mistake in the settings and not in the prompt.
fn is_about_the_model(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    [
        "model identifier",
        "model id",
        "on-demand throughput",
        "inference profile",
        "legacy",
    ]
    .iter()
    .any(|words| message.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_model_is_told_from_a_wrong_prompt() {
        for about_the_model in [
            "The provided model identifier is invalid.",
            "Invocation of model ID anthropic.x with on-demand throughput isn\u{2019}t supported. Retry your request with the ID or ARN of an inference profile that contains this model.",
        ] {
            assert!(is_about_the_model(about_the_model), "{about_the_model}");
        }
        for about_the_prompt in [
            "Input is too long for requested model.",
            "The toolConfig field must be defined when using toolUse and toolResult content blocks.",
            "messages.0.content.0.text: The text field is blank.",
        ] {
            assert!(!is_about_the_model(about_the_prompt), "{about_the_prompt}");
        }
    }
}
