//! Mail in: decide, then accept, refuse, hold or keep silent; each message once (E9).

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tracing::info;

use super::acceptance::{Acceptor, Instruction};
use super::addressing::{Addressed, Addressing};
use super::intake_error::{IntakeError, Received};
use super::letters::Letters;
use super::metrics::Metrics;
use super::projects::Projects;
use super::settle;
use crate::domain::access::Scope;
use crate::domain::blob::BlobId;
use crate::domain::claim::{Claim, ClaimKey};
use crate::domain::command::{MailOrigin, Source};
use crate::domain::ids::{JournalId, ProjectId, ReplyId, UserId};
use crate::domain::journal::{Channel, JournalRow, Verdict};
use crate::domain::mail::envelope::{SesMail, prove};
use crate::domain::mail::{
    Authentication, Candidate, Decision, EmailAddress, Facts, InboundMail, MessageId, NotAMail,
    RefusalReason, Screening, candidates, decide, parse,
};
use crate::domain::reply::{Reply, ReplyState};
use crate::domain::thread::{PointerKey, Thread};
use crate::domain::time::Timestamp;
use crate::ports::Ports;
use crate::ports::archive::Archive;
use crate::ports::claim_store::ClaimStore;
use crate::ports::fault::Fault;
use crate::ports::journal_store::JournalStore;
use crate::ports::ledger::Write;
use crate::ports::reply_store::ReplyStore;

/// One refusal per address and reason in this time: a day and an hour (L18).
const REFUSAL_PAUSE: Duration = Duration::from_hours(25);

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
    acceptor: Acceptor,
    journal: Arc<dyn JournalStore>,
    claims: Arc<dyn ClaimStore>,
    replies: Arc<dyn ReplyStore>,
    archive: Arc<dyn Archive>,
    projects: Arc<Projects>,
    letters: Letters,
    metrics: Arc<Metrics>,
}

/// A parsed mail on its way through a decision.
struct Arrival<'a> {
    mail: &'a InboundMail,
    raw: BlobId,
    bytes: u64,
    channel: Channel,
    auth: Authentication,
    screening: Screening,
    scope: &'a Scope,
    /// The journal row that is decided again.
    replayed: Option<JournalRow>,
}

/// How a mail came in.
#[derive(Clone, Copy)]
struct Handed {
    channel: Channel,
    auth: Authentication,
    screening: Screening,
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
            Screening::Clean | Screening::Spam => {
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

    /// The thread of the first candidate that leads to one; last of all the mail's own id, which a reply that
    /// overtook it may have registered.
    async fn resolve(
        &self,
        mail: &InboundMail,
        addressing: &Addressing,
        keys: Vec<PointerKey>,
    ) -> Result<Option<Thread>, Fault> {
        if let Some(thread) = self.acceptor.resolve(&keys).await? {
            return Ok(Some(thread));
        }
        let Some(project) = addressing.address(mail, None).project else {
            return Ok(None);
        };
        let mut ids: Vec<PointerKey> = candidates(mail, &addressing.own.hermes)
            .iter()
            .filter_map(|candidate| match candidate {
                Candidate::Token(_) => None,
                Candidate::Message(id) => Some(PointerKey::message(&project.id, id.as_str())),
            })
            .collect();
        ids.push(PointerKey::message(&project.id, mail.message_id.as_str()));
        self.acceptor.resolve(&ids).await
    }

    async fn accept(
        &self,
        arrival: &Arrival<'_>,
        addressed: &Addressed,
        decision: &Decision,
        thread: Option<Thread>,
        row: &mut JournalRow,
    ) -> Result<Vec<Write>, IntakeError> {
        let (Some(project), Some(user)) = (&addressed.project, &addressed.user) else {
            return Ok(Vec::new());
        };
        let Some(origin) = origin(arrival.mail, &row.journal_id) else {
            return Ok(Vec::new());
        };
        let mut ids = vec![arrival.mail.message_id.as_str()];
        if thread.is_none() {
            // ids of ours are registered with the answers that have them
            let ours = self.letters.hermes().domain();
            let foreign = |id: &&MessageId| id.domain() != ours;
            let referred = referred(arrival.mail).filter(foreign);
            ids.extend(referred.map(MessageId::as_str));
        }
        // each once: mails refer to themselves too (T13)
        let mut seen = HashSet::new();
        ids.retain(|id| seen.insert(*id));
        let pointers = ids
            .into_iter()
            .map(|id| PointerKey::message(&project.id, id))
            .collect();
        let instruction = Instruction {
            client_id: thread
                .as_ref()
                .map_or_else(|| project.client.clone(), |thread| thread.client_id.clone()),
            project_id: project.id.clone(),
            user_id: user.clone(),
            source: Source::Email,
            text: decision.instruction.clone().unwrap_or_default(),
            mail: Some(origin),
            attachments: Vec::new(),
            pointers,
            subject: Some(arrival.mail.subject_key.clone()),
        };
        let accepted = self.acceptor.prepare(instruction, thread.as_ref()).await?;
        row.session_id = Some(accepted.session.session_id.clone());
        row.thread_id = Some(accepted.session.thread_id.clone());
        row.command_id = Some(accepted.command_id);
        self.metrics
            .activated(arrival.channel, accepted.met.as_str());
        Ok(accepted.writes)
    }

    /// At most one refusal per address and reason a day (L18); only authenticated senders get here.
    async fn refuse(
        &self,
        arrival: &Arrival<'_>,
        decision: &Decision,
        row: &JournalRow,
    ) -> Result<Vec<Write>, IntakeError> {
        let (Some(reason), Some(origin)) =
            (decision.refusal, origin(arrival.mail, &row.journal_id))
        else {
            return Ok(Vec::new());
        };
        let now = self.acceptor.now();
        let key = ClaimKey::refusal(origin.from.as_str(), reason.as_str());
        let repeats = asks_once(reason) && self.claims.get(&key, now).await?.is_some();
        let reply_id = ReplyId::for_message(&row.journal_id);
        let already_answered =
            arrival.replayed.is_some() && self.replies.get(&reply_id).await?.is_some();
        if repeats || already_answered {
            return Ok(Vec::new());
        }
        let Some(letter) = self.letters.refusal(reason, &origin, now) else {
            return Ok(Vec::new());
        };
        let reply = Reply {
            reply_id,
            session_id: None,
            command_id: None,
            journal_id: Some(row.journal_id.clone()),
            letter,
            state: ReplyState::Pending,
            due_at: Some(now),
            attempts: 0,
            created_at: now,
            version: 0,
        };
        let mut writes = vec![Write::Reply(Box::new(reply))];
        if asks_once(reason) {
            let expires_at = now + REFUSAL_PAUSE;
            writes.push(Write::Claim(Claim {
                key,
                value: String::new(),
                claimed_at: now,
                expires_at,
            }));
        }
        Ok(writes)
    }
}

impl std::fmt::Debug for Intake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Intake")
    }
}

/// Questions are outcomes of one message each; refusals of a sender repeat themselves.
fn asks_once(reason: RefusalReason) -> bool {
    match reason {
        RefusalReason::NotAMember
        | RefusalReason::Viewer
        | RefusalReason::NoSuchProject
        | RefusalReason::EmptyMessage
        | RefusalReason::Encrypted => true,
        RefusalReason::SeveralProjects | RefusalReason::AttachmentsOnly => false,
    }
}

/// T6: a thread goes on only for its own user, in its own project.
fn continues(thread: &Thread, addressed: &Addressed) -> bool {
    addressed
        .project
        .as_ref()
        .is_some_and(|project| project.id == thread.project_id)
        && addressed
            .user
            .as_ref()
            .is_some_and(|user| *user == thread.user_id)
}

fn addressed_thread(thread: &Thread) -> crate::domain::mail::MatchedThread {
    crate::domain::mail::MatchedThread {
        thread: thread.thread_id.clone(),
        project: thread.project_id.clone(),
    }
}

/// Keys that need no project: the reply tokens.
fn candidate_keys(mail: &InboundMail, addressing: &Addressing) -> Vec<PointerKey> {
    candidates(mail, &addressing.own.hermes)
        .iter()
        .filter_map(|candidate| match candidate {
            Candidate::Token(token) => Some(PointerKey::token(token)),
            Candidate::Message(_) => None,
        })
        .collect()
}

/// The at most ten ids that a mail refers to, newest first (T1).
fn referred(mail: &InboundMail) -> impl Iterator<Item = &MessageId> {
    const MOST: usize = 10;
    let mut seen = HashSet::new();
    let ids = mail.in_reply_to.iter().chain(mail.references.iter().rev());
    ids.filter(move |id| seen.insert(*id)).take(MOST)
}

fn origin(mail: &InboundMail, journal_id: &JournalId) -> Option<MailOrigin> {
    Some(MailOrigin {
        journal_id: journal_id.clone(),
        from: mail.from.address()?.clone(),
        subject: mail.subject.clone(),
        message_id: mail.message_id.clone(),
        references: mail.references.clone(),
    })
}

fn new_row(
    arrival: &Arrival<'_>,
    journal_id: &JournalId,
    addressed: &Addressed,
    decision: &Decision,
    now: Timestamp,
) -> JournalRow {
    let mail = arrival.mail;
    let before = arrival.replayed.as_ref();
    JournalRow {
        journal_id: journal_id.clone(),
        received_at: before.map_or(now, |row| row.received_at),
        channel: before.map_or(arrival.channel, |row| row.channel),
        message_id: mail.message_id.as_str().to_owned(),
        from: mail.from.address().map(EmailAddress::to_string),
        to: mail
            .recipients
            .iter()
            .map(EmailAddress::to_string)
            .collect(),
        subject: mail.subject.clone(),
        bytes: arrival.bytes,
        project_id: addressed.project.as_ref().map(|project| project.id.clone()),
        verdict: decision.verdict,
        rules: decision
            .rules
            .iter()
            .map(|rule| rule.as_str().to_owned())
            .collect(),
        reason: decision.reason.clone(),
        // what became of it before stays known, whatever is decided now
        session_id: before.and_then(|row| row.session_id.clone()),
        thread_id: before.and_then(|row| row.thread_id.clone()),
        command_id: before.and_then(|row| row.command_id.clone()),
        raw: arrival.raw.clone(),
        replays: before.map_or(0, |row| row.replays.saturating_add(1)),
        version: before.map_or(0, |row| row.version),
    }
}

fn duplicate(row: JournalRow) -> Received {
    Received {
        message_id: row.message_id,
        journal_id: row.journal_id,
        verdict: row.verdict,
        duplicate: true,
        session_id: row.session_id,
        command_id: row.command_id,
        rules: row.rules,
    }
}

fn not_a_mail(why: NotAMail) -> IntakeError {
    IntakeError::NotAMail(why.to_string())
}

/// The user known by a mailbox.
pub(super) fn user_of(address: &EmailAddress) -> UserId {
    UserId::from_address(address.as_str())
}
