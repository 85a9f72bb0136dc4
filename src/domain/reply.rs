//! Outgoing mails: one a command or message, until it is handed over.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::ids::{CommandId, JournalId, ReplyId, SessionId};

use super::mail::Letter;
use super::time::Timestamp;

/// How far an answer has come. The record is made with the outcome it tells, in the same transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "state")]
pub enum ReplyState {
    /// To be sent.
    Pending,
    /// Being sent since; older than two minutes it is sent again with the same Message-ID.
    Sending {
        /// When sending began.
        since: Timestamp,
    },
    /// Handed over.
    Sent {
        /// The name under which the other side knows it.
        id: String,
        /// When.
        at: Timestamp,
    },
    /// Given up.
    Failed {
        /// Why.
        why: String,
    },
}

/// After this a mail in `Sending` is taken for lost (`design.md` section 7).
pub const SENDING_TIMEOUT: Duration = Duration::from_mins(2);

/// One outgoing mail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    missing_docs,
    reason = "the undocumented fields are the ids of their types"
)]
pub struct Reply {
    pub reply_id: ReplyId,
    pub session_id: Option<SessionId>,
    pub command_id: Option<CommandId>,
    pub journal_id: Option<JournalId>,
    /// What it says; rendered only when it is sent, always the same way.
    pub letter: Letter,
    #[serde(flatten)]
    pub state: ReplyState,
    /// When to try (again); `None` once it is sent or given up.
    pub due_at: Option<Timestamp>,
    /// Tries so far.
    pub attempts: u32,
    pub created_at: Timestamp,
    /// Counts the writes of this record.
    pub version: u64,
}

impl Reply {
    /// The answer to a message that became no command, to be sent at once.
    pub fn of_message(
        reply_id: ReplyId,
        journal_id: JournalId,
        letter: Letter,
        now: Timestamp,
    ) -> Self {
        Self {
            reply_id,
            session_id: None,
            command_id: None,
            journal_id: Some(journal_id),
            letter,
            state: ReplyState::Pending,
            due_at: Some(now),
            attempts: 0,
            created_at: now,
            version: 0,
        }
    }
}

/// Tries after which the waits no longer grow.
const SETTLED: u32 = 7;

/// The wait before the next try where every mail is held up until an operator acts, and the tries that count from then on:
/// such a mail is not given up, and has its day of tries when the way is free.
pub fn retry_blocked(attempts: u32) -> (Duration, u32) {
    let counted = attempts.min(SETTLED);
    (retry_delay(counted).unwrap_or(LONGEST), counted)
}

/// The longest wait between two tries.
const LONGEST: Duration = Duration::from_mins(10);

/// Waits between tries: 5 s doubling to 10 minutes; given up after a day.
pub fn retry_delay(attempts: u32) -> Option<Duration> {
    const LAST: u32 = 150; // 8 tries in the first 10 minutes, then one every 10 minutes for a day
    (attempts < LAST).then(|| {
        let doubled = 5_u64.saturating_mul(1_u64.checked_shl(attempts.min(16)).unwrap_or(u64::MAX));
        Duration::from_secs(doubled).min(LONGEST)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_get_rarer_and_end() {
        assert_eq!(retry_delay(0), Some(Duration::from_secs(5)));
        assert_eq!(retry_delay(3), Some(Duration::from_secs(40)));
        assert_eq!(retry_delay(100), Some(Duration::from_mins(10)));
        assert_eq!(retry_delay(150), None);
    }

    #[test]
    fn what_an_operator_holds_up_is_tried_for_ever() {
        assert_eq!(retry_blocked(0), (Duration::from_secs(5), 0));
        assert_eq!(retry_blocked(3), (Duration::from_secs(40), 3));
        assert_eq!(retry_blocked(1_000_000), (LONGEST, SETTLED));
    }
}
