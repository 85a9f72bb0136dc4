//! A clock that stands still until a test moves it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use hermes::domain::time::Timestamp;
use hermes::ports::clock::Clock;

/// Starts at [`ManualClock::START`].
#[derive(Debug)]
pub(crate) struct ManualClock(AtomicI64);

impl ManualClock {
    /// 2026-11-21T14:00:00Z.
    pub(crate) const START: Timestamp = Timestamp::from_secs(1_795_269_600);

    /// Moves it on.
    pub(crate) fn advance(&self, by: Duration) {
        self.set(self.now() + by);
    }

    /// Sets it, backwards too.
    pub(crate) fn set(&self, at: Timestamp) {
        self.0.store(at.as_millis(), Ordering::SeqCst);
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self(AtomicI64::new(Self::START.as_millis()))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}
