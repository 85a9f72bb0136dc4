//! What texts there are. A language is a value of these types, so that none can be forgotten.

use time::{Month, OffsetDateTime};

use super::{de, en, es, fr};
use crate::domain::command::Action;
use crate::domain::mail::files::FileRefusal;
use crate::domain::mail::{Language, RefusalReason};
use crate::domain::time::Timestamp;

/// All texts of one language.
#[derive(Debug)]
pub struct Phrases {
    /// What stands beside the parts of a letter.
    pub labels: Labels,
    /// The words that a reply may consist of (P1).
    pub words: Words,
    /// What can be replied.
    pub replying: Replying,
    /// How an instruction ended.
    pub ends: Ends,
    /// What is said before it has ended.
    pub notes: Notes,
    /// Why a message is not carried out.
    pub refused: fn(RefusalReason) -> Refused,
    /// Why a file of a message is left out (B13), in one or two sentences behind its name.
    pub left_out: fn(FileRefusal) -> &'static str,
    /// The question whether a message is its sender's own.
    pub confirm: ConfirmText,
    /// What can be written.
    pub help: HelpText,
    /// How a conversation stands.
    pub status: StatusText,
}

/// What stands beside the parts of a letter.
#[derive(Debug)]
pub struct Labels {
    /// The words of the marker line (B7).
    pub marker: &'static str,
    /// On the button.
    pub preview: &'static str,
    /// Above the changed files.
    pub files: &'static str,
    /// Above the files of a message that were left out (B13).
    pub left_out: &'static str,
    /// Behind the first of many files.
    pub more: fn(usize) -> String,
    /// Above the end of a log.
    pub log: &'static str,
    /// Above what can be replied.
    pub next: &'static str,
    /// Above the quote.
    pub quoted: &'static str,
    /// Before the reference.
    pub reference: &'static str,
    /// Behind a title in plain text.
    pub colon: &'static str,
}

/// The words that a reply may consist of, as a letter offers them.
#[derive(Debug)]
#[expect(missing_docs, reason = "each word is named by what it does")]
pub struct Words {
    pub publish: &'static str,
    pub undo: &'static str,
    pub stop: &'static str,
    pub status: &'static str,
    pub help: &'static str,
}

/// A word that a reply may consist of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each word is named by what it does")]
pub enum Word {
    Publish,
    Undo,
    Stop,
    Status,
    Help,
}

impl Word {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Publish,
        Self::Undo,
        Self::Stop,
        Self::Status,
        Self::Help,
    ];

    /// The words that letters offer: those that do something when they come back. The others are recorded for a worker
    /// that cannot carry them out yet.
    pub const UNDERSTOOD: &'static [Self] = &[Self::Stop, Self::Status, Self::Help];
}

impl Phrases {
    /// A word as it is to be written.
    pub const fn word(&self, word: Word) -> &'static str {
        match word {
            Word::Publish => self.words.publish,
            Word::Undo => self.words.undo,
            Word::Stop => self.words.stop,
            Word::Status => self.words.status,
            Word::Help => self.words.help,
        }
    }

    /// The sentence that offers a word.
    pub const fn hint(&self, word: Word) -> &'static str {
        match word {
            Word::Publish => self.replying.publish,
            Word::Undo => self.replying.undo,
            Word::Stop => self.replying.stop,
            Word::Status => self.replying.status,
            Word::Help => self.replying.help,
        }
    }
}

/// What can be replied, one sentence each.
#[derive(Debug)]
pub struct Replying {
    /// The next change.
    pub next: &'static str,
    /// [`Words::publish`].
    pub publish: &'static str,
    /// [`Words::undo`].
    pub undo: &'static str,
    /// [`Words::stop`].
    pub stop: &'static str,
    /// [`Words::status`].
    pub status: &'static str,
    /// [`Words::help`].
    pub help: &'static str,
    /// The same in other words.
    pub reword: &'static str,
    /// Anything, to try again.
    pub again: &'static str,
    /// The message and its files once more.
    pub resend: &'static str,
    /// What should be different.
    pub mend: &'static str,
    /// Anything, to go on.
    pub go_on: &'static str,
    /// Nothing at all.
    pub nothing: &'static str,
}

/// How an instruction ended.
#[derive(Debug)]
#[expect(missing_docs, reason = "each headline is named by what it says")]
pub struct Ends {
    pub made: &'static str,
    pub made_unseen: &'static str,
    pub nothing: &'static str,
    pub unclear: &'static str,
    pub cannot: &'static str,
    pub failed: &'static str,
    pub red: &'static str,
    /// Why the preview does not show what failed to build.
    pub red_because: &'static str,
    pub stopped: &'static str,
    pub stopped_by_end: &'static str,
    pub stopped_by_newer: &'static str,
    pub stopped_by_wish: &'static str,
    /// The worker broke down over it.
    pub crashed: &'static str,
    /// The worker could not work.
    pub no_workspace: &'static str,
    pub no_repository: &'static str,
    /// The worker did not get the files that came with the message.
    pub no_files: &'static str,
    /// What the worker cannot do yet when a word asks for it.
    pub not_yet: fn(Action) -> &'static str,
    /// There was no worker for as long as a message is kept.
    pub never_started: &'static str,
    /// An earlier message, whose words are given, was stopped for this one (C16).
    pub stopped_earlier: fn(&str) -> String,
    /// A reply with another subject began a conversation of its own (T9).
    pub forked: &'static str,
}

/// What is said before an instruction has ended.
#[derive(Debug)]
#[expect(missing_docs, reason = "each text is named by what it says")]
pub struct Notes {
    pub arrived: &'static str,
    pub arrived_because: &'static str,
    pub kept: &'static str,
    /// Why, and until when it is tried.
    pub kept_until: fn(&str) -> String,
    /// A day and a time of it, in UTC.
    pub at: fn(When) -> String,
}

/// A minute of a day in UTC, in numbers.
#[derive(Debug, Clone, Copy)]
pub struct When {
    pub(super) year: i32,
    pub(super) month: Month,
    pub(super) day: u8,
    pub(super) hour: u8,
    pub(super) minute: u8,
}

impl When {
    /// The minute of a timestamp.
    pub fn of(at: Timestamp) -> Self {
        let at = OffsetDateTime::from_unix_timestamp(at.as_secs());
        let at = at.unwrap_or(OffsetDateTime::UNIX_EPOCH);
        Self {
            year: at.year(),
            month: at.month(),
            day: at.day(),
            hour: at.hour(),
            minute: at.minute(),
        }
    }

    /// The name of the month, of twelve.
    pub(super) fn month_of(self, names: [&'static str; 12]) -> &'static str {
        let place = usize::from(u8::from(self.month)).saturating_sub(1);
        names.get(place).copied().unwrap_or_default()
    }
}

/// Why a message is not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// What happened, in one sentence.
    pub headline: &'static str,
    /// Why.
    pub because: &'static str,
    /// What to do now.
    pub hint: &'static str,
}

/// The question whether a message is a member's own (A6, A9). Nothing of the message is in it: a stranger may have
/// written that.
#[derive(Debug)]
pub struct ConfirmText {
    /// The subject of the mail.
    pub subject: &'static str,
    /// The question.
    pub headline: &'static str,
    /// What has happened.
    pub what: &'static str,
    /// What the link does, and until when.
    pub how: &'static str,
    /// Why it could not be told (A9).
    pub why: &'static str,
    /// On the link.
    pub link: &'static str,
    /// What to do next time, and if it is a stranger's.
    pub hints: [&'static str; 3],
}

/// What can be written.
#[derive(Debug)]
pub struct HelpText {
    /// What this is.
    pub headline: &'static str,
    /// How it works.
    pub how: &'static str,
    /// Above the examples.
    pub examples_title: &'static str,
    /// Instructions that even the simplest agent carries out.
    pub examples: [&'static str; 4],
    /// Above the words that are commands.
    pub words_title: &'static str,
    /// What comes of a new mail, and of a reply.
    pub threads: &'static str,
}

/// Where the last instruction of a conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// It waits for its turn.
    Waiting,
    /// It is being carried out.
    Working,
    /// It is kept until an editor starts.
    Kept,
    /// It is done.
    Done,
    /// It did not work.
    Failed,
    /// It was stopped.
    Stopped,
}

/// How a conversation stands.
#[derive(Debug)]
#[expect(missing_docs, reason = "each text is named by what it says")]
pub struct StatusText {
    pub headline: fn(Condition) -> &'static str,
    pub nothing_yet: &'static str,
    /// Before the words of the last message.
    pub last_message: &'static str,
    /// Before what was said of it.
    pub last_answer: &'static str,
    /// How many others are open.
    pub others: fn(usize) -> String,
    pub stopping: &'static str,
    pub stopping_because: &'static str,
    pub nothing_to_stop: &'static str,
}

impl Language {
    /// The texts of this language.
    pub const fn phrases(self) -> &'static Phrases {
        match self {
            Self::En => &en::PHRASES,
            Self::De => &de::PHRASES,
            Self::Fr => &fr::PHRASES,
            Self::Es => &es::PHRASES,
        }
    }

    /// A minute as people write it.
    pub fn minute(self, at: Timestamp) -> String {
        (self.phrases().notes.at)(When::of(at))
    }
}
