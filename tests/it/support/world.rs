//! One backend's stores, as contract checks see them.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hermes::adapters::folder::FolderPreviews;
use hermes::adapters::sqlite::SqliteStore;
use hermes::domain::time::Timestamp;
use hermes::ports::archive::Archive;
use hermes::ports::claim_store::ClaimStore;
use hermes::ports::clock::Clock;
use hermes::ports::command_store::CommandStore;
use hermes::ports::container_store::ContainerStore;
use hermes::ports::event_store::EventStore;
use hermes::ports::journal_store::JournalStore;
use hermes::ports::ledger::{CommitError, Ledger, Write};
use hermes::ports::note_store::NoteStore;
use hermes::ports::preview_store::PreviewStore;
use hermes::ports::queues::Queues;
use hermes::ports::reply_store::ReplyStore;
use hermes::ports::retention::Retention;
use hermes::ports::session_store::SessionStore;
use hermes::ports::thread_store::ThreadStore;

use super::ManualClock;

/// Empty stores of one backend, and the clock they look at.
pub(crate) struct World {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) ledger: Arc<dyn Ledger>,
    pub(crate) sessions: Arc<dyn SessionStore>,
    pub(crate) threads: Arc<dyn ThreadStore>,
    pub(crate) containers: Arc<dyn ContainerStore>,
    pub(crate) commands: Arc<dyn CommandStore>,
    pub(crate) replies: Arc<dyn ReplyStore>,
    pub(crate) journal: Arc<dyn JournalStore>,
    pub(crate) events: Arc<dyn EventStore>,
    pub(crate) claims: Arc<dyn ClaimStore>,
    pub(crate) notes: Arc<dyn NoteStore>,
    pub(crate) archive: Arc<dyn Archive>,
    pub(crate) retention: Arc<dyn Retention>,
    pub(crate) queues: Arc<dyn Queues>,
    pub(crate) previews: Arc<dyn PreviewStore>,
    /// What must live as long as the stores.
    pub(crate) _ground: Box<dyn std::any::Any + Send + Sync>,
}

/// The embedded store of a folder, with a clock set by hand.
pub(crate) fn open_store(folder: &Path) -> SqliteStore {
    SqliteStore::open(folder, Arc::new(ManualClock::default())).expect("opens")
}

impl World {
    /// The embedded backend in a folder of its own.
    pub(crate) fn embedded() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(ManualClock::default());
        let store = SqliteStore::open(folder.path(), Arc::<ManualClock>::clone(&clock))
            .map(Arc::new)
            .expect("opens");
        macro_rules! port {
            () => {
                Arc::<SqliteStore>::clone(&store)
            };
        }
        Self {
            clock,
            ledger: port!(),
            sessions: port!(),
            threads: port!(),
            containers: port!(),
            commands: port!(),
            replies: port!(),
            journal: port!(),
            events: port!(),
            claims: port!(),
            notes: port!(),
            archive: port!(),
            retention: port!(),
            queues: port!(),
            previews: Arc::new(FolderPreviews::new(folder.path().join("previews"))),
            _ground: Box::new(folder),
        }
    }

    /// What the clock says.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Moves the clock on.
    pub(crate) fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// Commits writes that must succeed, as one transaction.
    pub(crate) async fn write(&self, writes: impl IntoIterator<Item = Write>) {
        self.try_write(writes).await.expect("commits");
    }

    /// Commits writes as one transaction.
    pub(crate) async fn try_write(
        &self,
        writes: impl IntoIterator<Item = Write>,
    ) -> Result<(), CommitError> {
        self.ledger.commit(writes.into_iter().collect()).await
    }

    /// Commits writes of which at least one must not hold.
    pub(crate) async fn conflict(&self, writes: impl IntoIterator<Item = Write>) {
        let result = self.try_write(writes).await;
        assert!(
            matches!(result, Err(CommitError::Conflict)),
            "must conflict: {result:?}"
        );
    }
}
