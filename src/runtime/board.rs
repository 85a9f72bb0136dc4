//! What every long-lived task is doing, for health and metrics.
//!
//! Ages instead of times: this layer has a monotonic timer and no clock, and an age is what a reader compares anyway.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The rows of all long-lived tasks. Clones share the rows; reading takes one short lock a row and does no I/O.
///
/// A row stays after its task has ended, so what comes and goes is a job and not a task.
#[derive(Debug, Clone, Default)]
pub struct TaskBoard(Arc<Mutex<Vec<Arc<Mutex<Row>>>>>);

/// Writes one task's row.
#[derive(Debug, Clone)]
pub struct TaskReport(Arc<Mutex<Row>>);

/// Where a task is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskState {
    /// It runs.
    Running,
    /// It ended when it was asked to.
    Ended,
    /// It ended by itself, failed or panicked.
    Died,
}

/// One task at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskStatus {
    /// The task's name.
    pub name: &'static str,
    /// Where it is in its life.
    pub state: TaskState,
    /// Passes that have ended, well or not. Zero for a task that does not tick.
    pub ticks: u64,
    /// Passes that failed.
    pub errors: u64,
    /// Passes that failed since the last good one: above zero, the task is failing now.
    pub consecutive_failures: u32,
    /// The error of the last pass that failed, kept after it recovers.
    pub last_error: Option<String>,
    /// How long ago the last pass ended, well or not.
    pub since_last_tick: Option<Duration>,
    /// How long the last pass took.
    pub last_tick_took: Option<Duration>,
    /// How long the present pass has been running.
    pub ticking_for: Option<Duration>,
    /// The present pass has run longer than it should.
    pub overdue: bool,
}

#[derive(Debug)]
struct Row {
    name: &'static str,
    state: TaskState,
    ticks: u64,
    errors: u64,
    consecutive_failures: u32,
    last_error: Option<String>,
    last_tick: Option<(Instant, Duration)>,
    ticking_since: Option<Instant>,
    overdue: bool,
}

impl TaskBoard {
    /// A board without rows.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the row of a task that starts now.
    pub fn register(&self, name: &'static str) -> TaskReport {
        let row = Arc::new(Mutex::new(Row {
            name,
            state: TaskState::Running,
            ticks: 0,
            errors: 0,
            consecutive_failures: 0,
            last_error: None,
            last_tick: None,
            ticking_since: None,
            overdue: false,
        }));
        lock(&self.0).push(Arc::clone(&row));
        TaskReport(row)
    }

    /// Every task, in the order they were started.
    pub fn snapshot(&self) -> Vec<TaskStatus> {
        let now = Instant::now();
        lock(&self.0)
            .iter()
            .map(|row| lock(row).status(now))
            .collect()
    }
}

impl Row {
    fn status(&self, now: Instant) -> TaskStatus {
        TaskStatus {
            name: self.name,
            state: self.state,
            ticks: self.ticks,
            errors: self.errors,
            consecutive_failures: self.consecutive_failures,
            last_error: self.last_error.clone(),
            since_last_tick: self.last_tick.map(|(at, _)| now.duration_since(at)),
            last_tick_took: self.last_tick.map(|(_, took)| took),
            ticking_for: self.ticking_since.map(|since| now.duration_since(since)),
            overdue: self.overdue,
        }
    }
}

impl TaskReport {
    /// A pass begins.
    pub fn tick_begins(&self) {
        let mut row = lock(&self.0);
        row.ticking_since = Some(Instant::now());
        row.overdue = false;
    }

    /// The present pass has used up its time and goes on.
    pub fn tick_is_overdue(&self) {
        lock(&self.0).overdue = true;
    }

    /// The present pass ended well.
    pub fn tick_succeeded(&self) {
        let mut row = lock(&self.0);
        row.end_tick();
        row.consecutive_failures = 0;
    }

    /// The present pass ended with this error; returns how many have failed in a row, this one included.
    pub fn tick_failed(&self, error: String) -> u32 {
        let mut row = lock(&self.0);
        row.end_tick();
        row.errors = row.errors.saturating_add(1);
        row.consecutive_failures = row.consecutive_failures.saturating_add(1);
        row.last_error = Some(error);
        row.consecutive_failures
    }

    pub(super) fn ended(&self, state: TaskState) {
        let mut row = lock(&self.0);
        row.state = state;
        row.ticking_since = None;
    }
}

impl Row {
    fn end_tick(&mut self) {
        let now = Instant::now();
        let began = self.ticking_since.take().unwrap_or(now);
        self.last_tick = Some((now, now.duration_since(began)));
        self.ticks = self.ticks.saturating_add(1);
        self.overdue = false;
    }
}

/// Rows stay consistent between statements, so a panic elsewhere does not spoil them.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::advance;

    #[tokio::test(start_paused = true)]
    async fn a_row_tells_ages_and_the_present_pass() {
        let board = TaskBoard::new();
        let report = board.register("sweep");
        report.tick_begins();
        advance(Duration::from_secs(2)).await;
        report.tick_is_overdue();
        let during = board.snapshot().remove(0);
        assert_eq!(during.ticking_for, Some(Duration::from_secs(2)));
        assert!(during.overdue && during.ticks == 0);

        report.tick_succeeded();
        advance(Duration::from_secs(5)).await;
        let after = board.snapshot().remove(0);
        assert_eq!((after.name, after.state), ("sweep", TaskState::Running));
        assert_eq!(after.last_tick_took, Some(Duration::from_secs(2)));
        assert_eq!(after.since_last_tick, Some(Duration::from_secs(5)));
        assert!(!after.overdue && after.ticking_for.is_none());
    }

    #[tokio::test]
    async fn failures_count_until_a_pass_succeeds() {
        let board = TaskBoard::new();
        let report = board.register("sweep");
        assert_eq!(report.tick_failed("no disk".into()), 1);
        assert_eq!(report.tick_failed("still no disk".into()), 2);
        report.tick_succeeded();
        let status = board.snapshot().remove(0);
        assert_eq!((status.ticks, status.errors), (3, 2));
        assert_eq!(status.consecutive_failures, 0);
        assert_eq!(status.last_error.as_deref(), Some("still no disk"));
    }
}
