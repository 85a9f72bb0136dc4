//! What is said before a command has ended: no outcome, which is still to come (invariant 2).

use super::end::{offered, stopped_earlier};
use super::write::{Letters, To};
use crate::domain::command::{Command, MailOrigin};
use crate::domain::ids::ReplyId;
use crate::domain::mail::phrases::Word;
use crate::domain::mail::{Letter, LetterKind};
use crate::domain::thread::Thread;
use crate::domain::time::Timestamp;

impl Letters {
    /// Says that a message has arrived, where its result takes long.
    pub fn acknowledgment(
        &self,
        command: &Command,
        mail: &MailOrigin,
        thread: Option<&Thread>,
        now: Timestamp,
    ) -> Option<Letter> {
        let to = To { mail, thread };
        let notes = &to.phrases().notes;
        let letter = self.note(LetterKind::Ack, command, to, now, notes.arrived)?;
        let letter = letter
            .paragraph(notes.arrived_because)
            .paragraph(to.phrases().replying.nothing);
        let hints = offered(to.phrases(), &[Word::Status, Word::Stop]);
        Some(hints.into_iter().fold(letter, Letter::hint))
    }

    /// Says that a message is kept, and until when its start is tried (C6).
    pub fn kept(
        &self,
        command: &Command,
        mail: &MailOrigin,
        thread: Option<&Thread>,
        until: Timestamp,
        now: Timestamp,
    ) -> Option<Letter> {
        let to = To { mail, thread };
        let notes = &to.phrases().notes;
        let letter = self.note(LetterKind::StillWorking, command, to, now, notes.kept)?;
        let letter = letter
            .paragraph((notes.kept_until)(&mail.language.minute(until)))
            .paragraph(to.phrases().replying.nothing);
        let hints = offered(to.phrases(), &[Word::Stop]);
        Some(hints.into_iter().fold(letter, Letter::hint))
    }

    fn note(
        &self,
        kind: LetterKind,
        command: &Command,
        to: To<'_>,
        now: Timestamp,
        headline: &str,
    ) -> Option<Letter> {
        let reply_id = ReplyId::for_note(&command.command_id, kind.as_str());
        let letter = self.begin(kind, reply_id, to, now, headline)?;
        Some(letter.quoting(&command.instruction))
    }

    /// The same answer, telling also of an earlier message that was stopped for it (C16).
    pub(in crate::services) fn mentioning(letter: Letter, stopped: &Command) -> Letter {
        let told = stopped_earlier(letter.language, &stopped.instruction);
        letter.paragraph(told)
    }
}
