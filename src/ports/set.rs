//! All ports of one backend, as the wiring hands them to the services.

use std::sync::Arc;

use super::archive::Archive;
use super::claim_store::ClaimStore;
use super::clock::Clock;
use super::command_store::CommandStore;
use super::container_store::ContainerStore;
use super::entropy::Entropy;
use super::event_store::EventStore;
use super::fleet::Fleet;
use super::journal_store::JournalStore;
use super::ledger::Ledger;
use super::mailer::Mailer;
use super::note_store::NoteStore;
use super::preview_store::PreviewStore;
use super::queues::Queues;
use super::reply_store::ReplyStore;
use super::retention::Retention;
use super::session_store::SessionStore;
use super::thread_store::ThreadStore;

/// One backend: everything above `adapters/` sees the world through this.
#[derive(Clone)]
#[expect(missing_docs, reason = "each field is the port of its type")]
pub struct Ports {
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub ledger: Arc<dyn Ledger>,
    pub sessions: Arc<dyn SessionStore>,
    pub threads: Arc<dyn ThreadStore>,
    pub containers: Arc<dyn ContainerStore>,
    pub commands: Arc<dyn CommandStore>,
    pub replies: Arc<dyn ReplyStore>,
    pub journal: Arc<dyn JournalStore>,
    pub events: Arc<dyn EventStore>,
    pub claims: Arc<dyn ClaimStore>,
    pub notes: Arc<dyn NoteStore>,
    pub archive: Arc<dyn Archive>,
    pub retention: Arc<dyn Retention>,
    pub queues: Arc<dyn Queues>,
    pub fleet: Arc<dyn Fleet>,
    pub mailer: Arc<dyn Mailer>,
    pub previews: Arc<dyn PreviewStore>,
}

impl std::fmt::Debug for Ports {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ports")
    }
}
