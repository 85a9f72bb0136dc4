//! Content kept by its hash.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::ids::hex;

/// SHA-256 of the content, in lower-case hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BlobId(String);

/// Why a text is no blob id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be 64 characters of 0-9 a-f")]
pub struct InvalidBlobId;

impl BlobId {
    /// The id of `content`.
    pub fn of(content: &[u8]) -> Self {
        Self(hex(&Sha256::digest(content)))
    }

    /// The id of the content that has this hash.
    pub fn of_hash(sha256: &[u8; 32]) -> Self {
        Self(hex(sha256))
    }

    /// The hash in hexadecimal.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for BlobId {
    type Error = InvalidBlobId;
    fn try_from(text: String) -> Result<Self, InvalidBlobId> {
        let ok = text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if ok {
            Ok(Self(text))
        } else {
            Err(InvalidBlobId)
        }
    }
}

impl From<BlobId> for String {
    fn from(id: BlobId) -> Self {
        id.0
    }
}
