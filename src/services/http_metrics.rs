//! Requests as the metrics have them: by method, route template and status, never by path.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
#[expect(
    clippy::struct_field_names,
    reason = "the labels are named by OpenTelemetry"
)]
struct Answered {
    http_request_method: &'static str,
    http_route: &'static str,
    http_response_status_code: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Method {
    http_request_method: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    kind: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reason {
    reason: &'static str,
}

const SSE: Kind = Kind { kind: "sse" };

/// As OpenTelemetry's conventions have them.
const SECONDS: [f64; 14] = [
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];

/// Metrics of the HTTP face.
#[derive(Debug)]
pub struct HttpMetrics {
    answered: Family<Answered, Histogram>,
    active: Family<Method, Gauge>,
    streams: Family<Kind, Gauge>,
    auth_failures: Family<Reason, Counter>,
}

/// Counts as long as it lives: also a request that its client gives up ends.
#[derive(Debug)]
#[must_use = "it counts as long as it lives"]
pub struct Counted(Gauge);

/// An event stream that is open.
pub type OpenStream = Counted;

impl Counted {
    fn begin(gauge: Gauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl HttpMetrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let histogram: fn() -> Histogram = || Histogram::new(SECONDS);
        let metrics = Self {
            answered: Family::new_with_constructor(histogram),
            active: Family::default(),
            streams: Family::default(),
            auth_failures: Family::default(),
        };
        registry.register_with_unit(
            "http_server_request_duration",
            "Requests, until the head of their answer; streams are left out",
            Unit::Seconds,
            metrics.answered.clone(),
        );
        registry.register(
            "http_server_active_requests",
            "Requests that are being answered",
            metrics.active.clone(),
        );
        registry.register(
            "hermes_streams_open",
            "Open event streams",
            metrics.streams.clone(),
        );
        drop(metrics.streams.get_or_create(&SSE));
        registry.register(
            "hermes_auth_failures",
            "Calls that were refused for who made them",
            metrics.auth_failures.clone(),
        );
        for reason in ["missing", "unknown", "scope", "csrf"] {
            drop(metrics.auth_failures.get_or_create(&Reason { reason }));
        }
        metrics
    }

    /// A request is being answered, as long as the result lives.
    pub fn begin(&self, http_request_method: &'static str) -> Counted {
        let method = Method {
            http_request_method,
        };
        Counted::begin(self.active.get_or_create(&method).clone())
    }

    /// A request was answered. Method and route must be of a fixed set.
    pub fn answered(&self, method: &'static str, route: &'static str, status: u16, took: Duration) {
        let labels = Answered {
            http_request_method: method,
            http_route: route,
            http_response_status_code: status,
        };
        self.answered
            .get_or_create(&labels)
            .observe(took.as_secs_f64());
    }

    /// A request was refused with this reason.
    pub fn refused(&self, reason: AuthFailure) {
        let reason = match reason {
            AuthFailure::Missing => "missing",
            AuthFailure::Unknown => "unknown",
            AuthFailure::Scope => "scope",
            AuthFailure::CrossSite => "csrf",
        };
        self.auth_failures.get_or_create(&Reason { reason }).inc();
    }

    /// An event stream is open, as long as the result lives.
    pub fn open_stream(&self) -> OpenStream {
        Counted::begin(self.streams.get_or_create(&SSE).clone())
    }
}

/// Why a call was refused for who made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthFailure {
    /// No key.
    Missing,
    /// A key that is not ours.
    Unknown,
    /// A key without the right, or for other clients.
    Scope,
    /// Sent on behalf of another website.
    CrossSite,
}
