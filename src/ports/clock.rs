//! The one source of wall-clock time.

use crate::domain::time::Timestamp;

/// Says what time it is. Timers decide when to look; this clock decides what is due.
pub trait Clock: Send + Sync {
    /// Now, in UTC.
    fn now(&self) -> Timestamp;
}
