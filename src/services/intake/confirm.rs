//! What a member says of held messages behind the link (A6).

use tracing::warn;

use super::arrival::not_a_mail;
use super::take::Intake;
use crate::domain::access::Scope;
use crate::domain::claim::ClaimKey;
use crate::domain::confirmation::{ConfirmToken, HeldMail, PLACES};
use crate::domain::ids::JournalId;
use crate::domain::journal::{Channel, JournalRow, Verdict};
use crate::domain::mail::{Authentication, Handover, RuleId, parse};
use crate::ports::fault::Fault;
use crate::ports::ledger::Write;
use crate::services::intake_error::IntakeError;
use crate::services::settle;

/// A message behind a link, and what has become of it.
#[derive(Clone, PartialEq, Eq)]
pub struct HeldMessage {
    /// The claim.
    pub held: HeldMail,
    /// The journal row as it is now.
    pub row: JournalRow,
}

impl HeldMessage {
    /// Whether it still waits for a word.
    pub fn is_waiting(&self) -> bool {
        self.row.verdict == Verdict::Hold
    }
}

impl std::fmt::Debug for HeldMessage {
    /// Without words and addresses.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.held.fmt(f)
    }
}

/// What the member says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claimed {
    /// "I wrote it": it is decided again and carried out.
    Mine,
    /// "I did not": it is discarded.
    NotMine,
}

impl Intake {
    /// The messages behind a link, in the order in which they came; none for a link that is void.
    pub async fn held(&self, token: &ConfirmToken) -> Result<Vec<HeldMessage>, Fault> {
        let kept = token.fingerprint();
        let now = self.acceptor.now();
        let mut messages = Vec::new();
        for place in 0..PLACES {
            let Some(claim) = self.claims.get(&ClaimKey::held(&kept, place), now).await? else {
                continue;
            };
            let Ok(held) = serde_json::from_str::<HeldMail>(&claim.value) else {
                continue;
            };
            if let Some(row) = self.journal.get(&held.journal_id).await? {
                messages.push(HeldMessage { held, row });
            }
        }
        Ok(messages)
    }

    /// Takes the member's word about one of them. What was said before stays: the second word has no effect.
    pub async fn confirm(
        &self,
        token: &ConfirmToken,
        journal_id: &JournalId,
        claimed: Claimed,
    ) -> Result<(), IntakeError> {
        settle!(self.try_confirm(token, journal_id, claimed).await)
    }

    async fn try_confirm(
        &self,
        token: &ConfirmToken,
        journal_id: &JournalId,
        claimed: Claimed,
    ) -> Result<(), IntakeError> {
        let messages = self.held(token).await?;
        let message = messages
            .into_iter()
            .find(|message| message.held.journal_id == *journal_id)
            .ok_or(IntakeError::NotFound)?;
        if !message.is_waiting() {
            return Ok(());
        }
        match claimed {
            Claimed::Mine => self.release(message).await,
            Claimed::NotMine => self.disown(message.row).await,
        }
    }

    /// Decides again, with the member's word for it.
    async fn release(&self, message: HeldMessage) -> Result<(), IntakeError> {
        let HeldMessage { held, row } = message;
        let scope = self.tenant_of(&row);
        let raw = self.archive.get(&row.raw).await?;
        let mail = parse(&raw.ok_or(IntakeError::RawGone)?).map_err(not_a_mail)?;
        let mail = if held.recipients.is_empty() {
            mail
        } else {
            mail.with_handover(Handover {
                recipients: held.recipients,
                is_bounce: false, // a bounce is never held (L2)
            })
        };
        let taken = self
            .take_again(row, &mail, Authentication::Confirmed, &scope)
            .await;
        taken.map(drop)
    }

    /// Whoever brought the mail may have done so for this client only (invariant 7): no other's project is found now.
    fn tenant_of(&self, row: &JournalRow) -> Scope {
        let projects = self.projects.all();
        let project = projects
            .iter()
            .find(|project| Some(&project.id) == row.project_id.as_ref());
        Scope::Clients(
            project
                .map(|project| project.client.clone())
                .into_iter()
                .collect(),
        )
    }

    async fn disown(&self, mut row: JournalRow) -> Result<(), IntakeError> {
        let id = row.journal_id.clone();
        row.verdict = Verdict::Silent;
        "the member says that somebody else has written it".clone_into(&mut row.reason);
        self.acceptor
            .ledger
            .commit(vec![Write::Journal(Box::new(row))])
            .await?;
        self.metrics
            .mail(Channel::Replay, Verdict::Silent, &[RuleId::A6]);
        warn!(message.id = %id, "{id} came under a member's name, and the member says that it is not theirs");
        Ok(())
    }
}
