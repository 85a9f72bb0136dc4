//! A mail is answered instead of carried out (L18).

use std::time::Duration;

use super::arrival::{Case, origin};
use super::memory::Memory;
use super::take::Intake;
use crate::domain::claim::{Claim, ClaimKey};
use crate::domain::ids::ReplyId;
use crate::domain::journal::JournalRow;
use crate::domain::mail::{Decision, Letter, RefusalReason, RuleId};
use crate::domain::reply::Reply;
use crate::domain::time::Timestamp;
use crate::ports::ledger::Write;
use crate::services::intake_error::IntakeError;

/// One refusal per address and reason in this time: a day and an hour (L18).
const REFUSAL_PAUSE: Duration = Duration::from_hours(25);

impl Intake {
    /// At most one refusal per address and reason a day (L18), and few answers of this kind at all (L15, L19); only
    /// authenticated senders get here.
    pub(super) async fn refuse(
        &self,
        case: &Case<'_>,
        decision: &mut Decision,
        memory: Memory,
        row: &JournalRow,
    ) -> Result<Vec<Write>, IntakeError> {
        let arrival = case.arrival;
        let (Some(reason), Some(origin)) = (decision.refusal, origin(case, decision, row)) else {
            return Ok(Vec::new());
        };
        let now = self.acceptor.now();
        let key = ClaimKey::refusal(origin.from.as_str(), reason.as_str());
        if asks_once(reason) && self.claims.get(&key, now).await?.is_some() {
            decision.rules.push(RuleId::L18);
            return Ok(Vec::new());
        }
        let reply_id = ReplyId::for_message(&row.journal_id);
        if arrival.replayed.is_some() && self.replies.get(&reply_id).await?.is_some() {
            return Ok(Vec::new());
        }
        let mut talks = memory.talks();
        if let Err(tripped) = talks.ack(&arrival.mail.subject_key, now) {
            decision.rules.push(RuleId::L15);
            self.alert(row, tripped);
            return Ok(Vec::new());
        }
        let Some(letter) = self.letters.refusal(reason, &origin, now) else {
            return Ok(Vec::new());
        };
        let reply = refusal_reply(row, letter, now);
        let mut writes = vec![Write::Reply(Box::new(reply))];
        writes.extend(memory.write(&talks, now));
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

/// The answer to a mail that became no command.
pub(super) fn refusal_reply(row: &JournalRow, letter: Letter, now: Timestamp) -> Reply {
    let reply_id = ReplyId::for_message(&row.journal_id);
    Reply::of_message(reply_id, row.journal_id.clone(), letter, now)
}

/// Questions are outcomes of one message each; refusals of a sender repeat themselves.
fn asks_once(reason: RefusalReason) -> bool {
    match reason {
        RefusalReason::NotAMember
        | RefusalReason::Viewer
        | RefusalReason::NoSuchProject
        | RefusalReason::EmptyMessage
        | RefusalReason::Encrypted
        | RefusalReason::NotAPublisher
        | RefusalReason::ProofToPublish => true,
        // what is held is told by the fuse, which counts itself
        RefusalReason::SeveralProjects
        | RefusalReason::AttachmentsOnly
        | RefusalReason::TooMany => false,
    }
}
