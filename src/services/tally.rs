//! What has happened since somebody last asked: counters as a cloud wants them, in steps.
//!
//! Prometheus reads totals and takes the difference itself; its library gives nothing back of what it counts. So what goes
//! to a [`crate::ports::metric_sink::MetricSink`] is counted a second time here, and taken away when it is sent.

use std::collections::BTreeMap;

use crate::domain::outcome::Outcome;

/// Counts of one span of time. Its size is bounded: outcomes are few, and times are rounded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Messages by their end.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// From accepting a message to handing its answer over: how often it took so many milliseconds, rounded to two digits.
    pub answered_in: BTreeMap<u64, u64>,
}

impl Tally {
    pub(super) fn outcome(&mut self, outcome: Outcome) {
        *self.outcomes.entry(outcome).or_default() += 1;
    }

    pub(super) fn answered(&mut self, seconds: f64) {
        *self.answered_in.entry(rounded(seconds)).or_default() += 1;
    }

    /// Adds what could not be sent.
    pub(super) fn add(&mut self, other: &Self) {
        for (outcome, count) in &other.outcomes {
            *self.outcomes.entry(*outcome).or_default() += count;
        }
        for (time, count) in &other.answered_in {
            *self.answered_in.entry(*time).or_default() += count;
        }
    }
}

/// Milliseconds with two digits that count: 1234 is 1200. At most 90 values in each power of ten.
fn rounded(seconds: f64) -> u64 {
    let span = std::time::Duration::try_from_secs_f64(seconds).unwrap_or_default();
    let millis = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
    let step = 10_u64.pow(millis.checked_ilog10().unwrap_or(0).saturating_sub(1));
    millis / step * step
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rounded_to_two_digits() {
        for (seconds, millis) in [
            (-1.0, 0),
            (0.0, 0),
            (0.000_4, 0),
            (0.007, 7),
            (0.099, 99),
            (0.101, 100),
            (1.234, 1200),
            (86_400.0, 86_000_000),
            (f64::INFINITY, 0),
        ] {
            assert_eq!(rounded(seconds), millis, "{seconds}");
        }
    }

    #[test]
    fn what_could_not_be_sent_is_added_again() {
        let mut first = Tally::default();
        first.outcome(Outcome::Result);
        first.answered(0.5);
        let mut second = first.clone();
        second.outcome(Outcome::Refusal);
        second.add(&first);
        assert_eq!(
            second.outcomes,
            BTreeMap::from([(Outcome::Result, 2), (Outcome::Refusal, 1)])
        );
        assert_eq!(second.answered_in, BTreeMap::from([(500, 2)]));
    }
}
