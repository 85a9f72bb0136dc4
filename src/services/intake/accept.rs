//! A mail becomes a command.

use std::collections::HashSet;

use super::answering::Answering;
use super::arrival::{Arrival, origin};
use super::take::Intake;
use super::threading::referred;
use crate::domain::command::Source;
use crate::domain::journal::JournalRow;
use crate::domain::mail::{Decision, MessageId, ReplyCommand};
use crate::domain::thread::{PointerKey, Thread};
use crate::ports::ledger::Write;
use crate::services::acceptance::Instruction;
use crate::services::addressing::Addressed;
use crate::services::intake_error::IntakeError;

impl Intake {
    pub(super) async fn accept(
        &self,
        arrival: &Arrival<'_>,
        addressed: &Addressed,
        decision: &Decision,
        who: Answering,
        thread: Option<Thread>,
        row: &mut JournalRow,
    ) -> Result<Vec<Write>, IntakeError> {
        let (Some(project), Some(user)) = (&addressed.project, &addressed.user) else {
            return Ok(Vec::new());
        };
        let Some(mut origin) = origin(arrival, decision, thread.as_ref(), row) else {
            return Ok(Vec::new());
        };
        origin.role = addressed.role;
        origin.answer_to = who.to;
        origin.copies = who.copies;
        let mut ids = vec![arrival.mail.message_id.as_str()];
        if thread.is_none() {
            // ids of ours are registered with the answers that have them
            let ours = self.letters.hermes().domain();
            let foreign = |id: &&MessageId| id.domain() != ours;
            let referred = referred(arrival.mail).filter(foreign);
            ids.extend(referred.map(MessageId::as_str));
        }
        // each once: mails refer to themselves too (T13)
        let mut seen = HashSet::new();
        ids.retain(|id| seen.insert(*id));
        let pointers = ids
            .into_iter()
            .map(|id| PointerKey::message(&project.id, id))
            .collect();
        let instruction = Instruction {
            client_id: thread
                .as_ref()
                .map_or_else(|| project.client.clone(), |thread| thread.client_id.clone()),
            project_id: project.id.clone(),
            user_id: user.clone(),
            source: Source::Email,
            text: decision.instruction.clone().unwrap_or_default(),
            action: decision.command.and_then(ReplyCommand::action),
            mail: Some(origin),
            attachments: Vec::new(),
            pointers,
            subject: Some(arrival.mail.subject_key.clone()),
        };
        let accepted = self.acceptor.prepare(instruction, thread.as_ref()).await?;
        row.session_id = Some(accepted.session.session_id.clone());
        row.thread_id = Some(accepted.session.thread_id.clone());
        row.command_id = Some(accepted.command_id);
        self.metrics
            .activated(arrival.channel, accepted.met.as_str());
        Ok(accepted.writes)
    }
}
