//! A failure of a backend, classified by what the caller can do about it.

use std::time::Duration;

/// What a caller can do about a fault. Retry policy reads this and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// May pass by itself: try again.
    Transient,
    /// We ask too much: try again later.
    Throttled,
    /// We may not: an operator must change something.
    Denied,
    /// Will not pass by itself: corrupt data, a full disk, a bug.
    Broken,
}

/// A failure of a backend. The message names the operation; the source tells the rest.
#[derive(Debug, thiserror::Error)]
#[error("{operation} failed")]
pub struct Fault {
    /// What was tried, as the backend calls it.
    pub operation: &'static str,
    /// What the caller can do.
    pub kind: FaultKind,
    /// How long the backend asked us to wait.
    pub retry_after: Option<Duration>,
    /// What went wrong below.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

impl Fault {
    /// A fault of `operation`, of a known kind.
    pub fn new(
        operation: &'static str,
        kind: FaultKind,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self {
            operation,
            kind,
            retry_after: None,
            source: source.into(),
        }
    }

    /// Whether trying again may help.
    pub fn is_transient(&self) -> bool {
        matches!(self.kind, FaultKind::Transient | FaultKind::Throttled)
    }
}
