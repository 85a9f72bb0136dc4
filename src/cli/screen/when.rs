//! Times and durations, as people read them.

use std::time::Duration;

use crate::domain::time::Timestamp;

/// RFC 3339 in UTC, to the second.
pub(in crate::cli) fn second(at: Timestamp) -> String {
    Timestamp::from_secs(at.as_secs()).rfc3339()
}

/// A time, and how far it is from `now`: `2026-11-21T14:57:41Z (in 29 min)`.
pub(in crate::cli) fn moment(at: Timestamp, now: Timestamp) -> String {
    let distance = if at > now {
        format!("in {}", span(at.since(now)))
    } else {
        format!("{} ago", span(now.since(at)))
    };
    format!("{} ({distance})", second(at))
}

/// A duration by its two largest units, rounded: `45 s`, `29 min`, `2 h 5 min`, `3 d 4 h`.
pub(in crate::cli) fn span(duration: Duration) -> String {
    let seconds = duration.as_millis().saturating_add(500) / 1000;
    let (minutes, hours) = ((seconds + 30) / 60, (seconds + 1800) / 3600);
    match (seconds, minutes) {
        (..60, _) => format!("{seconds} s"),
        (_, ..60) => format!("{minutes} min"),
        (_, ..1440) => two((minutes / 60, "h"), (minutes % 60, "min")),
        _ => two((hours / 24, "d"), (hours % 24, "h")),
    }
}

fn two((large, unit): (u128, &str), (small, part): (u128, &str)) -> String {
    if small == 0 {
        format!("{large} {unit}")
    } else {
        format!("{large} {unit} {small} {part}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_two_units_at_most() {
        for (seconds, text) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (1799, "30 min"),
            (3599, "1 h"),
            (7500, "2 h 5 min"),
            (86_399, "1 d"),
            (273_700, "3 d 4 h"),
        ] {
            assert_eq!(span(Duration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn moments_say_how_far_they_are() {
        let now = Timestamp::from_millis(1_795_271_261_602);
        let later = now + Duration::from_mins(29);
        assert_eq!(moment(later, now), "2026-11-21T14:56:41Z (in 29 min)");
        assert_eq!(moment(now, later), "2026-11-21T14:27:41Z (29 min ago)");
        assert_eq!(moment(now, now), "2026-11-21T14:27:41Z (0 s ago)");
    }
}
