//! For those who run the service: health, readiness, metrics.

mod health;
mod metrics;
mod ready;

pub(super) use health::health;
pub(super) use metrics::metrics;
pub(super) use ready::ready;
