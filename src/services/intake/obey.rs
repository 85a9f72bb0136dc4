//! Commands by reply: what only asks is answered here, what stops work is written down, the rest is the worker's (P1, C20).

use super::arrival::{Case, origin};
use super::memory::Memory;
use super::take::Intake;
use crate::domain::command::{CancelReason, Command, MailOrigin};
use crate::domain::ids::ReplyId;
use crate::domain::journal::JournalRow;
use crate::domain::mail::{Decision, Letter, ReplyCommand};
use crate::domain::reply::Reply;
use crate::domain::thread::Thread;
use crate::ports::ledger::Write;
use crate::services::intake_error::IntakeError;
use crate::services::letters::{Situation, Stopping};

/// Commands stopped in one transaction; nobody has more open in one conversation.
const MOST_STOPPED: usize = 90;

impl Intake {
    /// The writes of a command. None of those answered here wakes a container or interrupts.
    pub(super) async fn obey(
        &self,
        case: &Case<'_>,
        decision: &mut Decision,
        memory: Memory,
        row: &mut JournalRow,
    ) -> Result<Vec<Write>, IntakeError> {
        let asked = decision.command;
        if asked.is_none_or(|asked| asked.action().is_some()) {
            return self.accept(case, decision, memory, row).await;
        }
        let Some(mut origin) = origin(case, decision, row) else {
            return Ok(Vec::new());
        };
        origin.role = case.addressed.role;
        origin.answer_to = case.who.to.clone(); // no copies: it is talk, and changes nothing for others
        let reply_id = ReplyId::for_message(&row.journal_id);
        if case.arrival.replayed.is_some() && self.replies.get(&reply_id).await?.is_some() {
            return Ok(Vec::new());
        }
        let thread = case.threading.found.as_ref().map(|found| &found.thread);
        let (letter, mut writes) = match asked {
            Some(ReplyCommand::Stop) => self.stop(&origin, thread).await?,
            Some(ReplyCommand::Status) => (self.status(&origin, thread).await?, Vec::new()),
            _ => {
                let help = self.letters.help(&origin, thread, self.acceptor.now());
                (help, Vec::new())
            }
        };
        if let Some(thread) = thread {
            row.thread_id = Some(thread.thread_id.clone());
            row.session_id = Some(thread.session_id.clone());
            writes.extend(self.note_turn(case.arrival, decision, &thread.thread_id, memory));
        }
        writes.extend(letter.map(|letter| self.answer(reply_id, letter, row)));
        Ok(writes)
    }

    fn answer(&self, reply_id: ReplyId, letter: Letter, row: &JournalRow) -> Write {
        let now = self.acceptor.now();
        Write::Reply(Box::new(Reply {
            session_id: row.session_id.clone(),
            ..Reply::of_message(reply_id, row.journal_id.clone(), letter, now)
        }))
    }

    /// The open commands of the conversation, in their order.
    async fn open_in(&self, thread: Option<&Thread>) -> Result<Vec<Command>, IntakeError> {
        let Some(thread) = thread else {
            return Ok(Vec::new());
        };
        let mut open = self.commands.open_in(&thread.container_id).await?;
        open.retain(|command| command.session_id == thread.session_id);
        Ok(open)
    }

    /// C20: what is open ends as interrupted; nothing new begins.
    async fn stop(
        &self,
        origin: &MailOrigin,
        thread: Option<&Thread>,
    ) -> Result<(Option<Letter>, Vec<Write>), IntakeError> {
        let now = self.acceptor.now();
        let mut open = self.open_in(thread).await?;
        open.retain(|command| command.cancel.is_none());
        open.truncate(MOST_STOPPED);
        let stopping = if open.is_empty() {
            Stopping::Nothing
        } else {
            Stopping::Begun
        };
        let mut writes = Vec::with_capacity(open.len() + 2);
        if let Some(thread) = thread.filter(|_| stopping == Stopping::Begun)
            && let Some(mut container) = self.acceptor.container(&thread.container_id).await?
        {
            container.due_at = Some(container.due_at.map_or(now, |due| due.min(now)));
            writes.push(Write::Container(container));
        }
        writes.extend(open.into_iter().map(|mut command| {
            command.cancel = Some(CancelReason::Stop);
            Write::Command(Box::new(command))
        }));
        Ok((self.letters.stopped(origin, thread, stopping, now), writes))
    }

    async fn status(
        &self,
        origin: &MailOrigin,
        thread: Option<&Thread>,
    ) -> Result<Option<Letter>, IntakeError> {
        let open = self.open_in(thread).await?.len();
        let session = match thread {
            Some(thread) => self.acceptor.session(&thread.session_id).await?,
            None => None,
        };
        let last = match session
            .as_ref()
            .and_then(|session| session.last_command.as_ref())
        {
            Some(id) => self.commands.get(id).await?,
            None => None,
        };
        let situation = Situation {
            last: last.as_ref(),
            open,
            preview_url: session
                .as_ref()
                .map_or("", |session| session.preview_url.as_str()),
        };
        Ok(self
            .letters
            .status(origin, thread, situation, self.acceptor.now()))
    }
}
