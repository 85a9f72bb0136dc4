//! The one thread that writes, and its group commit.
//!
//! Callers queue jobs; the thread runs what has queued up in one transaction, each job in a savepoint of its own so
//! that a failed condition undoes nothing but its job, commits once, and only then answers everybody. A caller that is
//! alone waits for nobody. If the thread dies, every call, also those that wait, fails; none hangs.

use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::checkpointer::Checkpointer;
use super::error::Failure;
use crate::ports::fault::FaultKind;

/// Most jobs in one transaction: enough to share a sync widely, few enough to answer in milliseconds.
const GROUP: usize = 256;

/// Jobs that may wait: the next few groups. Whoever comes then waits to get in.
const QUEUE: usize = 4 * GROUP;

/// Hands jobs to the writer thread; dropping it ends the thread after what is queued.
#[derive(Debug)]
pub(crate) struct Writer {
    jobs: Option<mpsc::Sender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread with its connection.
    pub(crate) fn start(
        connection: Connection,
        checkpointer: Checkpointer,
    ) -> std::io::Result<Self> {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("hermes-writer".to_owned())
            .spawn(move || run(&connection, receiver, checkpointer))?;
        Ok(Self {
            jobs: Some(sender),
            thread: Some(thread),
        })
    }

    /// Runs `work` in a transaction and answers after the commit. An error of `work` undoes what it did.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let (answer, answered) = oneshot::channel();
        let job = Box::new(Call {
            work: Some(work),
            outcome: None,
            answer,
        });
        let jobs = self.jobs.as_ref().ok_or(Failure::WriterGone)?;
        if jobs.send(job).await.is_err() {
            return Err(Failure::WriterGone);
        }
        answered.await.unwrap_or(Err(Failure::WriterGone))
    }

    /// Whether the thread lives.
    pub(crate) fn is_alive(&self) -> bool {
        self.jobs.as_ref().is_some_and(|jobs| !jobs.is_closed())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None; // ends the loop
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was reported to the callers of its jobs.
            drop(thread.join());
        }
    }
}

/// What the thread does with a caller's work.
trait Job: Send {
    /// Does the work, in a savepoint.
    fn run(&mut self, connection: &Connection);
    /// Says how it went; `lost` is why the group it belongs to was not committed.
    fn answer(self: Box<Self>, lost: Option<&Lost>);
}

/// Why a whole group was not committed.
struct Lost {
    kind: FaultKind,
    why: String,
}

impl From<Failure> for Lost {
    fn from(failure: Failure) -> Self {
        Self {
            kind: failure.kind(),
            why: failure.to_string(),
        }
    }
}

struct Call<F, T> {
    work: Option<F>,
    outcome: Option<Result<T, Failure>>,
    answer: oneshot::Sender<Result<T, Failure>>,
}

impl<F, T> Job for Call<F, T>
where
    F: FnOnce(&Connection) -> Result<T, Failure> + Send,
    T: Send,
{
    fn run(&mut self, connection: &Connection) {
        self.outcome = self.work.take().map(|work| in_savepoint(connection, work));
    }

    fn answer(self: Box<Self>, lost: Option<&Lost>) {
        let outcome = match (self.outcome, lost) {
            (Some(Err(failure)), _) => Err(failure),
            (_, Some(lost)) => Err(Failure::Batch(lost.kind, lost.why.clone())),
            (Some(Ok(value)), None) => Ok(value),
            (None, None) => Err(Failure::WriterGone),
        };
        // A caller that has gone away does not want to know.
        drop(self.answer.send(outcome));
    }
}

fn in_savepoint<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, Failure>,
) -> Result<T, Failure> {
    execute(connection, "SAVEPOINT job")?;
    let outcome = work(connection);
    // After a full disk or an I/O error SQLite may have rolled back everything by itself: `group` sees it.
    if outcome.is_err() && !connection.is_autocommit() {
        execute(connection, "ROLLBACK TO job")?;
    }
    if !connection.is_autocommit() {
        execute(connection, "RELEASE job")?;
    }
    outcome
}

fn execute(connection: &Connection, sql: &'static str) -> Result<(), Failure> {
    connection.prepare_cached(sql)?.execute([])?;
    Ok(())
}

fn run(
    connection: &Connection,
    mut jobs: mpsc::Receiver<Box<dyn Job>>,
    checkpointer: Checkpointer,
) {
    while let Some(first) = jobs.blocking_recv() {
        let mut done = Vec::new();
        let lost = group(connection, first, &mut jobs, &mut done)
            .err()
            .map(Lost::from);
        for job in done {
            job.answer(lost.as_ref());
        }
        checkpointer.after_commit(connection);
    }
    checkpointer.at_end(connection);
}

/// Runs `first` and what else has queued up in one transaction; `done` gets every job that was run.
fn group(
    connection: &Connection,
    first: Box<dyn Job>,
    jobs: &mut mpsc::Receiver<Box<dyn Job>>,
    done: &mut Vec<Box<dyn Job>>,
) -> Result<(), Failure> {
    let begun = execute(connection, "BEGIN IMMEDIATE");
    if begun.is_err() {
        done.push(first);
        return begun;
    }
    let mut next = Some(first);
    while let Some(mut job) = next {
        job.run(connection);
        done.push(job);
        if connection.is_autocommit() {
            let why = "the database rolled back the transaction".to_owned();
            return Err(Failure::Batch(FaultKind::Transient, why));
        }
        next = if done.len() < GROUP {
            jobs.try_recv().ok()
        } else {
            None
        };
    }
    let committed = execute(connection, "COMMIT");
    if committed.is_err() && !connection.is_autocommit() {
        execute(connection, "ROLLBACK")?;
    }
    committed
}
