//! A mail becomes a command.

use std::collections::HashSet;

use super::arrival::{Case, origin};
use super::memory::Memory;
use super::take::Intake;
use super::threading::referred;
use crate::domain::command::Source;
use crate::domain::ids::ProjectId;
use crate::domain::journal::JournalRow;
use crate::domain::mail::{Decision, InboundMail, MessageId, ReplyCommand, RuleId};
use crate::domain::thread::{PointerKey, Thread};
use crate::ports::ledger::Write;
use crate::services::acceptance::Instruction;
use crate::services::intake_error::IntakeError;

impl Intake {
    pub(super) async fn accept(
        &self,
        case: &Case<'_>,
        decision: &mut Decision,
        memory: Memory,
        row: &mut JournalRow,
    ) -> Result<Vec<Write>, IntakeError> {
        let (arrival, addressed) = (case.arrival, &case.addressed);
        let (Some(project), Some(user)) = (&addressed.project, &addressed.user) else {
            return Ok(Vec::new());
        };
        let Some(mut origin) = origin(case, decision, row) else {
            return Ok(Vec::new());
        };
        origin.role = addressed.role;
        origin.answer_to = case.who.to.clone();
        origin.copies = case.who.copies.clone();
        if case.threading.rules.contains(&RuleId::T9) {
            let ends = &origin.language.phrases().ends;
            origin.remarks.push(ends.forked.to_owned());
        }
        let thread = case.threading.found.as_ref().map(|found| &found.thread);
        let client_id =
            thread.map_or_else(|| project.client.clone(), |thread| thread.client_id.clone());
        let known = thread.map(|thread| &thread.thread_id);
        let logos = self.logos(arrival, known, &row.journal_id).await?;
        let brought = self.bring(arrival, decision, &client_id, &logos).await?;
        decision.rules.extend(&brought.rules);
        let instruction = Instruction {
            client_id,
            project_id: project.id.clone(),
            user_id: user.clone(),
            source: Source::Email,
            text: brought.text,
            action: decision.command.and_then(ReplyCommand::action),
            mail: Some(origin),
            attachments: brought.attachments,
            refused_files: brought.refused,
            pointers: self.pointers(arrival.mail, &project.id, thread),
            subject: Some(arrival.mail.subject_key.clone()),
        };
        let mut accepted = self.acceptor.prepare(instruction, thread).await?;
        let thread_id = accepted.session.thread_id;
        let remembered = logos.writes(&thread_id, &row.journal_id, self.acceptor.now());
        accepted.writes.extend(remembered);
        row.session_id = Some(accepted.session.session_id);
        row.command_id = Some(accepted.command_id);
        self.metrics
            .activated(arrival.channel, accepted.met.as_str());
        let mut writes = accepted.writes;
        writes.extend(self.note_turn(arrival, decision, &thread_id, memory));
        row.thread_id = Some(thread_id);
        Ok(writes)
    }

    /// What leads to the conversation from now on: the mail itself (T5), and where it begins one, what it refers to, so
    /// that a mail which it has overtaken joins it.
    fn pointers(
        &self,
        mail: &InboundMail,
        project: &ProjectId,
        thread: Option<&Thread>,
    ) -> Vec<PointerKey> {
        let mut ids = vec![&mail.message_id];
        if thread.is_none() {
            // ids of ours are registered with the answers that have them
            let ours = self.letters.hermes().domain();
            ids.extend(referred(mail).filter(|id: &&MessageId| id.domain() != ours));
        }
        // each once: mails refer to themselves too (T13)
        let mut seen = HashSet::new();
        ids.retain(|id| seen.insert(*id));
        ids.into_iter()
            .map(|id| PointerKey::message(project, id.as_str()))
            .collect()
    }
}
