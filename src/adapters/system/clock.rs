//! The machine's wall clock.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::domain::time::Timestamp;
use crate::ports::clock::Clock;

/// Reads the machine's wall clock, which may be set back while we run.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the wall clock"
    )]
    fn now(&self) -> Timestamp {
        // A clock before 1970 is a machine without one; the epoch is as good a guess as any.
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp::EPOCH + since_epoch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_has_been_set() {
        let written = Timestamp::from_secs(1_795_219_200);
        assert!(SystemClock.now() >= written, "before this test was written");
    }
}
