//! A circuit breaker: when to stop asking somebody who fails, and when to try again.
//!
//! A state machine without a clock of its own: libraries for it read the time by themselves, and a test could only wait.

use std::time::Duration;

use super::time::Timestamp;

/// When a circuit opens and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CircuitLimits {
    /// Failures in a row that open it.
    pub failures: u32,
    /// How long it stays open at first; doubled after each probe that fails.
    pub pause: Duration,
    /// The longest pause.
    pub longest_pause: Duration,
}

impl Default for CircuitLimits {
    fn default() -> Self {
        Self {
            failures: 5,
            pause: Duration::from_secs(30),
            longest_pause: Duration::from_mins(5),
        }
    }
}

/// What a circuit lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CircuitState {
    /// Everything.
    Closed,
    /// Nothing before this time.
    Open {
        /// When a probe may go.
        until: Timestamp,
    },
    /// One probe, which is under way.
    HalfOpen,
}

impl CircuitState {
    /// Names of all states, for metrics.
    pub const NAMES: [&'static str; 3] = ["closed", "open", "half_open"];

    /// The state as metrics and readiness write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open { .. } => "open",
            Self::HalfOpen => "half_open",
        }
    }
}

/// Leave to make one call; what becomes of it is told with it. One from before the last change of state tells nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leave(u64);

/// Counts failures in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circuit {
    limits: CircuitLimits,
    state: CircuitState,
    failures: u32,
    pause: Duration,
    changes: u64,
}

impl Circuit {
    /// A closed one.
    pub fn new(limits: CircuitLimits) -> Self {
        Self {
            limits,
            state: CircuitState::Closed,
            failures: 0,
            pause: limits.pause,
            changes: 0,
        }
    }

    /// Its state.
    pub fn state(&self) -> CircuitState {
        self.state
    }

    /// Asks for leave to call at `now`. Refused, it says how long to wait; the first to ask after that time is the probe.
    pub fn ask(&mut self, now: Timestamp) -> Result<Leave, Duration> {
        match self.state {
            CircuitState::Closed => {}
            CircuitState::Open { until } => {
                let wait = until.since(now);
                // a longer wait than there is means that the clock was set back
                if !wait.is_zero() && wait <= self.limits.longest_pause {
                    return Err(wait);
                }
                self.turn(CircuitState::HalfOpen);
            }
            CircuitState::HalfOpen => return Err(self.limits.pause),
        }
        Ok(Leave(self.changes))
    }

    /// The call was answered, whatever the answer.
    pub fn answered(&mut self, leave: Leave) {
        if leave != Leave(self.changes) {
            return;
        }
        self.failures = 0;
        self.pause = self.limits.pause;
        if self.state != CircuitState::Closed {
            self.turn(CircuitState::Closed);
        }
    }

    /// The call failed.
    pub fn failed(&mut self, leave: Leave, now: Timestamp) {
        if leave != Leave(self.changes) {
            return;
        }
        self.failures = self.failures.saturating_add(1);
        if self.state == CircuitState::HalfOpen {
            self.pause = self.pause.saturating_mul(2).min(self.limits.longest_pause);
            self.turn(CircuitState::Open {
                until: now + self.pause,
            });
        } else if self.failures >= self.limits.failures {
            self.turn(CircuitState::Open {
                until: now + self.pause,
            });
        }
    }

    /// The call was given up before its end, which says nothing; another may be the probe at once.
    pub fn given_up(&mut self, leave: Leave, now: Timestamp) {
        if leave == Leave(self.changes) && self.state == CircuitState::HalfOpen {
            self.turn(CircuitState::Open { until: now });
        }
    }

    fn turn(&mut self, state: CircuitState) {
        self.state = state;
        self.changes = self.changes.wrapping_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_secs(seconds)
    }

    fn circuit() -> Circuit {
        Circuit::new(CircuitLimits {
            failures: 3,
            pause: Duration::from_secs(10),
            longest_pause: Duration::from_secs(25),
        })
    }

    /// Fails until it is open, at second 0.
    fn opened() -> Circuit {
        let mut circuit = circuit();
        for _ in 0..3 {
            let leave = circuit.ask(at(0)).unwrap();
            circuit.failed(leave, at(0));
        }
        circuit
    }

    #[test]
    fn failures_in_a_row_open_it_and_an_answer_starts_the_count_again() {
        let mut circuit = circuit();
        for fails in [true, true, false, true, true] {
            let leave = circuit.ask(at(0)).unwrap();
            if fails {
                circuit.failed(leave, at(0));
            } else {
                circuit.answered(leave);
            }
            assert_eq!(circuit.state(), CircuitState::Closed);
        }
        let leave = circuit.ask(at(1)).unwrap();
        circuit.failed(leave, at(1));
        assert_eq!(circuit.state(), CircuitState::Open { until: at(11) });
        assert_eq!(circuit.ask(at(4)), Err(Duration::from_secs(7)));
    }

    #[test]
    fn one_probe_goes_and_its_answer_closes_it() {
        let mut circuit = opened();
        let probe = circuit.ask(at(10)).unwrap();
        assert_eq!(circuit.state(), CircuitState::HalfOpen);
        assert!(circuit.ask(at(10)).is_err());
        circuit.answered(probe);
        assert_eq!(circuit.state(), CircuitState::Closed);
        assert!(circuit.ask(at(10)).is_ok());
    }

    #[test]
    fn each_probe_that_fails_doubles_the_pause_up_to_the_longest() {
        let mut circuit = opened();
        let mut now = 10;
        for pause in [20, 25, 25] {
            let probe = circuit.ask(at(now)).unwrap();
            circuit.failed(probe, at(now));
            now += pause;
            assert_eq!(circuit.state(), CircuitState::Open { until: at(now) });
        }
        let probe = circuit.ask(at(now)).unwrap();
        circuit.answered(probe);
        assert_eq!(circuit.pause, Duration::from_secs(10));
    }

    #[test]
    fn a_probe_that_is_given_up_makes_room_for_another() {
        let mut circuit = opened();
        let probe = circuit.ask(at(10)).unwrap();
        circuit.given_up(probe, at(11));
        assert!(circuit.ask(at(11)).is_ok());
        assert_eq!(circuit.state(), CircuitState::HalfOpen);
    }

    #[test]
    fn what_began_before_it_opened_says_nothing_later() {
        let mut circuit = circuit();
        let late = circuit.ask(at(0)).unwrap();
        for _ in 0..3 {
            let leave = circuit.ask(at(0)).unwrap();
            circuit.failed(leave, at(0));
        }
        let open = circuit.clone();
        circuit.answered(late);
        circuit.failed(late, at(1));
        circuit.given_up(late, at(1));
        assert_eq!(circuit, open);
    }

    proptest! {
        #[test]
        fn it_never_lets_two_probes_go_and_always_closes_again(steps in prop::collection::vec((0..40_i64, 0..4_u8), 0..60)) {
            let (mut circuit, mut now) = (circuit(), 0);
            let mut held = Vec::new();
            for (wait, what) in steps {
                now += wait;
                let was = circuit.state();
                if let Ok(leave) = circuit.ask(at(now)) {
                    prop_assert_ne!(was, CircuitState::HalfOpen);
                    held.push(leave);
                }
                match what {
                    0 => held.drain(..).for_each(|leave| circuit.answered(leave)),
                    1 => held.drain(..).for_each(|leave| circuit.failed(leave, at(now))),
                    2 => held.drain(..).for_each(|leave| circuit.given_up(leave, at(now))),
                    _ => {}
                }
            }
            held.drain(..).for_each(|leave| circuit.given_up(leave, at(now)));
            let probe = circuit.ask(at(now + 25)).unwrap();
            circuit.answered(probe);
            prop_assert_eq!(circuit.state(), CircuitState::Closed);
        }
    }
}
