//! One worker process, from its start to an hour after its end.

use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::process::{Signal, WaitId, WaitIdOptions, waitid};
use tokio::process::{Child, ChildStdin};
use tokio::signal::unix::{SignalKind, signal};

use super::leftovers::PidFile;
use super::proc::{Identity, fault, oom_kills, signal_group};
use super::worker_log::WorkerLog;
use crate::domain::container::{StopReason, TaskRef};
use crate::domain::ids::ContainerId;
use crate::ports::fault::{Fault, FaultKind};

/// Between SIGTERM and SIGKILL.
const TERM_WAIT: Duration = Duration::from_secs(2);

/// How long the kernel may take to end what got SIGKILL.
const KILL_WAIT: Duration = Duration::from_secs(5);

/// A worker process. Nobody waits for it in the background: whoever looks reaps it.
#[derive(Debug)]
pub(super) struct Life {
    pub(super) container: ContainerId,
    pub(super) generation: u64,
    identity: Identity,
    pub(super) log: WorkerLog,
    pid_file: PidFile,
    oom_kills_before: u64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    child: Child,
    /// Open as long as the worker is wanted.
    stdin: Option<ChildStdin>,
    /// Why we end it, once we do.
    order: Option<StopReason>,
    ended: Option<StopReason>,
    /// Whether `take_news` has told of the end.
    told: bool,
}

impl Life {
    /// Takes over a child that was just started.
    pub(super) fn new(
        (container, generation): (ContainerId, u64),
        identity: Identity,
        mut child: Child,
        log: WorkerLog,
        pid_file: PidFile,
    ) -> Self {
        Self {
            container,
            generation,
            identity,
            log,
            pid_file,
            oom_kills_before: oom_kills(),
            state: Mutex::new(State {
                stdin: child.stdin.take(),
                child,
                order: None,
                ended: None,
                told: false,
            }),
        }
    }

    /// The task's name.
    pub(super) fn task(&self) -> TaskRef {
        self.identity.task()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the standard input out, to be written to and given back with [`Life::keep_stdin`].
    pub(super) fn take_stdin(&self) -> Option<ChildStdin> {
        self.state().stdin.take()
    }

    /// Keeps the standard input open until the worker is to end, which may be already.
    pub(super) fn keep_stdin(&self, stdin: ChildStdin) {
        let mut state = self.state();
        if state.order.is_none() {
            state.stdin = Some(stdin);
        }
    }

    /// Closes the standard input: the worker's order to end. The first reason counts; one that has ended before keeps
    /// its own.
    pub(super) fn order_end(&self, reason: StopReason) {
        if self.ended().is_some() {
            return;
        }
        let mut state = self.state();
        state.order.get_or_insert(reason);
        state.stdin = None;
    }

    /// Why it has ended, or `None` while it runs. Reaps it, and kills what is left of its group.
    pub(super) fn ended(&self) -> Option<StopReason> {
        let mut state = self.state();
        if state.ended.is_some() || self.is_running() {
            return state.ended;
        }
        // Not reaped yet, the leader still holds its pid: the group's number can't be another's.
        if let Err(error) = signal_group(self.identity.pid, Signal::KILL) {
            tracing::warn!(task = %self.task(), %error, "cannot kill the rest of a worker's group");
        }
        let reason = match state.child.try_wait() {
            Ok(None) => return None,
            Ok(Some(status)) => self.reason_of(status, state.order),
            Err(_already_reaped) => state.order.unwrap_or(StopReason::Crash),
        };
        state.ended = Some(reason);
        state.stdin = None;
        self.pid_file.remove(self.identity);
        tracing::info!(
            container.id = %self.container, container.generation = self.generation, task = %self.task(),
            stop.reason = reason.as_str(), log = %self.log.path().display(), "worker of {} ended", self.container
        );
        Some(reason)
    }

    /// Whether it runs and nobody has told it to end.
    pub(super) fn is_wanted(&self) -> bool {
        self.ended().is_none() && self.state().order.is_none()
    }

    /// Whether it ended since this was last asked.
    pub(super) fn take_news(&self) -> bool {
        self.ended().is_some() && !std::mem::replace(&mut self.state().told, true)
    }

    /// Signals its whole group, unless it has ended.
    fn signal(&self, signal: Signal) -> io::Result<()> {
        // The lock keeps another from reaping it meanwhile, after which its pid may be another's.
        let state = self.state();
        if state.ended.is_none() {
            signal_group(self.identity.pid, signal)?;
        }
        Ok(())
    }

    /// Waits for its end for at most `limit`. Answers whether it has ended.
    pub(super) async fn ends_within(&self, limit: Duration) -> io::Result<bool> {
        // Listening begins before the first look, so no end is missed in between.
        let mut exits = signal(SignalKind::child())?;
        let end = async {
            while self.ended().is_none() {
                exits.recv().await;
            }
        };
        Ok(tokio::time::timeout(limit, end).await.is_ok())
    }

    /// Ends it: closes its input, and after `grace` forces it. One that has ended is not an error.
    pub(super) async fn end(&self, grace: Duration) -> Result<(), Fault> {
        let broken = |error| fault("stop", error);
        self.order_end(StopReason::Asked);
        if self.ends_within(grace).await.map_err(broken)? {
            return Ok(());
        }
        tracing::warn!(container.id = %self.container, "worker of {} does not end, forcing it", self.container);
        self.signal(Signal::TERM).map_err(broken)?;
        if self.ends_within(TERM_WAIT).await.map_err(broken)? {
            return Ok(());
        }
        self.kill().await
    }

    /// Kills its whole group and waits until it is gone.
    pub(super) async fn kill(&self) -> Result<(), Fault> {
        let broken = |error| fault("kill", error);
        self.signal(Signal::KILL).map_err(broken)?;
        if self.ends_within(KILL_WAIT).await.map_err(broken)? {
            return Ok(());
        }
        let detail = "the process has not ended yet";
        Err(Fault::new("kill", FaultKind::Transient, detail))
    }

    fn is_running(&self) -> bool {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        matches!(waitid(WaitId::Pid(self.identity.pid), options), Ok(None))
    }

    fn reason_of(&self, status: ExitStatus, order: Option<StopReason>) -> StopReason {
        if status.success() {
            return match order {
                Some(StopReason::Fenced) => StopReason::Fenced,
                _ => StopReason::Idle,
            };
        }
        let killed = status.signal() == Some(Signal::KILL.as_raw());
        match order {
            Some(reason) => reason,
            // The kernel doesn't say whom it killed, but it counts.
            None if killed && oom_kills() > self.oom_kills_before => StopReason::Oom,
            None => StopReason::Crash,
        }
    }
}
