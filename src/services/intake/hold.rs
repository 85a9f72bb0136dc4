//! A mail is kept until its member says that it is theirs (A6, A9).

use serde_json::to_string;

use super::arrival::{Case, language};
use super::take::Intake;
use crate::domain::claim::{Claim, ClaimKey};
use crate::domain::confirmation::{ConfirmToken, Fingerprint, HeldMail, KEPT, PLACES};
use crate::domain::journal::JournalRow;
use crate::domain::mail::{Decision, EmailAddress, RuleId};
use crate::domain::reply::Reply;
use crate::domain::time::Timestamp;
use crate::ports::ledger::Write;
use crate::services::intake_error::IntakeError;
use crate::services::letters::Asked;

impl Intake {
    /// Asks the member at the stored address whether the mail is theirs, once a day; later mails of the day are put
    /// behind the same link. Nothing is ever sent to anybody else about mail that is not proven (L18).
    pub(super) async fn hold(
        &self,
        case: &Case<'_>,
        decision: &mut Decision,
        row: &JournalRow,
    ) -> Result<Vec<Write>, IntakeError> {
        let (arrival, addressed) = (case.arrival, &case.addressed);
        // unsolicited mail is held without a question (E6)
        let is_about_sender = decision.rules.contains(&RuleId::A6);
        let (Some(member), true, None) = (&addressed.member, is_about_sender, &arrival.replayed)
        else {
            return Ok(Vec::new());
        };
        let now = self.acceptor.now();
        let words = decision.instruction.as_deref().unwrap_or_default();
        let recipients = arrival.mail.handover.recipients.clone();
        let held = HeldMail::new(row.journal_id.clone(), recipients, words);
        let Ok(value) = to_string(&held) else {
            return Ok(Vec::new());
        };
        let claim = |key, value| {
            Write::Claim(Claim {
                key,
                value,
                claimed_at: now,
                expires_at: now + KEPT,
            })
        };
        let asked = ClaimKey::asked(member.as_str());
        if let Some(before) = self.claims.get(&asked, now).await? {
            decision.rules.push(RuleId::L18);
            let place = self
                .free_place(&Fingerprint::stored(before.value), now)
                .await?;
            return Ok(place.map(|key| claim(key, value)).into_iter().collect());
        }
        let token = ConfirmToken::mint(self.entropy.bits(), self.entropy.bits());
        let kept = token.fingerprint();
        let Some(question) = self.question(case, member, words, &token, row) else {
            return Ok(Vec::new());
        };
        Ok(vec![
            claim(ClaimKey::held(&kept, 0), value),
            claim(asked, kept.as_str().to_owned()),
            Write::Reply(Box::new(question)),
        ])
    }

    /// The first place behind a link that no message has; none when all are taken.
    async fn free_place(
        &self,
        kept: &Fingerprint,
        now: Timestamp,
    ) -> Result<Option<ClaimKey>, IntakeError> {
        for place in 0..PLACES {
            let key = ClaimKey::held(kept, place);
            if self.claims.get(&key, now).await?.is_none() {
                return Ok(Some(key));
            }
        }
        Ok(None)
    }

    fn question(
        &self,
        case: &Case<'_>,
        member: &EmailAddress,
        words: &str,
        token: &ConfirmToken,
        row: &JournalRow,
    ) -> Option<Reply> {
        let now = self.acceptor.now();
        let asked = Asked {
            member,
            message_id: &case.arrival.mail.message_id,
            journal_id: &row.journal_id,
            language: language(case, words),
            url: format!("{}/hermes/confirm/{}", self.public_url, token.as_str()),
        };
        let letter = self.letters.question(asked, now)?;
        let reply_id = letter.reply_id.clone();
        let journal_id = row.journal_id.clone();
        Some(Reply::of_message(reply_id, journal_id, letter, now))
    }
}
