//! The question whether a held message is a member's own (A6, A9).

use tracing::error;

use super::write::Letters;
use crate::domain::ids::{JournalId, ReplyId};
use crate::domain::mail::{
    Action, Answering, EmailAddress, Language, Letter, LetterKind, MessageId,
};
use crate::domain::time::Timestamp;

/// Who is asked about which message.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// The member, by the address that is stored.
    pub member: &'a EmailAddress,
    /// The held message.
    pub message_id: &'a MessageId,
    /// Its journal row.
    pub journal_id: &'a JournalId,
    /// What it is written in.
    pub language: Language,
    /// Where the member can read it and say whose it is.
    pub url: String,
}

impl Letters {
    /// The question, with nothing of the message in it: a stranger may have written that.
    pub fn question(&self, asked: Asked<'_>, now: Timestamp) -> Option<Letter> {
        let words = &asked.language.phrases().confirm;
        let answering = Answering {
            hermes: self.hermes(),
            to: asked.member,
            subject: words.subject,
            message_id: asked.message_id,
            references: &[],
            language: asked.language,
            thread: None,
        };
        let reply_id = ReplyId::asking_about(asked.journal_id);
        let kind = LetterKind::Confirm;
        let letter = Letter::answering(kind, reply_id, answering, now, words.headline)
            .inspect_err(|error| error!(%error, "a question cannot be written"))
            .ok()?;
        let letter = [words.what, words.how, words.why]
            .into_iter()
            .fold(letter, Letter::paragraph);
        let mut letter = words.hints.into_iter().fold(letter, Letter::hint);
        // it begins a conversation of its own, so it is no "Re:"
        words.subject.clone_into(&mut letter.subject);
        letter.action = Some(Action {
            label: words.link.to_owned(),
            url: asked.url,
        });
        Some(letter.referring_to(asked.journal_id.clone()))
    }
}
