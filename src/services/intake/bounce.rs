//! A letter of ours came back: it is counted for its address, and nothing else comes of it (L2, L16, L17).

use tracing::warn;

use super::arrival::Case;
use super::take::Intake;
use crate::domain::command::ReplyTrouble;
use crate::domain::event::{EventDraft, EventKind};
use crate::domain::ids::ReplyId;
use crate::domain::journal::{JournalRow, Verdict};
use crate::domain::mail::{
    BounceScore, Decision, FORGIVEN, InboundMail, MachineKind, MessageId, OwnIdentity, Returned,
    RuleId, classify, is_hard, returned,
};
use crate::domain::note::{Note, NoteKey};
use crate::domain::reply::{Reply, ReplyState};
use crate::ports::fault::Fault;
use crate::ports::ledger::Write;
use crate::services::intake_error::IntakeError;

/// Most ids of a bounce that are looked up.
const MAX_IDS: usize = 10;

/// What comes to the envelope sender of a letter is a bounce, or some other answer by a machine: people do not see that
/// address (L2, L16).
pub(super) fn silence(mail: &InboundMail, own: &OwnIdentity, decision: &mut Decision) {
    if decision.verdict != Verdict::Silent && came_back_to(mail, own).is_some() {
        decision.verdict = Verdict::Silent;
        decision.rules.push(RuleId::L2);
        "the mail came to where letters come back to".clone_into(&mut decision.reason);
        decision.instruction = None;
        decision.forwarded = None;
        decision.refusal = None;
        decision.thread = None;
    }
}

/// The letter whose envelope sender a mail was sent to.
fn came_back_to(mail: &InboundMail, own: &OwnIdentity) -> Option<ReplyId> {
    mail.routed().iter().find_map(|to| own.hermes.bounced(to))
}

impl Intake {
    /// Counts a bounce of a letter that we have sent. Anybody can write a bounce: it counts only with an id of the letter,
    /// which nobody knows but its readers.
    pub(super) async fn count_bounce(
        &self,
        case: &Case<'_>,
        decision: &mut Decision,
        row: &mut JournalRow,
    ) -> Result<Vec<Write>, IntakeError> {
        let mail = case.arrival.mail;
        let verp = came_back_to(mail, case.own);
        let machine = classify(mail, case.own).map(|machine| machine.kind);
        if machine != Some(MachineKind::Bounce) {
            // an automatic answer to the envelope sender says nothing about delivery
            return Ok(Vec::new());
        }
        let found = returned(mail);
        let Some(reply) = self.letter_that_returned(verp, &found, case.own).await? else {
            return Ok(Vec::new());
        };
        self.count(&reply, found.points, decision, row).await
    }

    async fn letter_that_returned(
        &self,
        verp: Option<ReplyId>,
        found: &Returned,
        own: &OwnIdentity,
    ) -> Result<Option<Reply>, Fault> {
        if let Some(reply) = verp
            && let Some(sent) = self.sent(&reply).await?
        {
            return Ok(Some(sent));
        }
        for id in found.ids.iter().take(MAX_IDS) {
            if let Some(reply) = self.reply_of(id, own).await?
                && let Some(sent) = self.sent(&reply).await?
            {
                return Ok(Some(sent));
            }
        }
        Ok(None)
    }

    /// The letter of an id of ours, or of one that the mail system has put in its place.
    async fn reply_of(&self, id: &MessageId, own: &OwnIdentity) -> Result<Option<ReplyId>, Fault> {
        if id.domain() == own.hermes.domain() {
            let local = id.as_str().rsplit_once('@').map_or("", |(local, _)| local);
            return Ok(local
                .strip_prefix("turn.")
                .and_then(|reply| reply.parse().ok()));
        }
        let note = self.notes.get(&NoteKey::sent_as(id)).await?;
        Ok(note.and_then(|note| note.value.parse().ok()))
    }

    /// A letter that is out; what was never sent cannot come back.
    async fn sent(&self, id: &ReplyId) -> Result<Option<Reply>, Fault> {
        let reply = self.replies.get(id).await?;
        Ok(reply.filter(|reply| {
            matches!(
                reply.state,
                ReplyState::Sent { .. } | ReplyState::Sending { .. }
            )
        }))
    }

    async fn count(
        &self,
        reply: &Reply,
        points: u32,
        decision: &mut Decision,
        row: &mut JournalRow,
    ) -> Result<Vec<Write>, IntakeError> {
        let now = self.acceptor.now();
        let key = NoteKey::bounces(&reply.letter.to);
        let note = self.notes.get(&key).await?;
        let (version, value) =
            note.map_or_else(Default::default, |note| (note.version, note.value));
        let mut score: BounceScore = serde_json::from_str(&value).unwrap_or_default();
        decision.rules.push(RuleId::L17);
        if !score.add(&reply.reply_id, points, now) {
            return Ok(Vec::new());
        }
        let class = if is_hard(points) { "hard" } else { "soft" };
        self.metrics.reply_bounced(class);
        warn!(reply.id = %reply.reply_id, class, "the answer {} came back", reply.reply_id);
        let mut writes = vec![Write::Note(Note {
            key,
            // plain ids and numbers always serialise
            value: serde_json::to_string(&score).unwrap_or_default(),
            expires_at: now + FORGIVEN,
            version,
        })];
        let command = match &reply.command_id {
            Some(id) => self.commands.get(id).await?,
            None => None,
        };
        if let Some(mut command) = command {
            row.thread_id = Some(command.thread_id.clone());
            let kind = EventKind::ReplyBounced {
                command_id: Some(command.command_id.clone()),
                kind: reply.letter.kind.as_str().to_owned(),
                class: class.to_owned(),
            };
            writes.push(Write::Event(EventDraft::of_command(&command, now, kind)));
            command.reply_trouble = Some(ReplyTrouble::Bounced);
            writes.push(Write::Command(Box::new(command)));
        }
        Ok(writes)
    }
}
