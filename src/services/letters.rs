//! What answers say: outcomes of commands and refusals, as letters.

use bytes::Bytes;
use tracing::error;

use crate::domain::command::{Command, CommandResult, CommandState, MailOrigin};
use crate::domain::ids::ReplyId;
use crate::domain::mail::{
    Answering, HermesAddress, InvalidMessageId, Letter, LetterKind, RefusalReason, RenderError,
    render,
};
use crate::domain::thread::Thread;
use crate::domain::time::Timestamp;

/// Writes letters for one mailbox.
#[derive(Debug, Clone)]
pub struct Letters {
    hermes: HermesAddress,
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
        let told = tell(command.state, result);
        let reply_id = ReplyId::for_command(&command.command_id);
        let letter = self.answer(told.kind, reply_id, mail, thread, now, told.headline);
        let mut letter = written(letter)?;
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
        let letter = letter
            .files(&result.files_changed)
            .ignoring(&command.refused_files);
        Some(
            letter
                .quoting(&command.instruction)
                .referring_to(mail.journal_id.clone()),
        )
    }

    /// The answer to a mail that is not carried out (L18: no more than a sentence of it is repeated).
    pub fn refusal(
        &self,
        reason: RefusalReason,
        mail: &MailOrigin,
        now: Timestamp,
    ) -> Option<Letter> {
        let told = reason.explain();
        let reply_id = ReplyId::for_message(&mail.journal_id);
        let letter = self.answer(
            told.kind,
            reply_id,
            mail,
            None,
            now,
            told.headline.to_owned(),
        );
        let letter = written(letter)?.paragraph(told.because).hint(told.hint);
        Some(letter.referring_to(mail.journal_id.clone()))
    }

    fn answer(
        &self,
        kind: LetterKind,
        reply_id: ReplyId,
        mail: &MailOrigin,
        thread: Option<&Thread>,
        now: Timestamp,
        headline: String,
    ) -> Result<Letter, InvalidMessageId> {
        let answering = Answering {
            hermes: &self.hermes,
            to: &mail.from,
            subject: &mail.subject,
            message_id: &mail.message_id,
            references: &mail.references,
            thread: thread.map(|thread| (&thread.thread_id, &thread.reply_token)),
        };
        Letter::answering(kind, reply_id, answering, now, headline)
    }
}

fn written(letter: Result<Letter, InvalidMessageId>) -> Option<Letter> {
    letter
        .inspect_err(|error| error!(%error, "an answer cannot be written"))
        .ok()
}

/// What an answer to this end would be.
pub(super) fn kind_of(state: CommandState, result: &CommandResult) -> LetterKind {
    tell(state, result).kind
}

/// What is said of an end.
struct Told {
    kind: LetterKind,
    headline: String,
    paragraphs: Vec<String>,
    log: Option<String>,
    hints: Vec<&'static str>,
    shows_preview: bool,
}

const NEXT: &str = "Reply with the next change; it goes on top of this one.";
const REWORD: &str = "Reply with other words, or with the exact text as it stands on the page.";
const AGAIN: &str = "Reply to this mail to try again; what you wrote is kept.";

fn tell(state: CommandState, result: &CommandResult) -> Told {
    let summary = result.summary.clone().unwrap_or_default();
    match state {
        CommandState::Succeeded | CommandState::Queued | CommandState::Running => {
            let changed = !result.files_changed.is_empty();
            let shown = result.deploy_success != Some(false);
            let headline = if changed && !shown {
                "Your change is made, but the preview could not be updated."
            } else if changed {
                "Your change is ready to look at."
            } else {
                "There was nothing to change."
            };
            Told {
                kind: LetterKind::Result,
                headline: headline.to_owned(),
                paragraphs: vec![summary],
                log: None,
                hints: vec![NEXT],
                shows_preview: shown,
            }
        }
        CommandState::Interrupted => Told {
            kind: LetterKind::Failure,
            headline: "Your change was stopped before it was finished.".to_owned(),
            paragraphs: vec![stopped_why(result).to_owned(), summary],
            log: None,
            hints: vec!["Reply to go on: what was done so far is saved."],
            shows_preview: false,
        },
        CommandState::Failed => failed(result, summary),
    }
}

fn stopped_why(result: &CommandResult) -> &'static str {
    match (result.error_code.as_deref(), &result.interrupted_by) {
        (Some("deactivated"), _) => "The editing session was ended.",
        (_, Some(_)) => "A newer message took its place.",
        _ => "Somebody asked for it to stop.",
    }
}

fn failed(result: &CommandResult, summary: String) -> Told {
    let code = result.error_code.as_deref().unwrap_or_default();
    let (kind, headline, hint) = match code {
        "not_found" | "ambiguous" | "no_such_page" | "empty" => (
            LetterKind::Question,
            "I could not tell what to change, so nothing was changed.",
            REWORD,
        ),
        "needs_model" | "unsupported" | "not_understood" | "agent_unavailable" => (
            LetterKind::Refusal,
            "I cannot do this, so nothing was changed.",
            REWORD,
        ),
        "build_failed" => (
            LetterKind::Failure,
            "Your change was made, but the website could not be built with it.",
            "The preview still shows the last good version. Reply with what should be different.",
        ),
        _ => (LetterKind::Failure, "Your change did not work.", AGAIN),
    };
    let build = code == "build_failed";
    let error = result.error.clone().unwrap_or_default();
    let mut paragraphs = vec![summary];
    if !build && paragraphs.first().is_none_or(|summary| *summary != error) {
        paragraphs.push(error.clone());
    }
    Told {
        kind,
        headline: headline.to_owned(),
        paragraphs,
        log: build.then_some(error),
        hints: vec![hint],
        shows_preview: build,
    }
}
