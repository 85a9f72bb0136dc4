//! Owns every background task: the only place that spawns, and the one that stops them all in order.
//!
//! A runtime swallows the panic of a task that nobody joins, and a service whose intake has died looks alive for ever.
//! So a task that ends before it was asked to takes the service down, and the service manager starts it afresh.

use std::future::{Future, pending};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::watch;
use tracing::Instrument as _;

use super::roster::Roster;
use super::{Outcome, Periodic, Signal, Signals, Stage, Stop};
use super::{TaskBoard, TaskEnd, TaskError, TaskReport, TaskState};

/// How long tasks have to end by themselves: below the 30 s after which ECS kills a container.
const GRACE: Duration = Duration::from_secs(25);

/// Holds the first task that died.
type FirstDeath = watch::Sender<Option<(&'static str, TaskEnd)>>;

/// Owns the background tasks of a process and stops them in the order of [`Stage`].
#[derive(Debug)]
pub struct Supervisor {
    spawner: Spawner,
    grace: Duration,
}

/// Starts tasks and jobs under the supervisor. Clones are cheap.
#[derive(Debug, Clone)]
pub struct Spawner {
    roster: Arc<Roster>,
    board: TaskBoard,
    stopping: watch::Sender<bool>,
    death: FirstDeath,
    job_panics: Arc<AtomicU64>,
}

impl Supervisor {
    /// A supervisor without tasks, whose stop takes at most 25 s, and 2 s more when work has to be cut off.
    pub fn new() -> Self {
        let spawner = Spawner {
            roster: Roster::new(),
            board: TaskBoard::new(),
            stopping: watch::Sender::new(false),
            death: watch::Sender::new(None),
            job_panics: Arc::default(),
        };
        Self {
            spawner,
            grace: GRACE,
        }
    }

    /// Gives tasks this long, instead of 25 s, to end by themselves.
    #[must_use]
    pub fn with_grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// What starts tasks and jobs; whoever needs to do so keeps a clone.
    pub fn spawner(&self) -> &Spawner {
        &self.spawner
    }

    /// Runs until a signal comes or a task dies, stops everything in order, and tells how it ended.
    pub async fn run_until_stopped(self, mut signals: Signals) -> Outcome {
        let Spawner {
            roster,
            stopping,
            death,
            ..
        } = &self.spawner;
        let mut signal = None;
        tokio::select! {
            first = signals.recv() => {
                tracing::info!(signal = first.name(), "stopping after {}", first.name());
                signal = Some(first);
            }
            () = a_task_died(death) => {}
        }
        stopping.send_replace(true);
        tokio::select! {
            () = roster.stop_in_order(self.grace) => {}
            () = a_second_signal(&mut signals, &mut signal) => {
                tracing::warn!("stopping at once after a second signal");
            }
        }
        let unfinished = roster.stop_for_good().await;
        if !unfinished.is_empty() {
            tracing::error!(?unfinished, "cut off {}", unfinished.join(", "));
        }
        let death = death.borrow().clone();
        match (death, signal) {
            (Some((name, why)), _) => Outcome::TaskDied { name, why },
            (None, Some(signal)) if unfinished.is_empty() => Outcome::Stopped(signal),
            (None, signal) => Outcome::CutOff {
                signal: signal.unwrap_or(Signal::Terminate),
                unfinished,
            },
        }
    }
}

impl Default for Supervisor {
    fn default() -> Self {
        Self::new()
    }
}

impl Spawner {
    /// Starts a long-lived task with its own row on the board.
    ///
    /// It runs until its [`Stop`] is requested. When it returns earlier, or fails or panics at any time, the service stops
    /// with [`Outcome::TaskDied`].
    pub fn spawn_task<F, W>(&self, name: &'static str, stage: Stage, task: F)
    where
        F: FnOnce(Stop) -> W,
        W: Future<Output = Result<(), TaskError>> + Send + 'static,
    {
        self.start(name, stage, |stop, _report| task(stop));
    }

    /// Starts a task that does one pass on a period or a nudge; see [`Periodic`].
    pub fn spawn_periodic<F, W, E>(&self, stage: Stage, plan: Periodic, tick: F)
    where
        F: FnMut() -> W + Send + 'static,
        W: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<TaskError> + Send + 'static,
    {
        self.start(plan.name(), stage, |stop, report| async move {
            plan.run(&stop, &report, tick).await;
            Ok(())
        });
    }

    /// Starts a short piece of work that a stop waits for, in the last stage. Its panic is logged and counted, no more.
    ///
    /// How many run at once is up to the caller to bound.
    pub fn spawn_job<W>(&self, name: &'static str, work: W)
    where
        W: Future<Output = ()> + Send + 'static,
    {
        let member = self.roster.enter(name, Stage::Finishing);
        let panics = Arc::clone(&self.job_panics);
        let job = async move {
            if let TaskEnd::Panicked(why) = member.run(work.map(Ok)).await {
                panics.fetch_add(1, Ordering::Relaxed);
                tracing::error!("job `{name}` panicked: {why}");
            }
        };
        spawn(job.instrument(tracing::info_span!("job", job.name = name)));
    }

    /// Turns true when the stop begins, before any task is told: readiness answers 503 from then on.
    pub fn stopping(&self) -> watch::Receiver<bool> {
        self.stopping.subscribe()
    }

    /// What every long-lived task is doing.
    pub fn board(&self) -> TaskBoard {
        self.board.clone()
    }

    /// How many jobs have panicked since the start.
    pub fn job_panics(&self) -> u64 {
        self.job_panics.load(Ordering::Relaxed)
    }

    fn start<F, W>(&self, name: &'static str, stage: Stage, task: F)
    where
        F: FnOnce(Stop, TaskReport) -> W,
        W: Future<Output = Result<(), TaskError>> + Send + 'static,
    {
        let member = self.roster.enter(name, stage);
        let report = self.board.register(name);
        let stop = self.roster.stop(stage);
        let death = self.death.clone();
        let work = task(stop.clone(), report.clone());
        let supervised = async move {
            let end = member.run(work).await;
            if is_death(&end, &stop) {
                tracing::error!("task `{name}` died, the service stops: {end}");
                report.ended(TaskState::Died);
                report_death(&death, name, end);
            } else {
                report.ended(TaskState::Ended);
            }
        };
        spawn(supervised.instrument(tracing::info_span!("task", task.name = name)));
    }
}

/// When a task's death began the stop, the first signal only agrees with it.
async fn a_second_signal(signals: &mut Signals, first: &mut Option<Signal>) {
    let mut second = false;
    while !second {
        second = first.replace(signals.recv().await).is_some();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that spawns, so that nothing runs unsupervised"
)]
fn spawn(work: impl Future<Output = ()> + Send + 'static) {
    // The handle is not needed: `Member::run` sees every way in which the work can end.
    drop(tokio::spawn(work));
}

/// Whether this end takes the service down.
fn is_death(end: &TaskEnd, stop: &Stop) -> bool {
    match end {
        TaskEnd::Returned => !stop.is_requested(),
        // Work that is cut off may well fail from it.
        TaskEnd::Failed(_) => !stop.is_now(),
        TaskEnd::Panicked(_) => true,
        TaskEnd::Dropped => false,
    }
}

fn report_death(death: &FirstDeath, name: &'static str, why: TaskEnd) {
    death.send_if_modified(|death| {
        let first = death.is_none();
        if first {
            *death = Some((name, why));
        }
        first
    });
}

async fn a_task_died(death: &FirstDeath) {
    // Fails only without a sender, and here is one.
    if death.subscribe().wait_for(Option::is_some).await.is_err() {
        pending::<()>().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;
    use tokio::sync::oneshot;
    use tokio::time::{Instant, sleep};

    type Journal = Arc<Mutex<Vec<&'static str>>>;

    /// Spawns a task that ends `needs` after it was asked to, and then writes its name down.
    fn polite(to: &Supervisor, journal: &Journal, name: &'static str, stage: Stage, needs: u64) {
        let journal = Arc::clone(journal);
        to.spawner()
            .spawn_task(name, stage, move |stop| async move {
                stop.requested().await;
                sleep(Duration::from_secs(needs)).await;
                journal.lock().unwrap().push(name);
                Ok(())
            });
    }

    #[tokio::test(start_paused = true)]
    async fn stages_stop_in_order_whatever_the_order_of_spawning() {
        let supervisor = Supervisor::new();
        let journal = Journal::default();
        polite(&supervisor, &journal, "finishing", Stage::Finishing, 1);
        polite(&supervisor, &journal, "intake", Stage::Intake, 1);
        polite(&supervisor, &journal, "serving", Stage::Serving, 1);
        let (sender, signals) = Signals::channel();
        sender.send(Signal::Terminate);
        let outcome = supervisor.run_until_stopped(signals).await;
        assert_eq!(outcome, Outcome::Stopped(Signal::Terminate));
        assert_eq!(*journal.lock().unwrap(), ["intake", "serving", "finishing"]);
    }

    #[tokio::test(start_paused = true)]
    async fn readiness_turns_before_any_task_is_asked() {
        let supervisor = Supervisor::new();
        let stopping = supervisor.spawner().stopping();
        assert!(!*stopping.borrow());
        let (told, seen) = oneshot::channel();
        supervisor
            .spawner()
            .spawn_task("intake", Stage::Intake, move |stop| async move {
                stop.requested().await;
                told.send(*stopping.borrow()).unwrap();
                Ok(())
            });
        let (sender, signals) = Signals::channel();
        sender.send(Signal::Terminate);
        supervisor.run_until_stopped(signals).await;
        assert!(seen.await.unwrap());
    }

    #[tokio::test(start_paused = true)]
    async fn a_stage_that_takes_too_long_keeps_the_rest_of_the_grace() {
        let supervisor = Supervisor::new();
        let journal = Journal::default();
        polite(&supervisor, &journal, "slow", Stage::Intake, 20);
        polite(&supervisor, &journal, "quick", Stage::Finishing, 0);
        let (sender, signals) = Signals::channel();
        sender.send(Signal::Terminate);
        let began = Instant::now();
        let outcome = supervisor.run_until_stopped(signals).await;
        assert_eq!(outcome, Outcome::Stopped(Signal::Terminate));
        assert_eq!(began.elapsed(), Duration::from_secs(20));
        assert_eq!(*journal.lock().unwrap(), ["quick", "slow"]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_outlives_the_grace_is_cut_off_and_named() {
        let supervisor = Supervisor::new().with_grace(Duration::from_secs(5));
        supervisor
            .spawner()
            .spawn_task("deaf", Stage::Intake, |_stop| pending());
        let began = Instant::now();
        let (sender, signals) = Signals::channel();
        sender.send(Signal::Terminate);
        let outcome = supervisor.run_until_stopped(signals).await;
        let expected = Outcome::CutOff {
            signal: Signal::Terminate,
            unfinished: vec!["deaf"],
        };
        assert_eq!(outcome, expected);
        assert_eq!(began.elapsed(), Duration::from_secs(6));
    }

    #[tokio::test(start_paused = true)]
    async fn a_second_signal_skips_to_the_hard_stop() {
        let supervisor = Supervisor::new();
        let (saved, save) = oneshot::channel();
        supervisor
            .spawner()
            .spawn_task("busy", Stage::Serving, |stop| async move {
                stop.now().await;
                saved.send(()).unwrap();
                Ok(())
            });
        let (sender, signals) = Signals::channel();
        sender.send(Signal::Interrupt);
        sender.send(Signal::Interrupt);
        let began = Instant::now();
        let outcome = supervisor.run_until_stopped(signals).await;
        assert_eq!(outcome.exit_code(), 130);
        assert_eq!(began.elapsed(), Duration::ZERO);
        save.await.expect("a hard stop leaves a moment to save");
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_returns_early_takes_the_service_down_in_order() {
        let supervisor = Supervisor::new();
        let journal = Journal::default();
        polite(&supervisor, &journal, "other", Stage::Finishing, 0);
        supervisor
            .spawner()
            .spawn_task("short", Stage::Intake, |_stop| async { Ok(()) });
        let board = supervisor.spawner().board();
        let (_sender, signals) = Signals::channel();
        let outcome = supervisor.run_until_stopped(signals).await;
        let expected = Outcome::TaskDied {
            name: "short",
            why: TaskEnd::Returned,
        };
        assert_eq!(outcome, expected);
        assert_eq!(
            *journal.lock().unwrap(),
            ["other"],
            "the rest ends politely"
        );
        let states: Vec<_> = board.snapshot().iter().map(|row| row.state).collect();
        assert_eq!(states, [TaskState::Ended, TaskState::Died]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_signal_after_a_death_hurries_nothing() {
        let supervisor = Supervisor::new();
        let journal = Journal::default();
        polite(&supervisor, &journal, "other", Stage::Finishing, 3);
        let (sender, signals) = Signals::channel();
        let spawner = supervisor.spawner();
        let mut stopping = spawner.stopping();
        spawner.spawn_job("operator", async move {
            stopping.wait_for(|stopping| *stopping).await.unwrap();
            sender.send(Signal::Terminate);
        });
        spawner.spawn_task("short", Stage::Intake, |_stop| async { Ok(()) });
        let outcome = supervisor.run_until_stopped(signals).await;
        assert!(matches!(outcome, Outcome::TaskDied { name: "short", .. }));
        assert_eq!(*journal.lock().unwrap(), ["other"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_panic_and_an_error_are_deaths_even_during_the_stop() {
        for panics in [true, false] {
            let supervisor = Supervisor::new();
            supervisor
                .spawner()
                .spawn_task("weak", Stage::Finishing, move |stop| async move {
                    stop.requested().await;
                    assert!(!panics, "weak knees");
                    Err("weak knees".into())
                });
            let (sender, signals) = Signals::channel();
            sender.send(Signal::Terminate);
            let why = if panics {
                TaskEnd::Panicked("weak knees".into())
            } else {
                TaskEnd::Failed("weak knees".into())
            };
            let outcome = supervisor.run_until_stopped(signals).await;
            assert_eq!(outcome, Outcome::TaskDied { name: "weak", why });
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_job_is_waited_for_and_its_panic_only_counted() {
        let supervisor = Supervisor::new();
        let spawner = supervisor.spawner().clone();
        let (done, finished) = oneshot::channel();
        spawner.spawn_job("reply", async move {
            sleep(Duration::from_secs(3)).await;
            done.send(()).unwrap();
        });
        spawner.spawn_job("clumsy", async { panic!("oops") });
        let (sender, signals) = Signals::channel();
        sender.send(Signal::Terminate);
        let outcome = supervisor.run_until_stopped(signals).await;
        assert_eq!(outcome, Outcome::Stopped(Signal::Terminate));
        finished.await.expect("the job ended before the service");
        assert_eq!(spawner.job_panics(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_periodic_task_ticks_on_its_row_until_the_stop() {
        let supervisor = Supervisor::new();
        let board = supervisor.spawner().board();
        let (sender, signals) = Signals::channel();
        let mut passes = 0;
        let plan = Periodic::every("sweep", Duration::from_mins(1));
        supervisor
            .spawner()
            .spawn_periodic(Stage::Intake, plan, move || {
                passes += 1;
                if passes == 3 {
                    sender.send(Signal::Terminate);
                }
                async { Ok::<(), TaskError>(()) }
            });
        let outcome = supervisor.run_until_stopped(signals).await;
        assert_eq!(outcome, Outcome::Stopped(Signal::Terminate));
        let row = board.snapshot().remove(0);
        assert_eq!(
            (row.name, row.ticks, row.state),
            ("sweep", 3, TaskState::Ended)
        );
    }
}
