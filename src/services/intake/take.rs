//! The way of every mail: parse, find whom it concerns, decide, commit.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use tracing::info;

use super::arrival::{Arrival, Handed, duplicate, new_row, not_a_mail};
use super::files::KeptBefore;
use super::threading::{addressed_thread, candidate_keys, continues};
use crate::domain::access::Scope;
use crate::domain::blob::BlobId;
use crate::domain::ids::{JournalId, ProjectId};
use crate::domain::journal::{Channel, JournalRow, Verdict};
use crate::domain::mail::envelope::{SesMail, prove};
use crate::domain::mail::{Authentication, Decision, Facts, InboundMail, Screening, decide, parse};
use crate::ports::Ports;
use crate::ports::archive::Archive;
use crate::ports::claim_store::ClaimStore;
use crate::ports::journal_store::JournalStore;
use crate::ports::ledger::Write;
use crate::ports::reply_store::ReplyStore;
use crate::services::acceptance::Acceptor;
use crate::services::addressing::Addressing;
use crate::services::intake_error::{IntakeError, Received};
use crate::services::letters::Letters;
use crate::services::metrics::Metrics;
use crate::services::projects::Projects;
use crate::services::settle;

/// Whether a replay acts on a message that has a command already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Force {
    /// It does.
    Yes,
    /// It does not.
    No,
}

/// Takes mails in.
pub struct Intake {
    pub(super) acceptor: Acceptor,
    pub(super) journal: Arc<dyn JournalStore>,
    pub(super) claims: Arc<dyn ClaimStore>,
    pub(super) replies: Arc<dyn ReplyStore>,
    pub(super) archive: Arc<dyn Archive>,
    pub(super) projects: Arc<Projects>,
    pub(super) letters: Letters,
    pub(super) metrics: Arc<Metrics>,
}

impl Intake {
    /// Over these ports.
    pub fn new(
        ports: &Ports,
        acceptor: Acceptor,
        projects: Arc<Projects>,
        letters: Letters,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self {
            acceptor,
            journal: Arc::clone(&ports.journal),
            claims: Arc::clone(&ports.claims),
            replies: Arc::clone(&ports.replies),
            archive: Arc::clone(&ports.archive),
            projects,
            letters,
            metrics,
        }
    }

    /// Takes one mail in. The answer means that what it tells is durable. Projects outside the `scope` of who brings it
    /// do not exist for it (invariant 7): a vouched sender is vouched for to them only.
    pub async fn receive(
        &self,
        raw: Bytes,
        channel: Channel,
        auth: Authentication,
        scope: &Scope,
    ) -> Result<Received, IntakeError> {
        let mail = parse(&raw).map_err(not_a_mail)?;
        let handed = Handed {
            channel,
            auth,
            screening: Screening::Clean,
        };
        self.take_in(raw, &mail, handed, scope).await
    }

    /// Takes one mail in that SES has received, by what SES says about it. The notification is from the mail queue:
    /// nobody else may tell who has proven to be the sender (A3).
    pub async fn receive_from_ses(
        &self,
        raw: Bytes,
        notice: &SesMail,
    ) -> Result<Received, IntakeError> {
        let mail = parse(&raw).map_err(not_a_mail)?;
        let mail = mail.with_handover(notice.handover());
        let handed = Handed {
            channel: Channel::Ses,
            auth: prove(notice, &mail),
            screening: notice.screening(),
        };
        self.take_in(raw, &mail, handed, &Scope::All).await
    }

    async fn take_in(
        &self,
        raw: Bytes,
        mail: &InboundMail,
        handed: Handed,
        scope: &Scope,
    ) -> Result<Received, IntakeError> {
        let begun = Instant::now();
        let bytes = raw.len() as u64;
        let raw = match handed.screening {
            // what is harmful is dropped (E6): only the hash of it stays
            Screening::Virus => BlobId::of(&raw),
            Screening::Clean | Screening::Unscanned | Screening::Spam => {
                self.archive.put(raw, self.acceptor.now()).await?
            }
        };
        let arrival = Arrival {
            mail,
            raw,
            bytes,
            channel: handed.channel,
            auth: handed.auth,
            screening: handed.screening,
            scope,
            replayed: None,
            kept: KeptBefore::default(),
        };
        let received = settle!(self.take(&arrival).await)?;
        self.metrics
            .accepted(handed.channel, begun.elapsed().as_secs_f64());
        Ok(received)
    }

    /// Decides again about a message in the journal, by the rules and projects of now.
    pub async fn replay(
        &self,
        id: &JournalId,
        force: Force,
        auth: Authentication,
        scope: &Scope,
    ) -> Result<Received, IntakeError> {
        settle!(self.try_replay(id, force, auth, scope).await)
    }

    async fn try_replay(
        &self,
        id: &JournalId,
        force: Force,
        auth: Authentication,
        scope: &Scope,
    ) -> Result<Received, IntakeError> {
        let row = self.journal.get(id).await?;
        let row = row
            .filter(|row| self.projects.covered(scope, row.project_id.as_ref()))
            .ok_or(IntakeError::NotFound)?;
        if let Some(command_id) = row.command_id.clone().filter(|_| force == Force::No) {
            return Err(IntakeError::HasCommand(command_id));
        }
        let raw = self
            .archive
            .get(&row.raw)
            .await?
            .ok_or(IntakeError::RawGone)?;
        let mail = parse(&raw).map_err(not_a_mail)?;
        let arrival = Arrival {
            mail: &mail,
            raw: row.raw.clone(),
            bytes: row.bytes,
            channel: Channel::Replay,
            auth,
            screening: Screening::Clean, // whoever asks for it has looked
            scope,
            replayed: Some(row),
            kept: KeptBefore::default(),
        };
        self.take(&arrival).await
    }

    async fn take(&self, arrival: &Arrival<'_>) -> Result<Received, IntakeError> {
        let mail = arrival.mail;
        let addressing = Addressing::new(
            self.projects.within(arrival.scope),
            self.letters.hermes(),
            self.letters.instance(),
        );
        let keys = candidate_keys(mail, &addressing);
        let thread = self.resolve(mail, &addressing, keys).await?;
        let addressed = addressing.address(mail, thread.as_ref());
        let project_id = addressed.project.as_ref().map(|project| project.id.clone());
        let journal_id = if let Some(row) = &arrival.replayed {
            row.journal_id.clone()
        } else {
            let project = project_id.as_ref().map_or("", ProjectId::as_str);
            JournalId::derive(project, mail.message_id.as_str(), &mail.content_hash)
        };
        if arrival.replayed.is_none()
            && let Some(row) = self.journal.get(&journal_id).await?
        {
            return Ok(duplicate(row));
        }
        let thread = thread.filter(|thread| continues(thread, &addressed));
        let decision = decide(&Facts {
            mail,
            own: &addressing.own,
            screening: arrival.screening,
            authentication: arrival.auth,
            project: addressed.matched.clone(),
            role: addressed.role,
            thread: thread.as_ref().map(addressed_thread),
        });
        let mut row = new_row(
            arrival,
            &journal_id,
            &addressed,
            &decision,
            self.acceptor.now(),
        );
        let writes = match decision.verdict {
            Verdict::Instruct => {
                self.accept(arrival, &addressed, &decision, thread, &mut row)
                    .await?
            }
            Verdict::Refuse => self.refuse(arrival, &decision, &row).await?,
            Verdict::Command | Verdict::Silent | Verdict::Hold | Verdict::Poison => Vec::new(),
        };
        self.commit(arrival.channel, &decision, row, writes).await
    }

    async fn commit(
        &self,
        channel: Channel,
        decision: &Decision,
        row: JournalRow,
        mut writes: Vec<Write>,
    ) -> Result<Received, IntakeError> {
        let received = Received {
            message_id: row.message_id.clone(),
            journal_id: row.journal_id.clone(),
            verdict: row.verdict,
            duplicate: false,
            session_id: row.session_id.clone(),
            command_id: row.command_id.clone(),
            rules: row.rules.clone(),
        };
        writes.push(Write::Journal(Box::new(row)));
        self.acceptor.ledger.commit(writes).await?;
        self.metrics
            .mail(channel, decision.verdict, &decision.rules);
        info!(
            message.id = %received.journal_id,
            verdict = decision.verdict.as_str(),
            "{}: {} ({})", received.journal_id, decision.verdict.as_str(), decision.reason,
        );
        Ok(received)
    }
}

impl std::fmt::Debug for Intake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Intake")
    }
}
