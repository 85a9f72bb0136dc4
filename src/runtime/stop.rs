//! How a task learns that it should end, and in which order tasks end.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// The order of stopping: a stage is asked to stop once the one before it has ended, or has used its share of the grace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Takes work from outside; stops first, so that nothing new comes in.
    Intake,
    /// Answers callers; stops when nothing new comes in.
    Serving,
    /// Completes what was accepted; stops last. Jobs belong here.
    Finishing,
}

impl Stage {
    /// Every stage, in the order of stopping.
    pub const ALL: [Self; 3] = [Self::Intake, Self::Serving, Self::Finishing];

    /// How long after the beginning of a stop the next stage begins at the latest.
    ///
    /// Shares end at fixed points, so what an early stage leaves unused is there for the later ones.
    pub(super) fn ends_after(self, grace: Duration) -> Duration {
        match self {
            Self::Intake => grace / 5,
            Self::Serving => grace * 3 / 5,
            Self::Finishing => grace,
        }
    }
}

/// Tells one task that it should end: politely at first, then for good.
#[derive(Debug, Clone)]
pub struct Stop {
    soft: CancellationToken,
    hard: CancellationToken,
}

impl Stop {
    pub(super) fn new(soft: CancellationToken, hard: CancellationToken) -> Self {
        Self { soft, hard }
    }

    /// A stop that a test, or a program without a supervisor, pulls by hand.
    pub fn manual() -> (StopSwitch, Self) {
        let hard = CancellationToken::new();
        let soft = hard.child_token();
        let stop = Self::new(soft.clone(), hard.clone());
        (StopSwitch { soft, hard }, stop)
    }

    /// Completes when the task should take nothing new, finish what it has and return. Cancel-safe.
    pub async fn requested(&self) {
        self.soft.cancelled().await;
    }

    /// Whether the task should take nothing new.
    pub fn is_requested(&self) -> bool {
        self.soft.is_cancelled()
    }

    /// Completes when the task should drop what it has and return: a moment later it is dropped anyway. Cancel-safe.
    pub async fn now(&self) {
        self.hard.cancelled().await;
    }

    /// Whether the task should drop what it has.
    pub fn is_now(&self) -> bool {
        self.hard.is_cancelled()
    }
}

/// The other end of [`Stop::manual`]. Dropping it changes nothing.
#[derive(Debug)]
pub struct StopSwitch {
    soft: CancellationToken,
    hard: CancellationToken,
}

impl StopSwitch {
    /// Asks politely.
    pub fn request(&self) {
        self.soft.cancel();
    }

    /// Asks for good; implies [`StopSwitch::request`].
    pub fn now(&self) {
        self.hard.cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_the_grace_end_in_order_and_use_it_all() {
        let grace = Duration::from_secs(25);
        let ends = Stage::ALL.map(|stage| stage.ends_after(grace).as_secs());
        assert_eq!(ends, [5, 15, 25]);
    }

    #[test]
    fn a_hard_stop_implies_a_soft_one() {
        let (switch, stop) = Stop::manual();
        assert!(!stop.is_requested());
        switch.now();
        assert!(stop.is_requested() && stop.is_now());
    }

    #[test]
    fn a_soft_stop_is_not_yet_a_hard_one() {
        let (switch, stop) = Stop::manual();
        switch.request();
        assert!(stop.is_requested() && !stop.is_now());
    }
}
