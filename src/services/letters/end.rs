//! What is said of a command's end.

use crate::domain::command::{
    Action, CancelReason, Command, CommandResult, CommandState, MailOrigin, NOT_BUILT,
    NOTHING_CHANGED, STOPPED_BEFORE,
};
use crate::domain::mail::phrases::{Phrases, Word};
use crate::domain::mail::{Language, LetterKind};
use crate::domain::member::Role;

/// What is said of an end.
pub(super) struct Told {
    pub(super) kind: LetterKind,
    pub(super) headline: &'static str,
    pub(super) paragraphs: Vec<String>,
    pub(super) log: Option<String>,
    pub(super) hints: Vec<&'static str>,
    pub(super) shows_preview: bool,
}

/// What an answer to this end would be.
pub(in crate::services) fn kind_of(state: CommandState, result: &CommandResult) -> LetterKind {
    match state {
        CommandState::Succeeded | CommandState::Queued | CommandState::Running => {
            LetterKind::Result
        }
        CommandState::Interrupted => LetterKind::Failure,
        CommandState::Failed => Failure::of(result).kind(),
    }
}

/// What the sender of a mail is told.
pub(super) fn tell(command: &Command, result: &CommandResult, mail: &MailOrigin) -> Told {
    let state = command.state;
    let phrases = mail.language.phrases();
    let told = match state {
        CommandState::Succeeded | CommandState::Queued | CommandState::Running => {
            done(result, mail, phrases)
        }
        CommandState::Interrupted => interrupted(result, phrases),
        CommandState::Failed => failed(result, command.action, phrases),
    };
    Told {
        kind: kind_of(state, result),
        ..told
    }
}

/// The words of whoever did the work, without those of the worker, for which letters have their own.
fn own_words(result: &CommandResult) -> String {
    let said = result.summary.as_deref().unwrap_or_default().trim();
    let said = said.strip_suffix(NOT_BUILT).unwrap_or(said).trim_end();
    if [NOTHING_CHANGED, STOPPED_BEFORE].contains(&said) {
        String::new()
    } else {
        said.to_owned()
    }
}

/// The hints for those words that are understood.
pub(super) fn offered(phrases: &Phrases, words: &[Word]) -> Vec<&'static str> {
    let understood = words.iter().filter(|word| Word::UNDERSTOOD.contains(word));
    understood.map(|word| phrases.hint(*word)).collect()
}

/// The words for a change that can be looked at.
pub(super) fn words_for_a_change(role: Option<Role>) -> &'static [Word] {
    match role {
        Some(Role::Publisher) => &[Word::Publish, Word::Undo, Word::Help],
        Some(Role::Viewer | Role::Editor) | None => &[Word::Undo, Word::Help],
    }
}

fn done(result: &CommandResult, mail: &MailOrigin, phrases: &'static Phrases) -> Told {
    let changed = !result.files_changed.is_empty();
    let shown = result.deploy_success != Some(false);
    let ends = &phrases.ends;
    let (headline, words) = match (changed, shown) {
        (true, true) => (ends.made, words_for_a_change(mail.role)),
        (true, false) => (ends.made_unseen, [Word::Undo, Word::Help].as_slice()),
        (false, _) => (ends.nothing, [Word::Help].as_slice()),
    };
    let next = if changed {
        phrases.replying.next
    } else {
        phrases.replying.reword
    };
    let mut hints = vec![next];
    hints.extend(offered(phrases, words));
    Told {
        kind: LetterKind::Result,
        headline,
        paragraphs: vec![own_words(result)],
        log: None,
        hints,
        shows_preview: shown,
    }
}

fn interrupted(result: &CommandResult, phrases: &'static Phrases) -> Told {
    let ends = &phrases.ends;
    let because = match (result.error_code.as_deref(), &result.interrupted_by) {
        (Some(code), _) if code == CancelReason::Deactivated.as_str() => ends.stopped_by_end,
        (_, Some(_)) => ends.stopped_by_newer,
        _ => ends.stopped_by_wish,
    };
    Told {
        kind: LetterKind::Failure,
        headline: ends.stopped,
        paragraphs: vec![because.to_owned(), own_words(result)],
        log: None,
        hints: vec![phrases.replying.go_on],
        shows_preview: false,
    }
}

/// What kind of failure a worker's or our own code stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failure {
    /// It is not clear what is meant.
    Unclear,
    /// Nobody here can do it.
    Impossible,
    /// The website does not build with it.
    Red,
    /// The worker broke down over it again and again.
    Crashed,
    /// There was no worker in all the time.
    NeverStarted,
    /// The worker's place is at fault.
    Workspace,
    /// The repository is at fault.
    Repository,
    /// The files that came with the message are at fault.
    Files,
    /// Something else.
    Other,
}

impl Failure {
    fn of(result: &CommandResult) -> Self {
        match result.error_code.as_deref().unwrap_or_default() {
            "text_not_found" | "text_ambiguous" | "no_such_page" | "empty_instruction"
            | "not_understood" | "not_found" | "ambiguous" | "empty" => Self::Unclear,
            "needs_model"
            | "agent_unavailable"
            | "would_break_page"
            | "bad_link"
            | "no_pages"
            | "instruction_too_long"
            | "forbidden_path"
            | "unsupported" => Self::Impossible,
            "build_failed" => Self::Red,
            "worker_crashed" => Self::Crashed,
            "never_started" => Self::NeverStarted,
            "workspace_failed" => Self::Workspace,
            "repository_unavailable" => Self::Repository,
            "attachments_unavailable" => Self::Files,
            _ => Self::Other,
        }
    }

    const fn kind(self) -> LetterKind {
        match self {
            Self::Unclear => LetterKind::Question,
            Self::Impossible => LetterKind::Refusal,
            Self::Red
            | Self::Crashed
            | Self::NeverStarted
            | Self::Workspace
            | Self::Repository
            | Self::Files
            | Self::Other => LetterKind::Failure,
        }
    }
}

fn failed(result: &CommandResult, action: Option<Action>, phrases: &'static Phrases) -> Told {
    let (ends, replying) = (&phrases.ends, &phrases.replying);
    let failure = Failure::of(result);
    let (headline, because, hint) = match failure {
        Failure::Unclear => (ends.unclear, None, replying.reword),
        Failure::Impossible => match not_yet(result, action) {
            Some(action) => (ends.cannot, Some((ends.not_yet)(action)), replying.mend),
            None => (ends.cannot, None, replying.reword),
        },
        Failure::Red => (ends.red, Some(ends.red_because), replying.mend),
        Failure::Crashed => (ends.failed, Some(ends.crashed), replying.again),
        Failure::NeverStarted => (ends.failed, Some(ends.never_started), replying.again),
        Failure::Workspace => (ends.failed, Some(ends.no_workspace), replying.again),
        Failure::Repository => (ends.failed, Some(ends.no_repository), replying.again),
        Failure::Files => (ends.failed, Some(ends.no_files), replying.resend),
        Failure::Other => (ends.failed, None, replying.again),
    };
    let red = failure == Failure::Red;
    let mut paragraphs = Vec::with_capacity(3);
    // what is said in our own words needs no others; a change that only does not build has an author
    if because.is_none() || red {
        paragraphs.push(own_words(result));
    }
    paragraphs.extend(because.map(str::to_owned));
    let error = result.error.clone().unwrap_or_default();
    if !red && because.is_none() && !paragraphs.contains(&error) {
        paragraphs.push(error.clone());
    }
    let mut hints = vec![hint];
    let word = if red { Word::Undo } else { Word::Help };
    hints.extend(offered(phrases, &[word]));
    Told {
        kind: failure.kind(),
        headline,
        paragraphs,
        log: red.then_some(error),
        hints,
        shows_preview: red,
    }
}

/// The word that the worker understands but cannot carry out yet.
fn not_yet(result: &CommandResult, action: Option<Action>) -> Option<Action> {
    action.filter(|_| result.error_code.as_deref() == Some("unsupported"))
}

/// An earlier message that was stopped for the one that is answered, in a sentence (C16).
pub(super) fn stopped_earlier(language: Language, instruction: &str) -> String {
    (language.phrases().ends.stopped_earlier)(&beginning(instruction))
}

/// The beginning of somebody's words, on one line.
pub(super) fn beginning(words: &str) -> String {
    const MOST: usize = 160;
    let words: Vec<&str> = words.split_whitespace().collect();
    let words = words.join(" ");
    let cut: String = words.chars().take(MOST).collect();
    if cut.len() < words.len() {
        format!("{} …", cut.trim_end())
    } else {
        cut
    }
}
