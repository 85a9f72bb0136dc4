//! The files of a mail that becomes a command: sorted, kept before the commit, and said where they are.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;

use super::arrival::Arrival;
use super::take::Intake;
use crate::domain::blob::BlobId;
use crate::domain::claim::{Claim, ClaimKey};
use crate::domain::command::Attachment;
use crate::domain::ids::{ClientId, JournalId, ThreadId};
use crate::domain::mail::files::{
    Arrived, FileNote, Ignored, RefusedFile, Sorted, recurring, sort,
};
use crate::domain::mail::{Decision, MAX_INSTRUCTION, RuleId};
use crate::domain::time::Timestamp;
use crate::ports::fault::Fault;
use crate::ports::ledger::Write;

/// How much of a message that is too long for an instruction is shown in it, in bytes (B11).
const MAX_LEAD: usize = 4 * 1024;
/// The largest text that is kept as a file, in bytes.
const MAX_TEXT: usize = 20 * 1024 * 1024;
/// How long a conversation knows the logos of its signatures.
const SEEN_FOR: Duration = Duration::from_hours(24 * 180);

/// What was kept for one mail already: a decision that must be made again does not keep it again.
#[derive(Debug, Default)]
pub(super) struct KeptBefore(Mutex<HashMap<BlobId, String>>);

/// What a mail brings beside its sender.
#[derive(Debug, Default)]
pub(super) struct Brought {
    /// The sender's words, with `[image 1: name]` where an image stands.
    pub(super) text: String,
    pub(super) attachments: Vec<Attachment>,
    pub(super) refused: Vec<RefusedFile>,
    pub(super) rules: Vec<RuleId>,
}

/// The small images of a mail that a conversation may bring again and again (B12).
#[derive(Debug, Default)]
pub(super) struct Logos {
    seen: HashSet<[u8; 32]>,
    fresh: Vec<[u8; 32]>,
}

impl Logos {
    /// Remembers the new ones for the conversation.
    pub(super) fn writes(
        &self,
        thread: &ThreadId,
        journal: &JournalId,
        now: Timestamp,
    ) -> impl Iterator<Item = Write> {
        self.fresh.iter().map(move |hash| {
            Write::Claim(Claim {
                key: ClaimKey::seen_image(thread, hash),
                value: journal.to_string(),
                claimed_at: now,
                expires_at: now + SEEN_FOR,
            })
        })
    }
}

impl Intake {
    /// Which of the mail's small images its conversation knows. A mail that is decided again knows its own.
    pub(super) async fn logos(
        &self,
        arrival: &Arrival<'_>,
        thread: Option<&ThreadId>,
        journal: &JournalId,
    ) -> Result<Logos, Fault> {
        let mut logos = Logos::default();
        let now = self.acceptor.now();
        for hash in recurring(&arrival.mail.attachments) {
            let claim = match thread {
                Some(thread) => {
                    self.claims
                        .get(&ClaimKey::seen_image(thread, &hash), now)
                        .await?
                }
                None => None,
            };
            match claim {
                None => logos.fresh.push(hash),
                Some(claim) if claim.value == journal.as_str() => {}
                Some(_) => {
                    logos.seen.insert(hash);
                }
            }
        }
        Ok(logos)
    }

    /// Sorts the files and keeps those that the agent gets.
    pub(super) async fn bring(
        &self,
        arrival: &Arrival<'_>,
        decision: &Decision,
        client: &ClientId,
        logos: &Logos,
    ) -> Result<Brought, Fault> {
        let words = decision.full.as_ref().or(decision.instruction.as_ref());
        let sorted = sort(&Arrived {
            files: &arrival.mail.attachments,
            text: words.map_or("", String::as_str),
            forwarded: decision.forwarded.as_deref(),
            screening: arrival.screening,
            seen: &logos.seen,
        });
        let keeper = Keeper {
            intake: self,
            arrival,
            client,
        };
        let mut attachments = Vec::with_capacity(sorted.kept.len());
        for kept in &sorted.kept {
            let content = &kept.file.content;
            attachments.push(Attachment {
                name: kept.file.name.clone(),
                content_type: kept.content_type.clone(),
                bytes: content.len() as u64,
                sha256: BlobId::of_hash(&kept.file.sha256),
                reference: keeper
                    .keep(&BlobId::of_hash(&kept.file.sha256), content)
                    .await?,
                image: kept.image,
                notes: kept.notes.clone(),
            });
        }
        let rules = rules(&sorted);
        let Sorted {
            mut text,
            forwarded,
            refused,
            ..
        } = sorted;
        if text.len() > MAX_INSTRUCTION {
            text.truncate(text.floor_char_boundary(MAX_TEXT));
            attachments.push(
                keeper
                    .text("message.txt", &text, FileNote::WholeMessage)
                    .await?,
            );
            text.truncate(text.floor_char_boundary(MAX_LEAD));
        }
        if let Some(forwarded) = &forwarded {
            attachments.push(
                keeper
                    .text("forwarded.txt", forwarded, FileNote::Forwarded)
                    .await?,
            );
        }
        Ok(Brought {
            text,
            attachments,
            refused,
            rules,
        })
    }
}

fn rules(sorted: &Sorted<'_>) -> Vec<RuleId> {
    use crate::domain::mail::files::FileRefusal as Refusal;
    let is_beyond = |file: &RefusedFile| {
        matches!(
            file.reason,
            Refusal::TooLarge | Refusal::TooMany | Refusal::TooLargeTogether
        )
    };
    let is_card = |(_, why): &(&str, Ignored)| matches!(why, Ignored::Invite | Ignored::Contact);
    let (beyond, cards) = (
        sorted.refused.iter().any(is_beyond),
        sorted.ignored.iter().any(is_card),
    );
    let others = sorted.refused.iter().any(|file| !is_beyond(file))
        || sorted.ignored.iter().any(|file| !is_card(file));
    [
        (others, RuleId::B12),
        (beyond, RuleId::B13),
        (cards, RuleId::B15),
    ]
    .into_iter()
    .filter_map(|(applies, rule)| applies.then_some(rule))
    .collect()
}

/// Keeps files for the workers of a client.
struct Keeper<'k> {
    intake: &'k Intake,
    arrival: &'k Arrival<'k>,
    client: &'k ClientId,
}

impl Keeper<'_> {
    /// Keeps a file and answers where workers read it.
    async fn keep(&self, id: &BlobId, content: &[u8]) -> Result<String, Fault> {
        let known = |kept: &KeptBefore| {
            kept.0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .get(id)
                .cloned()
        };
        if let Some(reference) = known(&self.arrival.kept) {
            return Ok(reference);
        }
        let (content, now) = (Bytes::copy_from_slice(content), self.intake.acceptor.now());
        let put = self.intake.archive.put_file(self.client, content, now);
        let reference = put.await?;
        let mut kept = self
            .arrival
            .kept
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        kept.insert(id.clone(), reference.clone());
        Ok(reference)
    }

    async fn text(&self, name: &str, text: &str, note: FileNote) -> Result<Attachment, Fault> {
        let sha256 = BlobId::of(text.as_bytes());
        Ok(Attachment {
            name: name.to_owned(),
            content_type: "text/plain; charset=utf-8".to_owned(),
            bytes: text.len() as u64,
            reference: self.keep(&sha256, text.as_bytes()).await?,
            sha256,
            image: None,
            notes: vec![note],
        })
    }
}
