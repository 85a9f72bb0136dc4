//! A mail becomes a command.

use std::collections::HashSet;

use super::arrival::{Arrival, origin};
use super::take::Intake;
use super::threading::referred;
use crate::domain::command::Source;
use crate::domain::journal::JournalRow;
use crate::domain::mail::{Decision, MessageId};
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
        thread: Option<Thread>,
        row: &mut JournalRow,
    ) -> Result<Vec<Write>, IntakeError> {
        let (Some(project), Some(user)) = (&addressed.project, &addressed.user) else {
            return Ok(Vec::new());
        };
        let Some(origin) = origin(arrival.mail, &row.journal_id) else {
            return Ok(Vec::new());
        };
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
        let client_id = thread
            .as_ref()
            .map_or_else(|| project.client.clone(), |thread| thread.client_id.clone());
        let known = thread.as_ref().map(|thread| &thread.thread_id);
        let logos = self.logos(arrival, known, &row.journal_id).await?;
        let brought = self.bring(arrival, decision, &client_id, &logos).await?;
        let rules = brought.rules.iter().map(|rule| rule.as_str().to_owned());
        row.rules.extend(rules);
        let instruction = Instruction {
            client_id,
            project_id: project.id.clone(),
            user_id: user.clone(),
            source: Source::Email,
            text: brought.text,
            mail: Some(origin),
            attachments: brought.attachments,
            refused_files: brought.refused,
            pointers,
            subject: Some(arrival.mail.subject_key.clone()),
        };
        let mut accepted = self.acceptor.prepare(instruction, thread.as_ref()).await?;
        let (thread_id, now) = (&accepted.session.thread_id, self.acceptor.now());
        let remembered = logos.writes(thread_id, &row.journal_id, now);
        accepted.writes.extend(remembered);
        row.session_id = Some(accepted.session.session_id.clone());
        row.thread_id = Some(accepted.session.thread_id.clone());
        row.command_id = Some(accepted.command_id);
        self.metrics
            .activated(arrival.channel, accepted.met.as_str());
        Ok(accepted.writes)
    }
}
