//! A key that can be taken once until it expires: idempotency keys, at most one refusal a day, held messages.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::confirmation::Fingerprint;
use super::ids::{ClientId, ThreadId, hash_parts, hex};
use super::time::Timestamp;

/// Names a claim.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClaimKey(String);

impl ClaimKey {
    /// The claim of an `Idempotency-Key` of a client.
    pub fn idempotency(client: &ClientId, key: &str) -> Self {
        let hash = hash_parts(&[client.as_str().as_bytes(), key.as_bytes()]);
        Self(format!("idem#{}", hex(&hash)))
    }

    /// The claim of telling an address one refusal (L18: one per address and reason a day).
    pub fn refusal(address: &str, reason: &str) -> Self {
        let hash = hash_parts(&[address.as_bytes(), reason.as_bytes()]);
        Self(format!("refusal#{}", hex(&hash)))
    }

    /// The claim of telling a thread's person that a message has arrived (L19: one per thread in several days).
    pub fn acknowledgment(thread: &ThreadId) -> Self {
        Self(format!("ack#{thread}"))
    }

    /// The claim of asking a member whether mail under their name is theirs (A6: one question a day).
    pub fn asked(address: &str) -> Self {
        Self(format!("asked#{}", hex(&hash_parts(&[address.as_bytes()]))))
    }

    /// The claim of one message that is held behind a link (A6).
    pub fn held(link: &Fingerprint, place: usize) -> Self {
        Self(format!("confirm#{}#{place}", link.as_str()))
    }

    /// The claim of having seen a small image in a conversation (B12: logos of signatures come again and again).
    pub fn seen_image(thread: &ThreadId, sha256: &[u8; 32]) -> Self {
        let hash = hash_parts(&[thread.as_str().as_bytes(), sha256]);
        Self(format!("seen#{}", hex(&hash)))
    }

    /// The key's text form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClaimKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A taken key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Claim {
    /// What is taken.
    pub key: ClaimKey,
    /// What the holder wants to remember, for instance the first answer.
    pub value: String,
    /// When it was taken.
    pub claimed_at: Timestamp,
    /// From when on it can be taken again.
    pub expires_at: Timestamp,
}
