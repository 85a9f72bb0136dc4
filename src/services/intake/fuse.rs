//! The fuse: where mails come as only machines send them, nothing is carried out and nothing answered (L15).

use tracing::warn;

use super::arrival::{Arrival, Case, origin};
use super::memory::Memory;
use super::refuse::refusal_reply;
use super::take::Intake;
use crate::domain::ids::ThreadId;
use crate::domain::journal::{JournalRow, Verdict};
use crate::domain::mail::{Decision, RefusalReason, RuleId, Tripped, Words};
use crate::ports::ledger::Write;
use crate::services::troubles::Trouble;

impl Intake {
    /// Holds a mail that would break a limit. Who asks to have a mail decided again has looked at it.
    pub(super) fn guard(
        &self,
        arrival: &Arrival<'_>,
        decision: &mut Decision,
        memory: &Memory,
    ) -> Option<Tripped> {
        let is_turn = matches!(decision.verdict, Verdict::Instruct | Verdict::Command);
        if !is_turn || arrival.replayed.is_some() {
            return None;
        }
        let now = self.acceptor.now();
        let checked = memory
            .talks()
            .check(decision.thread.as_ref(), words(arrival, decision), now);
        let tripped = checked.err()?;
        decision.verdict = Verdict::Hold;
        decision.rules.push(RuleId::L15);
        decision.reason = format!(
            "{}; from {} on such a mail is taken again",
            tripped.limit.reason(),
            tripped.until.rfc3339()
        );
        Some(tripped)
    }

    /// Tells operators of a held mail, and its sender, who may be a person, once a day.
    pub(super) fn tell_of_hold(
        &self,
        case: &Case<'_>,
        decision: &Decision,
        row: &JournalRow,
        memory: Memory,
        tripped: Tripped,
    ) -> Vec<Write> {
        let now = self.acceptor.now();
        self.alert(row, tripped);
        let mut talks = memory.talks();
        let Some(origin) = origin(case, decision, row).filter(|_| talks.tell(now)) else {
            return Vec::new();
        };
        let letter = self.letters.refusal(RefusalReason::TooMany, &origin, now);
        let reply = letter.map(|letter| refusal_reply(row, letter, now));
        let reply = reply.map(|reply| Write::Reply(Box::new(reply)));
        reply.into_iter().chain(memory.write(&talks, now)).collect()
    }

    /// Shows in readiness until the limit is open again.
    pub(super) fn alert(&self, row: &JournalRow, tripped: Tripped) {
        let (id, reason) = (&row.journal_id, tripped.limit.reason());
        warn!(message.id = %id, "{id} looks like a loop: {reason}");
        let told = format!("mails may go round in a loop: {reason} (journal: {id})");
        self.troubles.set_until(Trouble::Loop, told, tripped.until);
    }

    /// Remembers a mail that is carried out.
    pub(super) fn note_turn(
        &self,
        arrival: &Arrival<'_>,
        decision: &Decision,
        thread: &ThreadId,
        memory: Memory,
    ) -> Option<Write> {
        let now = self.acceptor.now();
        let mut talks = memory.talks();
        let words = words(arrival, decision);
        talks.turn(thread, &arrival.mail.subject_key, words, now);
        memory.write(&talks, now)
    }
}

fn words<'a>(arrival: &'a Arrival<'_>, decision: &'a Decision) -> Words<'a> {
    Words {
        visible: decision.instruction.as_deref().unwrap_or_default(),
        content: &arrival.mail.content_hash,
    }
}
