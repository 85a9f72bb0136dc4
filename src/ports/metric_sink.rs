//! Measurements for whoever draws them and raises alarms.

use async_trait::async_trait;

use super::fault::Fault;
use crate::domain::time::Timestamp;

/// What a value counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Things.
    Count,
    /// Time.
    Seconds,
}

/// Measurements of one thing in one span of time.
#[derive(Debug, Clone, PartialEq)]
pub struct Datum {
    /// The thing.
    pub name: &'static str,
    /// What tells it from others of the same name: a kind and a value, both from a fixed set.
    pub dimension: Option<(&'static str, &'static str)>,
    /// What the values count.
    pub unit: Unit,
    /// Each value, and how often it was measured.
    pub values: Vec<(f64, u64)>,
}

impl Datum {
    /// One measurement.
    pub fn one(name: &'static str, unit: Unit, value: f64) -> Self {
        Self {
            name,
            dimension: None,
            unit,
            values: vec![(value, 1)],
        }
    }

    /// The same with a dimension.
    #[must_use]
    pub fn of(mut self, kind: &'static str, value: &'static str) -> Self {
        self.dimension = Some((kind, value));
        self
    }
}

/// Takes measurements.
#[async_trait]
pub trait MetricSink: Send + Sync {
    /// Hands over what was measured until `at`. One call of the other side for up to a thousand data. When it fails it is
    /// unknown how much was taken: measurements are at least once, and never worth more than a log line.
    async fn put(&self, at: Timestamp, data: &[Datum]) -> Result<(), Fault>;
}
