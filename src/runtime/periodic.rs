//! The loop around a pass: on a period, on a nudge, and never in silence.
//!
//! The pass itself takes no input and lives in a service, so a test can call it without this loop. Timers decide when to
//! look; what is due is up to the pass and its clock.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};

use super::{Chain, Stop, TaskError, TaskReport};

/// The first wait after a failure, unless the period is shorter.
const FIRST_RETRY: Duration = Duration::from_secs(1);

/// The longest wait after failures, unless the period is longer.
const LAST_RETRY: Duration = Duration::from_secs(30);

/// When a pass runs and how long it may take.
///
/// The first pass runs at once. After a good pass the next one runs when the period has gone by or a nudge has come,
/// whichever is first; nudges that come during a pass make one further pass together. After a failed pass the wait
/// doubles from one second up to 30 seconds, and nudges do not shorten it: what fails is not helped by asking more often.
#[derive(Debug, Clone)]
pub struct Periodic {
    name: &'static str,
    period: Duration,
    deadline: Duration,
    nudge: Option<Arc<Notify>>,
}

impl Periodic {
    /// A pass every `period`, counted from the end of the pass before, each expected to end within the period or 30 s,
    /// whichever is longer.
    pub fn every(name: &'static str, period: Duration) -> Self {
        Self {
            name,
            period,
            deadline: period.max(Duration::from_secs(30)),
            nudge: None,
        }
    }

    /// A pass right after the one before: for passes that wait for something themselves. After a failed one the waits are
    /// those of any other task.
    pub fn without_pause(name: &'static str) -> Self {
        Self::every(name, Duration::ZERO)
    }

    /// Runs a pass on `notify_one` too. One `Notify` wakes one loop.
    #[must_use]
    pub fn nudged_by(mut self, nudge: Arc<Notify>) -> Self {
        self.nudge = Some(nudge);
        self
    }

    /// Reports a pass that takes longer than this. It is not cut off: half a pass helps nobody.
    #[must_use]
    pub fn expected_within(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// The name of the task.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Runs passes until the stop is requested. A pass that is running then ends first, unless the stop turns hard.
    pub async fn run<F, W, E>(&self, stop: &Stop, report: &TaskReport, mut tick: F)
    where
        F: FnMut() -> W,
        W: Future<Output = Result<(), E>>,
        E: Into<TaskError>,
    {
        let mut failing = None;
        while !stop.is_requested() {
            report.tick_begins();
            let result = tokio::select! {
                result = self.watch(report, tick()) => result,
                () = stop.now() => return,
            };
            let failures = self.settle(report, result.map_err(Into::into), &mut failing);
            tokio::select! {
                () = stop.requested() => {}
                () = self.wait(failures) => {}
            }
        }
    }

    async fn watch<T>(&self, report: &TaskReport, pass: impl Future<Output = T>) -> T {
        let mut pass = pin!(pass);
        if let Ok(result) = timeout(self.deadline, pass.as_mut()).await {
            return result;
        }
        report.tick_is_overdue();
        let (name, deadline) = (self.name, self.deadline);
        tracing::warn!("a pass of `{name}` takes longer than {deadline:?}");
        pass.await
    }

    /// Writes the result down, logs a change of state, and returns the failures in a row.
    fn settle(
        &self,
        report: &TaskReport,
        result: Result<(), TaskError>,
        failing: &mut Option<Instant>,
    ) -> u32 {
        let name = self.name;
        let Err(error) = result else {
            report.tick_succeeded();
            if let Some(since) = failing.take() {
                let failed_for = since.elapsed();
                tracing::info!(?failed_for, "`{name}` works again after {failed_for:.1?}");
            }
            return 0;
        };
        let error = Chain(&*error).to_string();
        if failing.is_none() {
            *failing = Some(Instant::now());
            tracing::error!(%error, "`{name}` fails, and is tried again until it works");
        } else {
            tracing::debug!(%error, "`{name}` still fails");
        }
        report.tick_failed(error)
    }

    async fn wait(&self, failures: u32) {
        match (&self.nudge, failures) {
            (_, 1..) => sleep(self.retry_after(failures)).await,
            (None, 0) => sleep(self.period).await,
            (Some(nudge), 0) => {
                tokio::select! {
                    () = sleep(self.period) => {}
                    () = nudge.notified() => {}
                }
            }
        }
    }

    fn retry_after(&self, failures: u32) -> Duration {
        let first = if self.period.is_zero() {
            FIRST_RETRY
        } else {
            FIRST_RETRY.min(self.period)
        };
        let doublings = failures.saturating_sub(1).min(31);
        first
            .saturating_mul(1 << doublings)
            .min(LAST_RETRY.max(self.period))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::telemetry::tests::logged;
    use crate::runtime::{LogFormat, TaskBoard};
    use tokio::runtime::Builder;
    use tokio::time::advance;

    const PERIOD: Duration = Duration::from_secs(10);

    /// Runs `plan` until its `passes`-th pass and returns when each pass began, counted from the start.
    async fn run(
        plan: Periodic,
        passes: usize,
        mut pass: impl FnMut(usize) -> Result<(), &'static str>,
    ) -> Vec<Duration> {
        let (switch, stop) = Stop::manual();
        let report = TaskBoard::new().register(plan.name());
        let began = Instant::now();
        let mut times = Vec::new();
        plan.run(&stop, &report, || {
            times.push(began.elapsed());
            if times.len() == passes {
                switch.request();
            }
            let result = pass(times.len());
            async move { result }
        })
        .await;
        times
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_pass_runs_at_once_and_the_next_after_the_period() {
        let plan = Periodic::every("sweep", PERIOD);
        let times = run(plan, 3, |_| Ok(())).await;
        assert_eq!(times, [0, 10, 20].map(Duration::from_secs));
    }

    #[tokio::test(start_paused = true)]
    async fn a_pass_that_waits_by_itself_is_followed_at_once_unless_it_fails() {
        let plan = Periodic::without_pause("inbox");
        let outcome = |pass| if pass == 2 { Err("no queue") } else { Ok(()) };
        let times = run(plan, 4, outcome).await;
        assert_eq!(times, [0, 0, 1, 1].map(Duration::from_secs));
    }

    #[tokio::test(start_paused = true)]
    async fn nudges_during_a_pass_make_one_more_pass() {
        let nudge = Arc::new(Notify::new());
        let plan = Periodic::every("sweep", PERIOD).nudged_by(Arc::clone(&nudge));
        let times = run(plan, 3, |pass| {
            if pass == 1 {
                nudge.notify_one();
                nudge.notify_one();
            }
            Ok(())
        })
        .await;
        assert_eq!(times, [0, 0, 10].map(Duration::from_secs));
    }

    #[tokio::test(start_paused = true)]
    async fn a_nudge_ends_the_wait() {
        let nudge = Arc::new(Notify::new());
        let plan = Periodic::every("sweep", PERIOD).nudged_by(Arc::clone(&nudge));
        let nudger = async {
            sleep(Duration::from_secs(4)).await;
            nudge.notify_one();
        };
        let (times, ()) = tokio::join!(run(plan, 2, |_| Ok(())), nudger);
        assert_eq!(times, [0, 4].map(Duration::from_secs));
    }

    #[tokio::test(start_paused = true)]
    async fn failures_double_the_wait_up_to_the_cap_and_nudges_do_not_shorten_it() {
        let nudge = Arc::new(Notify::new());
        let plan = Periodic::every("sweep", PERIOD).nudged_by(Arc::clone(&nudge));
        let times = run(plan, 9, |pass| {
            nudge.notify_one();
            if pass < 8 { Err("no disk") } else { Ok(()) }
        })
        .await;
        let waits: Vec<_> = times
            .windows(2)
            .map(|pair| pair[1].checked_sub(pair[0]).unwrap())
            .collect();
        let expected = [1, 2, 4, 8, 16, 30, 30, 0].map(Duration::from_secs);
        assert_eq!(waits, expected, "the last pass is the nudge's");
    }

    #[test]
    fn a_short_period_is_its_own_first_retry_and_a_long_one_the_cap() {
        let short = Periodic::every("sweep", Duration::from_millis(50));
        assert_eq!(short.retry_after(1), Duration::from_millis(50));
        assert_eq!(short.retry_after(u32::MAX), LAST_RETRY);
        let long = Periodic::every("sweep", Duration::from_hours(1));
        assert_eq!(long.retry_after(1), FIRST_RETRY);
        assert_eq!(long.retry_after(u32::MAX), Duration::from_hours(1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_pass_over_its_deadline_is_reported_and_runs_on() {
        let (switch, stop) = Stop::manual();
        let board = TaskBoard::new();
        let report = board.register("sweep");
        let plan = Periodic::every("sweep", PERIOD).expected_within(Duration::from_secs(2));
        let running = plan.run(&stop, &report, || async {
            sleep(Duration::from_secs(5)).await;
            switch.request();
            Ok::<(), TaskError>(())
        });
        let looking = async {
            advance(Duration::from_secs(3)).await;
            sleep(Duration::from_millis(1)).await;
            board.snapshot().remove(0)
        };
        let ((), during) = tokio::join!(running, looking);
        assert!(during.overdue && during.ticks == 0, "{during:?}");
        let after = board.snapshot().remove(0);
        assert!(!after.overdue && after.ticks == 1, "{after:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_soft_stop_lets_the_pass_end_and_a_hard_one_does_not() {
        for hard in [false, true] {
            let (switch, stop) = Stop::manual();
            let board = TaskBoard::new();
            let report = board.register("sweep");
            let plan = Periodic::every("sweep", PERIOD);
            let running = plan.run(&stop, &report, || async {
                sleep(Duration::from_secs(5)).await;
                Ok::<(), TaskError>(())
            });
            let stopping = async {
                sleep(Duration::from_secs(1)).await;
                if hard { switch.now() } else { switch.request() }
            };
            tokio::join!(running, stopping);
            let ticks = board.snapshot().remove(0).ticks;
            assert_eq!(ticks, u64::from(!hard));
        }
    }

    #[test]
    fn only_a_change_of_state_is_logged() {
        let text = logged(LogFormat::Pretty, "info", || {
            let mut builder = Builder::new_current_thread();
            let runtime = builder.enable_time().start_paused(true).build().unwrap();
            let plan = Periodic::every("sweep", PERIOD);
            runtime.block_on(run(plan, 6, |pass| {
                if (2..5).contains(&pass) {
                    Err("no disk")
                } else {
                    Ok(())
                }
            }));
        });
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 2, "{text}");
        assert!(lines[0].contains("ERROR") && lines[0].contains("no disk"));
        assert!(lines[1].contains("works again after 7.0s"), "{text}");
    }
}
