//! Answers to words that are no instruction: what can be written, how things stand, and that work stops (P1, C20).

use super::end::{beginning, offered, words_for_a_change};
use super::write::{Letters, To};
use crate::domain::command::{Command, CommandState, MailOrigin};
use crate::domain::ids::ReplyId;
use crate::domain::mail::phrases::{Condition, Word};
use crate::domain::mail::{Letter, LetterKind};
use crate::domain::thread::Thread;
use crate::domain::time::Timestamp;

/// How a conversation stands.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// Its last command, if there was one.
    pub last: Option<&'a Command>,
    /// Its open commands, the last one included.
    pub open: usize,
    /// Where its preview can be seen.
    pub preview_url: &'a str,
}

/// What became of the wish to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopping {
    /// The work is being stopped.
    Begun,
    /// There was none.
    Nothing,
}

impl Letters {
    /// What can be written: the answer to `help`.
    pub fn help(
        &self,
        mail: &MailOrigin,
        thread: Option<&Thread>,
        now: Timestamp,
    ) -> Option<Letter> {
        let to = To { mail, thread };
        let phrases = to.phrases();
        let help = &phrases.help;
        let reply_id = ReplyId::for_message(&mail.journal_id);
        let letter = self.begin(LetterKind::Help, reply_id, to, now, help.headline)?;
        let examples = help.examples.map(str::to_owned).into();
        let letter = letter
            .paragraph(help.how)
            .paragraph(help.threads)
            .section(help.examples_title, examples);
        let words = offered(phrases, &Word::ALL);
        let words = words.into_iter().map(str::to_owned).collect();
        Some(letter.section(help.words_title, words))
    }

    /// How the conversation stands: the answer to `status`.
    pub fn status(
        &self,
        mail: &MailOrigin,
        thread: Option<&Thread>,
        situation: Situation<'_>,
        now: Timestamp,
    ) -> Option<Letter> {
        let to = To { mail, thread };
        let text = &to.phrases().status;
        let reply_id = ReplyId::for_message(&mail.journal_id);
        let condition = situation.last.map(condition);
        let headline = condition.map_or(text.nothing_yet, text.headline);
        let letter = self.begin(LetterKind::Status, reply_id, to, now, headline)?;
        let is_open = situation.last.is_some_and(|last| last.state.is_open());
        let mut letter = match situation.open.saturating_sub(usize::from(is_open)) {
            0 => letter,
            others => letter.paragraph((text.others)(others)),
        };
        if let Some(command) = situation.last {
            letter = letter.section(text.last_message, vec![beginning(&command.instruction)]);
            let answer = command.result.as_ref();
            let answer = answer.and_then(|result| result.summary.as_deref());
            let answer = answer.map(beginning).into_iter().collect();
            letter = letter.section(text.last_answer, answer);
        }
        if condition == Some(Condition::Done) {
            letter = letter.preview(situation.preview_url);
        }
        let hints = offered(to.phrases(), next_words(condition, mail));
        Some(hints.into_iter().fold(letter, Letter::hint))
    }

    /// That the work is being stopped, or that there was none: the answer to `stop` (C20).
    pub fn stopped(
        &self,
        mail: &MailOrigin,
        thread: Option<&Thread>,
        stopping: Stopping,
        now: Timestamp,
    ) -> Option<Letter> {
        let to = To { mail, thread };
        let (text, replying) = (&to.phrases().status, &to.phrases().replying);
        let reply_id = ReplyId::for_message(&mail.journal_id);
        let headline = match stopping {
            Stopping::Begun => text.stopping,
            Stopping::Nothing => text.nothing_to_stop,
        };
        let letter = self.begin(LetterKind::Stopped, reply_id, to, now, headline)?;
        Some(match stopping {
            Stopping::Begun => letter.paragraph(text.stopping_because).hint(replying.go_on),
            Stopping::Nothing => {
                let hints = offered(to.phrases(), &[Word::Status, Word::Help]);
                hints.into_iter().fold(letter, Letter::hint)
            }
        })
    }
}

fn condition(command: &Command) -> Condition {
    let kept = command.was_told(LetterKind::StillWorking);
    match command.state {
        CommandState::Queued if kept => Condition::Kept,
        CommandState::Queued => Condition::Waiting,
        CommandState::Running => Condition::Working,
        CommandState::Succeeded => Condition::Done,
        CommandState::Failed => Condition::Failed,
        CommandState::Interrupted => Condition::Stopped,
    }
}

fn next_words(condition: Option<Condition>, mail: &MailOrigin) -> &'static [Word] {
    match condition {
        Some(Condition::Waiting | Condition::Working | Condition::Kept) => {
            &[Word::Stop, Word::Help]
        }
        Some(Condition::Done) => words_for_a_change(mail.role),
        Some(Condition::Failed | Condition::Stopped) | None => &[Word::Help],
    }
}
