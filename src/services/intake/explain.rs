//! What would be decided about a mail; nothing is written.

use super::arrival::Arrival;
use super::files::KeptBefore;
use super::take::{Intake, Turn, Turns, Weighed};
use crate::domain::access::Scope;
use crate::domain::blob::BlobId;
use crate::domain::ids::{JournalId, ProjectId};
use crate::domain::journal::Channel;
use crate::domain::mail::{Evidence, Explained, InboundMail, Screening, explain};
use crate::services::intake_error::IntakeError;

impl Intake {
    /// Decides about a mail as if it came now, with this known of its sender. Of a mail to several projects the first
    /// turn is told.
    pub async fn explain(
        &self,
        mail: &InboundMail,
        evidence: Evidence,
        screening: Screening,
    ) -> Result<Explained, IntakeError> {
        let scope = Scope::All;
        let seen = self.judge(mail, &evidence, &scope);
        let addressing = self.addressing(&scope);
        let arrival = Arrival {
            mail: &seen.mail,
            raw: BlobId::of(&[]),
            bytes: 0,
            channel: Channel::Http,
            auth: seen.auth,
            ignored: seen.ignored,
            screening,
            tokens: self.threads_of_tokens(mail, &addressing.own).await?,
            replayed: None,
            kept: KeptBefore::default(),
        };
        let targets = addressing.targets(mail, &arrival.tokens);
        let target = targets.first().ok_or(IntakeError::NotFound)?;
        let turn = Turn {
            addressing: &addressing,
            target,
            turns: if targets.len() > 1 {
                Turns::Several
            } else {
                Turns::One
            },
        };
        let project = target.id().map_or("", ProjectId::as_str);
        let journal_id = JournalId::derive(project, mail.message_id.as_str(), &mail.content_hash);
        let addressed = target.address(&seen.mail);
        let Weighed {
            case,
            mut decision,
            mut memory,
        } = self.weigh(&arrival, &turn, addressed, journal_id).await?;
        self.check_fuse(&case, &mut decision, &mut memory).await?;
        Ok(explain(case.arrival.mail, case.own, decision))
    }
}
