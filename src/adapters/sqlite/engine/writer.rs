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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::sqlite::engine::connection::{Layout, open_writer};
    use futures_util::future::join_all;

    /// A writer on a table `t` of a folder of its own, whose database may grow to `pages`.
    fn writer(pages: u32) -> (tempfile::TempDir, Writer) {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::of(folder.path());
        layout.create().unwrap();
        let connection = open_writer(&layout.database()).unwrap();
        connection
            .execute_batch(&format!(
                "CREATE TABLE t (x TEXT); PRAGMA max_page_count = {pages};"
            ))
            .unwrap();
        let checkpointer = Checkpointer::start(&layout.database()).unwrap();
        let writer = Writer::start(connection, checkpointer).unwrap();
        (folder, writer)
    }

    async fn insert(writer: &Writer, text: String) -> Result<usize, Failure> {
        let sql = "INSERT INTO t VALUES (?1)";
        writer.write(move |c| Ok(c.execute(sql, [text])?)).await
    }

    async fn count(writer: &Writer) -> i64 {
        let sql = "SELECT count(*) FROM t";
        let counted = writer.write(|c| Ok(c.query_row(sql, [], |row| row.get(0))?));
        counted.await.unwrap()
    }

    #[tokio::test]
    async fn a_full_disk_is_a_fault_and_what_was_promised_stays() {
        let (_folder, writer) = writer(20);
        insert(&writer, "small".to_owned()).await.unwrap();
        let huge = "x".repeat(200_000);
        let failure = insert(&writer, huge.clone()).await.unwrap_err();
        assert_eq!(failure.kind(), FaultKind::Broken, "{failure:?}");
        assert!(failure.to_string().contains("full"), "{failure}");

        // SQLite rolls back the whole transaction: the neighbours are told, and may try again.
        let texts = (0..9).map(|n| if n == 4 { huge.clone() } else { n.to_string() });
        let results = join_all(texts.map(|text| insert(&writer, text))).await;
        let kept = results.iter().filter(|result| result.is_ok()).count();
        assert!(results[4].is_err());
        for failure in results.iter().filter_map(|result| result.as_ref().err()) {
            let expected = [FaultKind::Broken, FaultKind::Transient];
            assert!(expected.contains(&failure.kind()), "{failure:?}");
        }
        assert_eq!(count(&writer).await, 1 + i64::try_from(kept).unwrap());
        insert(&writer, "again".to_owned()).await.unwrap();
    }

    #[tokio::test]
    async fn after_the_threads_death_calls_fail_and_do_not_hang() {
        let (_folder, writer) = writer(1000);
        assert!(writer.is_alive());
        let died = writer.write(|_| -> Result<(), Failure> { panic!("a bug") });
        assert!(matches!(died.await, Err(Failure::WriterGone)));
        let after = insert(&writer, "late".to_owned()).await;
        assert!(matches!(after, Err(Failure::WriterGone)));
        assert!(!writer.is_alive());
    }

    #[tokio::test]
    async fn a_failed_job_undoes_its_own_work_only() {
        let (_folder, writer) = writer(1000);
        let half = writer.write(|c| -> Result<(), Failure> {
            c.execute("INSERT INTO t VALUES ('half')", [])?;
            Err(Failure::Conflict)
        });
        let (whole, half) = tokio::join!(insert(&writer, "whole".to_owned()), half);
        whole.unwrap();
        assert!(matches!(half, Err(Failure::Conflict)));
        assert_eq!(count(&writer).await, 1);
    }

    #[tokio::test]
    async fn what_is_queued_is_committed_before_the_thread_ends() {
        let (folder, writer) = writer(1000);
        let queued = insert(&writer, "queued".to_owned());
        tokio::select! {
            biased;
            _ = queued => {}
            () = std::future::ready(()) => {}
        }
        drop(writer);
        let file = Connection::open(Layout::of(folder.path()).database()).unwrap();
        let rows: i64 = file
            .query_row("SELECT count(*) FROM t", [], |row| row.get(0))
            .unwrap();
        assert_eq!(rows, 1);
    }
}
