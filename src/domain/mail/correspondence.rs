//! What one sender and one project have written to each other lately: by it a subject finds its conversation (T8), and a
//! loop is seen (L15).
//!
//! A loop of mails is machines that answer each other. Nothing in one of its mails need tell (headers are stripped on the
//! way), so what tells is how many they are. It ends with the first mail that gets no answer.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::ids::{ThreadId, hash_parts, hex};
use crate::domain::time::Timestamp;

/// How long new conversations, turns and equal bodies count (L15, as Odoo does).
const WINDOW: Duration = Duration::from_hours(1);
/// New conversations of a sender in [`WINDOW`] (L15).
const MAX_BEGUN: usize = 5;
/// Turns of one conversation in [`WINDOW`] (L15; Odoo#70845).
const MAX_TURNS: usize = 90;
/// Turns of one conversation in a longer time, counted from the first of them. Machines that take minutes for an answer, as
/// models do, stay below [`MAX_TURNS`] for ever; nobody writes so much about one matter.
const MAX_TURNS_IN: [(Duration, u32); 2] = [
    (Duration::from_hours(24), 200),
    (Duration::from_hours(24 * 7), 500),
];
/// Turns with one and the same body in a conversation in [`WINDOW`]: the third is one too many (L15).
const MAX_SAME_BODY: usize = 2;
/// How long answers that nobody has asked for count (L15, as `FreeScout` does).
const ACK_WINDOW: Duration = Duration::from_hours(3);
/// Such answers to a sender in [`ACK_WINDOW`] (L15, as `FreeScout` does).
const MAX_ACKS: usize = 10;
/// Such answers with one and the same subject in [`ACK_WINDOW`] (L15, as `FreeScout` does).
const MAX_ACKS_OF_SUBJECT: usize = 2;
/// How long a subject finds its conversation (T8), and how long all this is remembered.
pub const MEMORY: Duration = Duration::from_hours(24 * 7);
/// A sender is told once in this time that mails of theirs are held (as refusals, L18).
const TOLD_PAUSE: Duration = Duration::from_hours(25);
/// Texts up to this length are commands such as `publish` (P1), which people repeat.
const SHORT: usize = 40;
/// Most conversations that are remembered; the one that rested longest goes first.
const MAX_TALKS: usize = 32;
/// Most subjects of a conversation.
const MAX_SUBJECTS: usize = 4;

/// A limit that a mail would break (L15).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tripped {
    /// Which.
    pub limit: Limit,
    /// From when on the same mail would be taken again.
    pub until: Timestamp,
}

/// The limits of L15.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// [`MAX_BEGUN`].
    Begun,
    /// [`MAX_TURNS`].
    Turns,
    /// [`MAX_TURNS_IN`].
    ManyTurns,
    /// [`MAX_SAME_BODY`].
    SameBody,
    /// [`MAX_ACKS`] or [`MAX_ACKS_OF_SUBJECT`].
    Acks,
}

impl Limit {
    /// Why, for the journal and for operators; names nobody.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Begun => "the sender began more than 5 conversations in 60 minutes",
            Self::Turns => "the conversation had more than 90 mails in 60 minutes",
            Self::ManyTurns => {
                "the conversation had more than 200 mails in a day, or 500 in a week"
            }
            Self::SameBody => "the same text came 3 times in one conversation in 60 minutes",
            Self::Acks => {
                "the sender was answered more than 10 times, or twice under one subject, in 180 minutes"
            }
        }
    }
}

/// The conversation that a subject leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubjectMatch {
    /// None.
    None,
    /// This one.
    One(ThreadId),
    /// Several: it cannot be told which.
    Several,
}

/// The text of a mail as far as the fuse looks at it.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// The sender's own words.
    pub visible: &'a str,
    /// Over everything in the mail.
    pub content: &'a [u8; 32],
}

/// What was written lately.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Correspondence {
    /// The one used last is last.
    talks: Vec<Talk>,
    acks: Vec<Ack>,
    told_at: Option<Timestamp>,
}

/// One conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Talk {
    thread: ThreadId,
    subjects: Vec<String>,
    begun: Timestamp,
    used: Timestamp,
    turns: Vec<Turn>,
    /// One for each of [`MAX_TURNS_IN`].
    #[serde(default)]
    spans: [Span; 2],
}

/// Turns since the first of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Span {
    since: Option<Timestamp>,
    turns: u32,
}

/// One mail that was carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Turn {
    at: Timestamp,
    body: String,
}

/// An answer that is no result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Ack {
    at: Timestamp,
    subject: String,
}

impl Correspondence {
    /// The conversation of this subject in the last seven days (T8).
    pub fn by_subject(&self, subject_key: &str, now: Timestamp) -> SubjectMatch {
        let subject = short_hash(&[subject_key.as_bytes()]);
        let mut found = self
            .talks
            .iter()
            .filter(|talk| is_within(talk.used, MEMORY, now) && talk.subjects.contains(&subject));
        match (found.next(), found.next()) {
            (None, _) => SubjectMatch::None,
            (Some(one), None) => SubjectMatch::One(one.thread.clone()),
            (Some(_), Some(_)) => SubjectMatch::Several,
        }
    }

    /// Whether a conversation went under this subject before (T9).
    pub fn knows_subject(&self, thread: &ThreadId, subject_key: &str) -> bool {
        let subject = short_hash(&[subject_key.as_bytes()]);
        self.talks
            .iter()
            .any(|talk| talk.thread == *thread && talk.subjects.contains(&subject))
    }

    /// Whether one more mail is taken, in this conversation or as the first of a new one (L15).
    pub fn check(
        &self,
        thread: Option<&ThreadId>,
        words: Words<'_>,
        now: Timestamp,
    ) -> Result<(), Tripped> {
        let Some(thread) = thread else {
            let begun = self.talks.iter().map(|talk| talk.begun);
            return below(begun, MAX_BEGUN, WINDOW, now, Limit::Begun);
        };
        let turns = self
            .talks
            .iter()
            .filter(|talk| talk.thread == *thread)
            .flat_map(|talk| &talk.turns);
        for talk in self.talks.iter().filter(|talk| talk.thread == *thread) {
            talk.has_room(now)?;
        }
        let body = body_of(words);
        let same = turns.clone().filter(|turn| turn.body == body);
        below(
            same.map(|turn| turn.at),
            MAX_SAME_BODY,
            WINDOW,
            now,
            Limit::SameBody,
        )?;
        below(
            turns.map(|turn| turn.at),
            MAX_TURNS,
            WINDOW,
            now,
            Limit::Turns,
        )
    }

    /// Notes a mail that is carried out.
    pub fn turn(&mut self, thread: &ThreadId, subject_key: &str, words: Words<'_>, now: Timestamp) {
        self.forget(now);
        let at = self.talks.iter().position(|talk| talk.thread == *thread);
        let mut talk = at.map_or_else(
            || Talk {
                thread: thread.clone(),
                subjects: Vec::new(),
                begun: now,
                used: now,
                turns: Vec::new(),
                spans: Default::default(),
            },
            |at| self.talks.remove(at),
        );
        talk.used = now;
        let subject = short_hash(&[subject_key.as_bytes()]);
        if !talk.subjects.contains(&subject) {
            talk.subjects.push(subject);
            let over = talk.subjects.len().saturating_sub(MAX_SUBJECTS);
            // the first one stays: it is the conversation's own
            talk.subjects.drain(1..=over);
        }
        talk.count(now);
        talk.turns.push(Turn {
            at: now,
            body: body_of(words),
        });
        self.talks.push(talk);
        let over = self.talks.len().saturating_sub(MAX_TALKS);
        self.talks.drain(..over);
    }

    /// Notes an answer that nobody has asked for, unless there were too many (L15, L19).
    pub fn ack(&mut self, subject_key: &str, now: Timestamp) -> Result<(), Tripped> {
        self.forget(now);
        let subject = short_hash(&[subject_key.as_bytes()]);
        let all = self.acks.iter().map(|ack| ack.at);
        below(all, MAX_ACKS, ACK_WINDOW, now, Limit::Acks)?;
        let same = self.acks.iter().filter(|ack| ack.subject == subject);
        let same = same.map(|ack| ack.at);
        below(same, MAX_ACKS_OF_SUBJECT, ACK_WINDOW, now, Limit::Acks)?;
        self.acks.push(Ack { at: now, subject });
        Ok(())
    }

    /// Notes that the sender is told of a held mail; false when they were told a short while ago.
    pub fn tell(&mut self, now: Timestamp) -> bool {
        let is_new = self
            .told_at
            .is_none_or(|told| !is_within(told, TOLD_PAUSE, now));
        if is_new {
            self.told_at = Some(now);
        }
        is_new
    }

    fn forget(&mut self, now: Timestamp) {
        self.talks.retain(|talk| is_within(talk.used, MEMORY, now));
        for talk in &mut self.talks {
            talk.turns.retain(|turn| is_within(turn.at, WINDOW, now));
        }
        self.acks.retain(|ack| is_within(ack.at, ACK_WINDOW, now));
    }
}

impl Talk {
    fn has_room(&self, now: Timestamp) -> Result<(), Tripped> {
        for (span, (time, most)) in self.spans.iter().zip(MAX_TURNS_IN) {
            if let Some(since) = span.since
                && is_within(since, time, now)
                && span.turns >= most
            {
                return Err(Tripped {
                    limit: Limit::ManyTurns,
                    until: since + time,
                });
            }
        }
        Ok(())
    }

    fn count(&mut self, now: Timestamp) {
        for (span, (time, _)) in self.spans.iter_mut().zip(MAX_TURNS_IN) {
            if span.since.is_none_or(|since| !is_within(since, time, now)) {
                *span = Span {
                    since: Some(now),
                    turns: 0,
                };
            }
            span.turns = span.turns.saturating_add(1);
        }
    }
}

fn is_within(at: Timestamp, window: Duration, now: Timestamp) -> bool {
    now < at + window
}

/// Whether there is room for one more among those that are within the window.
fn below(
    times: impl Iterator<Item = Timestamp>,
    most: usize,
    window: Duration,
    now: Timestamp,
    limit: Limit,
) -> Result<(), Tripped> {
    let mut times: Vec<Timestamp> = times.filter(|at| is_within(*at, window, now)).collect();
    times.sort_unstable();
    // when this one has left the window there is room again
    let last_in_the_way = times.len().checked_sub(most).and_then(|at| times.get(at));
    match last_in_the_way {
        None => Ok(()),
        Some(at) => Err(Tripped {
            limit,
            until: *at + window,
        }),
    }
}

/// What makes two mails say the same. A command is the same only with all that is quoted below it: people write
/// `publish` three times in an hour, and each time below another answer of ours.
fn body_of(words: Words<'_>) -> String {
    if words.visible.chars().count() <= SHORT {
        return short_hash(&[words.content]);
    }
    let lower = words.visible.to_lowercase();
    let mut hashed = String::with_capacity(lower.len());
    for word in lower.split_whitespace() {
        hashed.push_str(word);
        hashed.push(' ');
    }
    short_hash(&[hashed.as_bytes()])
}

fn short_hash(parts: &[&[u8]]) -> String {
    hex(hash_parts(parts).get(..8).unwrap_or_default())
}

#[cfg(test)]
#[path = "correspondence_tests.rs"]
mod tests;
