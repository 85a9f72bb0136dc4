//! Keeps the SDK from sending a mail again when nobody knows whether it is out.

use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};

/// `SendEmail` has no idempotency token (C21): without an answer the mail may be out. What SES has answered, a throttle or a
/// failure of its own, is tried again as for every other call.
#[derive(Debug)]
pub(super) struct AnsweredOnly;

impl ClassifyRetry for AnsweredOnly {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        if context.response().is_none() {
            RetryAction::RetryForbidden
        } else {
            RetryAction::NoActionIndicated
        }
    }

    fn name(&self) -> &'static str {
        "AnsweredOnly"
    }
}
