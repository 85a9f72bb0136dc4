//! An outgoing mail as values, so that it can be stored and is rendered the same way each time.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::ids::{JournalId, ReplyId, ThreadId};
use crate::domain::mail::files::{FileRefusal, RefusedFile};
use crate::domain::mail::{
    EmailAddress, HermesAddress, InvalidMessageId, Language, MessageId, ReplyToken, reply_subject,
};
use crate::domain::time::Timestamp;

/// Most ids of the conversation that a letter repeats; mailers cut longer headers anyway.
const MAX_REFERENCES: usize = 20;
/// Longest quote of what the sender wrote, in bytes (L18: never the whole mail).
const MAX_QUOTE: usize = 600;
/// Longest end of a build log, in bytes and lines.
const MAX_LOG: usize = 4000;
const MAX_LOG_LINES: usize = 40;
/// Most files that are named one by one.
const MAX_FILES: usize = 20;

/// What a letter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterKind {
    /// It was done, or there was nothing to do.
    Result,
    /// Something must be known before it can be done.
    Question,
    /// It may not or cannot be done.
    Refusal,
    /// It was tried and did not work.
    Failure,
    /// It was received and will be done.
    Ack,
    /// It takes longer.
    StillWorking,
    /// What can be written.
    Help,
    /// How the conversation stands.
    Status,
    /// The work is being stopped, or there was none.
    Stopped,
    /// A member is asked whether a message is theirs (A6).
    Confirm,
}

/// A link to follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Action {
    /// What happens there.
    pub label: String,
    /// Where it leads: a web address of ours.
    pub url: String,
}

impl LetterKind {
    /// Every kind, for metrics.
    pub const ALL: [Self; 10] = [
        Self::Result,
        Self::Question,
        Self::Refusal,
        Self::Failure,
        Self::Ack,
        Self::StillWorking,
        Self::Help,
        Self::Status,
        Self::Stopped,
        Self::Confirm,
    ];

    /// The kind as metrics write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Result => "result",
            Self::Question => "question",
            Self::Refusal => "refusal",
            Self::Failure => "failure",
            Self::Ack => "ack",
            Self::StillWorking => "still_working",
            Self::Help => "help",
            Self::Status => "status",
            Self::Stopped => "stopped",
            Self::Confirm => "confirm",
        }
    }

    /// Whether the outcome is still to come (invariant 2: a note is no outcome).
    pub const fn is_note(self) -> bool {
        matches!(self, Self::Ack | Self::StillWorking)
    }
}

/// A list under a title of its own.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// What it lists.
    pub title: String,
    /// Its lines, each one line.
    pub lines: Vec<String>,
}

impl fmt::Debug for Section {
    /// Without words: mails are not logged.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Section")
            .field("lines", &self.lines.len())
            .finish_non_exhaustive()
    }
}

/// One outgoing mail. The text fields may hold anything; rendering makes them safe.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Letter {
    /// What it is.
    pub kind: LetterKind,
    /// What its fixed phrases are in.
    #[serde(default)]
    pub language: Language,
    /// Names the mail; its Message-ID, boundary and marker come from it.
    pub reply_id: ReplyId,
    /// Its own id, `turn.<reply id>@domain`.
    pub message_id: MessageId,
    /// Our mailbox.
    pub from: EmailAddress,
    /// Whom it is for (A7).
    pub to: EmailAddress,
    /// Who gets it as well (A8).
    #[serde(default)]
    pub cc: Vec<EmailAddress>,
    /// Where answers go; with the thread's token when there is a thread.
    pub reply_to: EmailAddress,
    /// One `Re: ` and the conversation's subject.
    pub subject: String,
    /// The mail that it answers.
    pub in_reply_to: MessageId,
    /// The conversation, our thread anchor first (T4).
    pub references: Vec<MessageId>,
    /// When it was written.
    pub date: Timestamp,
    /// What happened, in one sentence.
    pub headline: String,
    /// More about it.
    #[serde(default)]
    pub paragraphs: Vec<String>,
    /// Paths that were changed.
    #[serde(default)]
    pub files_changed: Vec<String>,
    /// Changed paths beyond those listed.
    #[serde(default)]
    pub more_files: usize,
    /// Files of the sender that were left out, each with its reason (B13).
    #[serde(default)]
    pub ignored_files: Vec<(String, FileRefusal)>,
    /// Where the result can be seen.
    pub preview_url: Option<String>,
    /// A link to follow.
    #[serde(default)]
    pub action: Option<Action>,
    /// Text that is shown as it stands: the end of a build log.
    pub log: Option<String>,
    /// Lists: what can be written, how things stand, what was left out.
    #[serde(default)]
    pub sections: Vec<Section>,
    /// What can be replied now.
    #[serde(default)]
    pub hints: Vec<String>,
    /// The beginning of what the recipient wrote.
    pub quoted: Option<String>,
    /// The journal row, for when somebody asks.
    pub reference: Option<JournalId>,
}

impl fmt::Debug for Letter {
    /// Without words and addresses: mails are not logged.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter")
            .field("kind", &self.kind)
            .field("reply_id", &self.reply_id)
            .finish_non_exhaustive()
    }
}

/// The mail that a letter answers, and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct Answering<'a> {
    /// Our mailbox.
    pub hermes: &'a HermesAddress,
    /// The authenticated sender (A7).
    pub to: &'a EmailAddress,
    /// Its subject, decoded.
    pub subject: &'a str,
    /// Its id.
    pub message_id: &'a MessageId,
    /// Its conversation, oldest first.
    pub references: &'a [MessageId],
    /// What its sender writes.
    pub language: Language,
    /// The thread and its reply token; none for a refusal.
    pub thread: Option<(&'a ThreadId, &'a ReplyToken)>,
}

impl Letter {
    /// An answer without a body yet. Fails only when an id of ours cannot be made from `reply_id` or the thread.
    pub fn answering(
        kind: LetterKind,
        reply_id: ReplyId,
        mail: Answering<'_>,
        date: Timestamp,
        headline: impl Into<String>,
    ) -> Result<Self, InvalidMessageId> {
        let domain = mail.hermes.domain();
        let anchor = mail
            .thread
            .map(|(thread, _)| MessageId::ours("thread", thread.as_str(), domain))
            .transpose()?;
        let reply_to = mail.thread.map_or_else(
            || mail.hermes.address().clone(),
            |(_, token)| mail.hermes.reply_to(token),
        );
        Ok(Self {
            kind,
            language: mail.language,
            message_id: MessageId::ours("turn", reply_id.as_str(), domain)?,
            reply_id,
            from: mail.hermes.address().clone(),
            to: mail.to.clone(),
            cc: Vec::new(),
            reply_to,
            subject: reply_subject(mail.subject),
            in_reply_to: mail.message_id.clone(),
            references: conversation(anchor.as_ref(), mail.references, mail.message_id),
            date,
            headline: headline.into(),
            paragraphs: Vec::new(),
            files_changed: Vec::new(),
            more_files: 0,
            ignored_files: Vec::new(),
            preview_url: None,
            action: None,
            log: None,
            sections: Vec::new(),
            hints: Vec::new(),
            quoted: None,
            reference: None,
        })
    }

    /// Sends it to these as well (A8).
    #[must_use]
    pub fn copied_to(mut self, copies: &[EmailAddress]) -> Self {
        self.cc = copies.to_vec();
        self
    }

    /// Everyone who gets it.
    pub fn recipients(&self) -> impl Iterator<Item = &EmailAddress> {
        std::iter::once(&self.to).chain(&self.cc)
    }

    /// Adds a paragraph, unless it is blank.
    #[must_use]
    pub fn paragraph(mut self, text: impl Into<String>) -> Self {
        self.paragraphs.push(text.into());
        self.paragraphs.retain(|text| !text.trim().is_empty());
        self
    }

    /// Names the changed files, the first twenty of them.
    #[must_use]
    pub fn files(mut self, files: &[String]) -> Self {
        self.files_changed = files.iter().take(MAX_FILES).cloned().collect();
        self.more_files = files.len().saturating_sub(MAX_FILES);
        self
    }

    /// Names the files that were left out (B13).
    #[must_use]
    pub fn ignoring(mut self, files: &[RefusedFile]) -> Self {
        let named = files.iter().map(|file| (file.name.clone(), file.reason));
        self.ignored_files = named.collect();
        self
    }

    /// Links the preview. What is no web address is left out.
    #[must_use]
    pub fn preview(mut self, url: impl Into<String>) -> Self {
        let url = url.into();
        let is_web = url.starts_with("https://") || url.starts_with("http://");
        self.preview_url = Some(url)
            .filter(|url| is_web && !url.contains(|c: char| c.is_whitespace() || c.is_control()));
        self
    }

    /// Shows the end of a log.
    #[must_use]
    pub fn log_end(mut self, log: &str) -> Self {
        let log = log.trim_end();
        let mut start = log.len().saturating_sub(MAX_LOG);
        while !log.is_char_boundary(start) {
            start += 1;
        }
        let lines: Vec<&str> = log.get(start..).unwrap_or_default().lines().collect();
        let skipped = lines.len().saturating_sub(MAX_LOG_LINES);
        let end = lines.get(skipped..).unwrap_or_default().join("\n");
        self.log = Some(end).filter(|end| !end.trim().is_empty());
        self
    }

    /// Adds a list, unless it is empty.
    #[must_use]
    pub fn section(mut self, title: impl Into<String>, lines: Vec<String>) -> Self {
        if !lines.is_empty() {
            let title = title.into();
            self.sections.push(Section { title, lines });
        }
        self
    }

    /// Says what can be replied.
    #[must_use]
    pub fn hint(mut self, text: impl Into<String>) -> Self {
        self.hints.push(text.into());
        self
    }

    /// Repeats the beginning of what the recipient wrote.
    #[must_use]
    pub fn quoting(mut self, words: &str) -> Self {
        let words = words.trim();
        let mut end = words.len().min(MAX_QUOTE);
        while !words.is_char_boundary(end) {
            end -= 1;
        }
        let head = words.get(..end).unwrap_or_default();
        let shown = if end < words.len() {
            format!("{} …", head.trim_end())
        } else {
            head.to_owned()
        };
        self.quoted = Some(shown).filter(|shown| !shown.is_empty());
        self
    }

    /// Names the journal row.
    #[must_use]
    pub fn referring_to(mut self, journal_id: JournalId) -> Self {
        self.reference = Some(journal_id);
        self
    }
}

/// Our anchor first, then the last ids of the conversation, the answered mail last (T4).
fn conversation(
    anchor: Option<&MessageId>,
    before: &[MessageId],
    answered: &MessageId,
) -> Vec<MessageId> {
    let kept = before
        .iter()
        .filter(|id| Some(*id) != anchor && *id != answered);
    let skipped = kept.clone().count().saturating_sub(MAX_REFERENCES);
    anchor
        .into_iter()
        .chain(kept.skip(skipped))
        .chain([answered])
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{Bits, CommandId};

    fn letter(references: &[MessageId]) -> Letter {
        let token = ReplyToken::mint(Bits([1; 16]), Bits([2; 16]));
        let thread: ThreadId = "abc123".parse().unwrap();
        Letter::answering(
            LetterKind::Result,
            ReplyId::for_command(&"cmd-1".parse::<CommandId>().unwrap()),
            Answering {
                hermes: &HermesAddress::default(),
                to: &"a@b.c".parse().unwrap(),
                subject: "Re: AW: Hours",
                message_id: &"q@b.c".parse().unwrap(),
                references,
                language: Language::En,
                thread: Some((&thread, &token)),
            },
            Timestamp::from_secs(1),
            "Done.",
        )
        .unwrap()
    }

    #[test]
    fn t4_the_anchor_comes_first_and_the_answered_mail_last() {
        let before: Vec<MessageId> = (0..30)
            .map(|n| format!("{n}@b.c").parse().unwrap())
            .collect();
        let ids: Vec<String> = letter(&before)
            .references
            .into_iter()
            .map(String::from)
            .collect();
        assert_eq!(ids.len(), 22);
        assert_eq!(
            (ids[0].as_str(), ids[1].as_str()),
            ("thread.abc123@hermes.localhost", "10@b.c")
        );
        assert_eq!(ids[21], "q@b.c");
        let again = letter(&[
            "thread.abc123@hermes.localhost".parse().unwrap(),
            "q@b.c".parse().unwrap(),
        ]);
        assert_eq!(again.references.len(), 2);
    }

    #[test]
    fn letters_are_stored_as_they_are() {
        let letter = letter(&[])
            .paragraph("x")
            .paragraph(" ")
            .preview("https://p.example/")
            .hint("publish");
        assert_eq!(
            (letter.subject.as_str(), letter.message_id.as_str()),
            ("Re: Hours", "turn.cmd-1@hermes.localhost")
        );
        let json = serde_json::to_value(&letter).unwrap();
        assert_eq!(serde_json::from_value::<Letter>(json).unwrap(), letter);
        assert_eq!(letter.paragraphs.len(), 1);
        assert!(!format!("{letter:?}").contains("b.c"));
    }

    #[test]
    fn l18_only_the_beginning_of_a_mail_is_repeated() {
        let letter = letter(&[])
            .quoting(&"\u{e9}".repeat(1000))
            .log_end(&"line\n".repeat(1000))
            .files(&vec!["a".to_owned(); 25])
            .preview("javascript:alert(1)");
        assert!(letter.quoted.as_deref().unwrap().len() <= MAX_QUOTE + " …".len());
        assert_eq!(letter.log.unwrap().lines().count(), MAX_LOG_LINES);
        assert_eq!((letter.files_changed.len(), letter.more_files), (20, 5));
        assert_eq!(letter.preview_url, None);
    }
}
