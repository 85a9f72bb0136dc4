//! Something to remember for a while: small, versioned, forgotten when it has expired.

use std::fmt;

use super::ids::{ProjectId, UserId, hash_parts, hex};
use super::mail::{EmailAddress, MessageId};
use super::time::Timestamp;

/// Names a note.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NoteKey(String);

impl NoteKey {
    /// What a user has written lately about a project (T8, L15); without a project, to none that is known.
    pub fn correspondence(project: Option<&ProjectId>, user: &UserId) -> Self {
        let project = project.map_or("", ProjectId::as_str);
        Self::of("talk", &[project, user.as_str()])
    }

    /// The bounces of an address (L17).
    pub fn bounces(address: &EmailAddress) -> Self {
        Self::of("bounces", &[address.as_str()])
    }

    /// Which of our letters went out under a Message-ID that the mail system has made (T4, L16).
    pub fn sent_as(id: &MessageId) -> Self {
        Self::of("sent", &[id.as_str()])
    }

    /// Hashed: addresses and ids of others are long, arbitrary and nobody's business.
    fn of(kind: &str, parts: &[&str]) -> Self {
        let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
        Self(format!("{kind}#{}", hex(&hash_parts(&parts))))
    }

    /// The key's text form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for NoteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What it is about.
    pub key: NoteKey,
    /// What it says; far below the 400 KB of an item of DynamoDB.
    pub value: String,
    /// From when on it may be forgotten.
    pub expires_at: Timestamp,
    /// Counts the writes of this record.
    pub version: u64,
}
