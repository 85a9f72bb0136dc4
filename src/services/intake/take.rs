//! One turn of a mail: find whom it concerns, decide, commit.

use std::sync::Arc;

use tracing::info;

use super::arrival::{Arrival, Case, duplicate, new_row, note_conversation, rule_ids};
use super::judge::note;
use super::memory::Memory;
use super::threading::Found;
use super::{answering, bounce};
use crate::domain::access::Scope;
use crate::domain::ids::{JournalId, ProjectId};
use crate::domain::journal::{Channel, JournalRow, Verdict};
use crate::domain::mail::{Decision, Facts, RuleId, Tripped, TrustedServers, decide};
use crate::ports::Ports;
use crate::ports::archive::Archive;
use crate::ports::claim_store::ClaimStore;
use crate::ports::command_store::CommandStore;
use crate::ports::entropy::Entropy;
use crate::ports::journal_store::JournalStore;
use crate::ports::ledger::Write;
use crate::ports::note_store::NoteStore;
use crate::ports::reply_store::ReplyStore;
use crate::services::acceptance::Acceptor;
use crate::services::addressing::{Addressed, Addressing, Target};
use crate::services::intake_error::{IntakeError, Received};
use crate::services::letters::Letters;
use crate::services::metrics::Metrics;
use crate::services::projects::Projects;
use crate::services::settle;
use crate::services::troubles::Troubles;

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
    pub(super) notes: Arc<dyn NoteStore>,
    pub(super) replies: Arc<dyn ReplyStore>,
    pub(super) commands: Arc<dyn CommandStore>,
    pub(super) archive: Arc<dyn Archive>,
    pub(super) projects: Arc<Projects>,
    pub(super) letters: Letters,
    pub(super) metrics: Arc<Metrics>,
    pub(super) troubles: Arc<Troubles>,
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) trusted: TrustedServers,
    pub(super) public_url: String,
}

/// One turn of a mail: what it does in one of the projects that it was sent to.
pub(super) struct Turn<'a> {
    pub(super) addressing: &'a Addressing,
    pub(super) target: &'a Target,
    pub(super) turns: Turns,
}

/// A turn that is decided, and what was read for it.
pub(super) struct Weighed<'a> {
    pub(super) case: Case<'a>,
    pub(super) decision: Decision,
    pub(super) memory: Memory,
}

/// How many turns a mail takes (T15).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Turns {
    One,
    Several,
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
            notes: Arc::clone(&ports.notes),
            replies: Arc::clone(&ports.replies),
            commands: Arc::clone(&ports.commands),
            archive: Arc::clone(&ports.archive),
            projects,
            letters,
            metrics,
            troubles: Arc::default(),
            entropy: Arc::clone(&ports.entropy),
            trusted: TrustedServers::default(),
            public_url: "http://localhost:3000".to_owned(),
        }
    }

    /// Believes these servers about who has written the mail that callers bring, and the callers no more
    /// (`HERMES_TRUSTED_AUTHSERV`).
    #[must_use]
    pub fn trusting(mut self, servers: TrustedServers) -> Self {
        self.trusted = servers;
        self
    }

    /// Links in mails lead there; no slash at the end.
    #[must_use]
    pub fn reached_at(mut self, public_url: String) -> Self {
        self.public_url = public_url;
        self
    }

    /// Says there what looks like a loop.
    #[must_use]
    pub fn telling(mut self, troubles: Arc<Troubles>) -> Self {
        self.troubles = troubles;
        self
    }

    /// Takes a turn in every project that the mail was sent to (T15). One that fails leaves those before it taken; when
    /// the mail comes again they are duplicates.
    pub(super) async fn take_all(
        &self,
        arrival: &Arrival<'_>,
        addressing: &Addressing,
    ) -> Result<Received, IntakeError> {
        let targets = addressing.targets(arrival.mail, &arrival.tokens);
        let turns = if targets.len() > 1 {
            Turns::Several
        } else {
            Turns::One
        };
        let mut all = Vec::with_capacity(targets.len());
        for target in &targets {
            let turn = Turn {
                addressing,
                target,
                turns,
            };
            all.push(settle!(self.take(arrival, &turn).await)?);
        }
        let mut all = all.into_iter();
        let mut first = all.next().ok_or(IntakeError::NotFound)?;
        first.also = all.collect();
        Ok(first)
    }

    pub(super) fn addressing(&self, scope: &Scope) -> Addressing {
        Addressing::new(
            self.projects.within(scope),
            self.letters.hermes(),
            self.letters.instance(),
        )
    }

    pub(super) async fn take(
        &self,
        arrival: &Arrival<'_>,
        turn: &Turn<'_>,
    ) -> Result<Received, IntakeError> {
        let mail = arrival.mail;
        let addressed = turn.target.address(mail);
        let journal_id = if let Some(row) = &arrival.replayed {
            row.journal_id.clone()
        } else {
            let project = turn.target.id().map_or("", ProjectId::as_str);
            JournalId::derive(project, mail.message_id.as_str(), &mail.content_hash)
        };
        if arrival.replayed.is_none()
            && let Some(row) = self.journal.get(&journal_id).await?
        {
            return Ok(duplicate(row));
        }
        let Weighed {
            case,
            mut decision,
            memory,
        } = self.weigh(arrival, turn, addressed, journal_id).await?;
        let (row, writes) = self.carry_out(&case, &mut decision, memory).await?;
        self.commit(arrival.channel, &decision, row, writes).await
    }

    /// Finds what is decided from, and decides. Nothing is written.
    pub(super) async fn weigh<'a>(
        &self,
        arrival: &'a Arrival<'a>,
        turn: &Turn<'a>,
        addressed: Addressed,
        journal_id: JournalId,
    ) -> Result<Weighed<'a>, IntakeError> {
        let mail = arrival.mail;
        let own = &turn.addressing.own;
        let mut memory = Memory::default();
        let threading = self
            .find_thread(arrival, own, &addressed, &mut memory)
            .await?;
        let mut decision = decide(&Facts {
            mail,
            own,
            screening: arrival.screening,
            authentication: arrival.auth,
            project: addressed.matched.clone(),
            role: addressed.role_by(arrival.auth),
            publishing: addressed.publishing(),
            thread: threading.found.as_ref().map(Found::matched),
        });
        bounce::silence(mail, own, &mut decision);
        let who = answering::of(&decision, mail, &addressed, own);
        note(&mut decision, arrival.ignored, &who.rules);
        if turn.turns == Turns::Several {
            decision.rules.push(RuleId::T15);
        }
        decision.rules.extend(&threading.rules);
        let case = Case {
            arrival,
            own,
            addressed,
            threading,
            who,
            journal_id,
        };
        Ok(Weighed {
            case,
            decision,
            memory,
        })
    }

    /// L15: a decision that would break a limit becomes another one.
    pub(super) async fn check_fuse(
        &self,
        case: &Case<'_>,
        decision: &mut Decision,
        memory: &mut Memory,
    ) -> Result<Option<Tripped>, IntakeError> {
        if matches!(
            decision.verdict,
            Verdict::Instruct | Verdict::Command | Verdict::Refuse
        ) {
            self.recall(&case.addressed, memory).await?;
        }
        Ok(self.guard(case.arrival, decision, memory))
    }

    /// What is written because of a decision, beside its journal row.
    async fn carry_out(
        &self,
        case: &Case<'_>,
        decision: &mut Decision,
        mut memory: Memory,
    ) -> Result<(JournalRow, Vec<Write>), IntakeError> {
        let tripped = self.check_fuse(case, decision, &mut memory).await?;
        let mut row = new_row(case, decision, self.acceptor.now());
        let writes = match decision.verdict {
            Verdict::Instruct => self.accept(case, decision, memory, &mut row).await?,
            Verdict::Refuse => self.refuse(case, decision, memory, &row).await?,
            Verdict::Silent => {
                note_conversation(case, decision, &mut row);
                self.count_bounce(case, decision, &mut row).await?
            }
            Verdict::Hold => match tripped {
                Some(tripped) => self.tell_of_hold(case, decision, &row, memory, tripped),
                None => self.hold(case, decision, &row).await?,
            },
            Verdict::Command => self.obey(case, decision, memory, &mut row).await?,
            Verdict::Poison => Vec::new(),
        };
        row.rules = rule_ids(&decision.rules);
        Ok((row, writes))
    }

    async fn commit(
        &self,
        channel: Channel,
        decision: &Decision,
        row: JournalRow,
        mut writes: Vec<Write>,
    ) -> Result<Received, IntakeError> {
        let received = Received {
            also: Vec::new(),
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
