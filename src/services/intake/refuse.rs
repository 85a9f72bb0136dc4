//! A mail is answered instead of carried out (L18).

use std::time::Duration;

use super::arrival::{Arrival, origin};
use super::take::Intake;
use crate::domain::claim::{Claim, ClaimKey};
use crate::domain::ids::ReplyId;
use crate::domain::journal::JournalRow;
use crate::domain::mail::{Decision, RefusalReason};
use crate::domain::reply::{Reply, ReplyState};
use crate::ports::ledger::Write;
use crate::services::intake_error::IntakeError;

/// One refusal per address and reason in this time: a day and an hour (L18).
const REFUSAL_PAUSE: Duration = Duration::from_hours(25);

impl Intake {
    /// At most one refusal per address and reason a day (L18); only authenticated senders get here.
    pub(super) async fn refuse(
        &self,
        arrival: &Arrival<'_>,
        decision: &Decision,
        row: &JournalRow,
    ) -> Result<Vec<Write>, IntakeError> {
        let (Some(reason), Some(origin)) = (decision.refusal, origin(arrival, decision, None, row))
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
