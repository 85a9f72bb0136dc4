//! Hears of every call to AWS, for metrics.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeSerializationInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, Metadata};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};

/// How a call ended, its tries together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequestOutcome {
    /// As wanted; also a condition that does not hold, or a thing that is not there.
    Ok,
    /// We ask too much.
    Throttled,
    /// No answer in time.
    Timeout,
    /// We may not.
    Denied,
    /// Anything else.
    Error,
}

/// Told of every call.
pub trait RequestWatch: Send + Sync {
    /// A call of `operation` to `service` ended, `after` so long, tries together.
    fn observed(&self, service: &str, operation: &str, outcome: RequestOutcome, after: Duration);
}

/// The interceptor that tells the watch.
#[derive(Clone)]
pub(super) struct Watch(Option<Arc<dyn RequestWatch>>);

impl Watch {
    pub(super) fn new(watch: Option<Arc<dyn RequestWatch>>) -> Self {
        Self(watch)
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch")
    }
}

/// When the call began.
#[derive(Debug)]
struct Began(Instant);

impl Storable for Began {
    type Storer = StoreReplace<Self>;
}

#[dyn_dispatch_hint]
impl Intercept for Watch {
    fn name(&self) -> &'static str {
        "Watch"
    }

    fn read_before_execution(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        cfg.interceptor_state().store_put(Began(Instant::now()));
        Ok(())
    }

    fn read_after_execution(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(watch) = &self.0 else {
            return Ok(());
        };
        if let (Some(began), Some(call)) = (cfg.load::<Began>(), cfg.load::<Metadata>()) {
            let outcome = outcome(context);
            watch.observed(call.service(), call.name(), outcome, began.0.elapsed());
        }
        Ok(())
    }
}

fn outcome(context: &FinalizerInterceptorContextRef<'_>) -> RequestOutcome {
    match context.output_or_error() {
        Some(Ok(_)) => RequestOutcome::Ok,
        Some(Err(error)) if error.is_timeout_error() => RequestOutcome::Timeout,
        Some(Err(_)) | None => context
            .response()
            .map_or(RequestOutcome::Error, outcome_of_answer),
    }
}

/// Reads the answer itself: the typed error is not to be had here.
fn outcome_of_answer(response: &HttpResponse) -> RequestOutcome {
    /// An error's body is short; its code stands at its beginning.
    const LOOKED_AT: usize = 1024;
    let body = response.body().bytes().unwrap_or_default();
    let body = String::from_utf8_lossy(body.get(..LOOKED_AT).unwrap_or(body));
    let says = |words: &[&str]| words.iter().any(|word| body.contains(word));
    match response.status().as_u16() {
        429 => RequestOutcome::Throttled,
        401 | 403 => RequestOutcome::Denied,
        404 => RequestOutcome::Ok,
        400 | 503
            if says(&[
                "Throttl",
                "ThroughputExceeded",
                "TooManyRequests",
                "SlowDown",
            ]) =>
        {
            RequestOutcome::Throttled
        }
        400 if says(&["AccessDenied", "UnrecognizedClient", "ExpiredToken"]) => {
            RequestOutcome::Denied
        }
        400 if says(&["ConditionalCheckFailed", "NonExistentQueue"]) => RequestOutcome::Ok,
        _ => RequestOutcome::Error,
    }
}
