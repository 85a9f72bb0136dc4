//! Time and randomness of these tests.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hermes::domain::time::Timestamp;
use hermes::ports::clock::Clock;
use hermes::ports::entropy::Entropy;

/// A clock that stands still until it is moved.
pub(super) struct StillClock(Mutex<Timestamp>);

impl StillClock {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Timestamp::from_secs(1_000_000)))
    }

    pub(super) fn advance(&self, by: Duration) {
        let mut now = self.0.lock().unwrap();
        *now = *now + by;
    }
}

impl Clock for StillClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// Bytes that never repeat, and differ from one test process to another.
pub(super) struct CountingEntropy;

impl Entropy for CountingEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        static COUNT: AtomicU64 = AtomicU64::new(1);
        let count = COUNT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let pid = std::process::id().to_be_bytes();
        for (byte, value) in buffer
            .iter_mut()
            .zip(count.into_iter().chain(pid).rev().cycle())
        {
            *byte = value;
        }
    }
}
