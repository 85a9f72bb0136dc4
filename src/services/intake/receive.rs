//! The doors of every mail: a caller, the mail queue, and the journal, where it waits to be decided again.

use std::time::Instant;

use bytes::Bytes;

use super::arrival::{Arrival, Handed, not_a_mail};
use super::files::KeptBefore;
use super::take::{Force, Intake, Turn, Turns};
use crate::domain::access::Scope;
use crate::domain::blob::BlobId;
use crate::domain::ids::JournalId;
use crate::domain::journal::{Channel, JournalRow};
use crate::domain::mail::envelope::SesMail;
use crate::domain::mail::{Authentication, Evidence, InboundMail, Screening, parse};
use crate::services::addressing::Target;
use crate::services::intake_error::{IntakeError, Received};
use crate::services::settle;

impl Intake {
    /// Takes one mail in that a caller brings, with the caller's word for its sender. The answer means that what it tells is
    /// durable. Projects outside the `scope` of who brings it do not exist for it (invariant 7): a vouched sender is vouched for to them only.
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
            evidence: self.evidence(auth, &mail),
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
            evidence: Evidence::Checked(notice.findings(&mail)),
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
        let seen = self.judge(mail, &handed.evidence, scope);
        let bytes = raw.len() as u64;
        let raw = match handed.screening {
            // what is harmful is dropped (E6): only the hash of it stays
            Screening::Virus => BlobId::of(&raw),
            Screening::Clean | Screening::Unscanned | Screening::Spam => {
                self.archive.put(raw, self.acceptor.now()).await?
            }
        };
        let addressing = self.addressing(scope);
        let arrival = Arrival {
            mail: &seen.mail,
            raw,
            bytes,
            channel: handed.channel,
            auth: seen.auth,
            ignored: seen.ignored,
            screening: handed.screening,
            tokens: self.threads_of_tokens(mail, &addressing.own).await?,
            replayed: None,
            kept: KeptBefore::default(),
        };
        let received = self.take_all(&arrival, &addressing).await?;
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
        self.take_again(row, &mail, auth, scope).await
    }

    /// Decides again about a mail of the journal, whose sender somebody has spoken for.
    pub(super) async fn take_again(
        &self,
        row: JournalRow,
        mail: &InboundMail,
        auth: Authentication,
        scope: &Scope,
    ) -> Result<Received, IntakeError> {
        let addressing = self.addressing(scope);
        let arrival = Arrival {
            mail,
            raw: row.raw.clone(),
            bytes: row.bytes,
            channel: Channel::Replay,
            auth,
            ignored: None,
            screening: Screening::Clean, // whoever asks for it has looked, and what is not clean is not held for its sender (E6)
            tokens: self.threads_of_tokens(mail, &addressing.own).await?,
            replayed: Some(row.clone()),
            kept: KeptBefore::default(),
        };
        let targets = addressing.targets(mail, &arrival.tokens);
        // of a mail to several projects this row is about one
        let is_its = |target: &&Target| target.id() == row.project_id.as_ref();
        let target = targets.iter().find(is_its).or(targets.first());
        let turn = Turn {
            addressing: &addressing,
            target: target.ok_or(IntakeError::NotFound)?,
            turns: Turns::One,
        };
        self.take(&arrival, &turn).await
    }
}
