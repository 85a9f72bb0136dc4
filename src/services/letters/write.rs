//! Letters of one mailbox.

use bytes::Bytes;
use tracing::error;

use super::end::{Told, tell};
use crate::domain::command::{Command, CommandResult, MailOrigin};
use crate::domain::ids::ReplyId;
use crate::domain::mail::phrases::Phrases;
use crate::domain::mail::{
    Answering, HermesAddress, Letter, LetterKind, RefusalReason, RenderError, render,
};
use crate::domain::thread::Thread;
use crate::domain::time::Timestamp;

/// Writes letters for one mailbox, each in the language of the mail that it answers.
#[derive(Debug, Clone)]
pub struct Letters {
    hermes: HermesAddress,
}

/// What a letter answers, and where it belongs.
#[derive(Debug, Clone, Copy)]
pub(super) struct To<'a> {
    pub(super) mail: &'a MailOrigin,
    pub(super) thread: Option<&'a Thread>,
}

impl To<'_> {
    pub(super) fn phrases(&self) -> &'static Phrases {
        self.mail.language.phrases()
    }
}

impl Letters {
    /// Letters from this mailbox.
    pub fn new(hermes: HermesAddress) -> Self {
        Self { hermes }
    }

    /// The mailbox.
    pub fn hermes(&self) -> &HermesAddress {
        &self.hermes
    }

    /// The envelope sender of all letters.
    pub fn sender(&self) -> String {
        self.hermes.to_string()
    }

    /// The envelope sender of one letter, to which it comes back (L16).
    pub fn sender_of(&self, reply: &ReplyId) -> String {
        self.hermes.bounces_to(reply).to_string()
    }

    /// The name of this installation in `X-Hermes-Loop` (L16).
    pub fn instance(&self) -> &str {
        self.hermes.domain()
    }

    /// The letter as a mail; the same letter is the same bytes.
    pub fn render(&self, letter: &Letter) -> Result<Bytes, RenderError> {
        render(letter, self.instance()).map(Bytes::from)
    }

    /// The answer to a command that has ended. `None` only if its ids cannot be in a header, which is logged.
    pub fn outcome(
        &self,
        command: &Command,
        mail: &MailOrigin,
        thread: Option<&Thread>,
        preview_url: &str,
        now: Timestamp,
    ) -> Option<Letter> {
        let nothing = CommandResult::default();
        let result = command.result.as_ref().unwrap_or(&nothing);
        let told = tell(command, result, mail);
        let reply_id = ReplyId::for_command(&command.command_id);
        let to = To { mail, thread };
        let letter = self.begin(told.kind, reply_id, to, now, told.headline)?;
        let letter = filled(letter, told, preview_url);
        let letter = mail.remarks.iter().cloned().fold(letter, Letter::paragraph);
        let letter = letter
            .files(&result.files_changed)
            .ignoring(&command.refused_files);
        Some(letter.quoting(&command.instruction))
    }

    /// The answer to a mail that is not carried out (L18: no more than a sentence of it is repeated).
    pub fn refusal(
        &self,
        reason: RefusalReason,
        mail: &MailOrigin,
        now: Timestamp,
    ) -> Option<Letter> {
        let told = reason.told(mail.language);
        let reply_id = ReplyId::for_message(&mail.journal_id);
        let to = To { mail, thread: None };
        let letter = self.begin(reason.kind(), reply_id, to, now, told.headline)?;
        Some(letter.paragraph(told.because).hint(told.hint))
    }

    /// A letter with its headline and its reference.
    pub(super) fn begin(
        &self,
        kind: LetterKind,
        reply_id: ReplyId,
        to: To<'_>,
        now: Timestamp,
        headline: &str,
    ) -> Option<Letter> {
        let To { mail, thread } = to;
        let answering = Answering {
            hermes: &self.hermes,
            to: mail.answer_to.as_ref().unwrap_or(&mail.from),
            subject: &mail.subject,
            message_id: &mail.message_id,
            references: &mail.references,
            language: mail.language,
            thread: thread.map(|thread| (&thread.thread_id, &thread.reply_token)),
        };
        Letter::answering(kind, reply_id, answering, now, headline)
            .inspect_err(|error| error!(%error, "an answer cannot be written"))
            .ok()
            .map(|letter| letter.copied_to(&mail.copies))
            .map(|letter| letter.referring_to(mail.journal_id.clone()))
    }
}

fn filled(mut letter: Letter, told: Told, preview_url: &str) -> Letter {
    for paragraph in told.paragraphs {
        letter = letter.paragraph(paragraph);
    }
    if let Some(log) = told.log {
        letter = letter.log_end(&log);
    }
    for hint in told.hints {
        letter = letter.hint(hint);
    }
    if told.shows_preview {
        letter = letter.preview(preview_url);
    }
    letter
}
