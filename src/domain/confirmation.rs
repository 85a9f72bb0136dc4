//! Mail that is held until the member under whose name it came says that it is theirs (A6).
//!
//! The question goes to the member's stored address, at most once a day. Its link holds a random token, of which only the
//! fingerprint is kept; behind it are up to [`PLACES`] messages, the ones that came that day. Each is kept for
//! [`KEPT`] from when it came.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::ids::{Bits, JournalId, hash_parts, hex};
use super::mail::{EmailAddress, InvalidReplyToken, ReplyToken};

/// How long a message can be confirmed, and between two questions to one address.
pub const KEPT: Duration = Duration::from_hours(24);
/// Most messages behind one link; more of one day are left to the operator.
pub const PLACES: usize = 10;
/// Longest part of a message that is shown, in bytes.
const MAX_EXCERPT: usize = 600;

/// The unguessable part of a link: 130 random bits.
#[derive(Clone)]
pub struct ConfirmToken(ReplyToken);

/// What is kept of a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl ConfirmToken {
    /// Mints a token from random bits.
    pub fn mint(first: Bits, second: Bits) -> Self {
        Self(ReplyToken::mint(first, second))
    }

    /// The token's text, 26 of `[a-z2-7]`.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// What may be stored.
    pub fn fingerprint(&self) -> Fingerprint {
        let hash = hash_parts(&[b"confirm", self.as_str().as_bytes()]);
        Fingerprint(hex(&hash))
    }
}

impl FromStr for ConfirmToken {
    type Err = InvalidReplyToken;

    fn from_str(text: &str) -> Result<Self, InvalidReplyToken> {
        text.parse().map(Self)
    }
}

impl fmt::Debug for ConfirmToken {
    /// It is a key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConfirmToken(..)")
    }
}

impl Fingerprint {
    /// As it was stored.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One held message, as its claim remembers it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HeldMail {
    /// Its journal row.
    pub journal_id: JournalId,
    /// The envelope's recipients, by which it finds its project again (E4); empty when they were not known.
    pub recipients: Vec<EmailAddress>,
    /// The beginning of its visible text.
    pub excerpt: String,
}

impl HeldMail {
    /// Remembers a message with these visible words.
    pub fn new(journal_id: JournalId, recipients: Vec<EmailAddress>, words: &str) -> Self {
        let mut end = words.len().min(MAX_EXCERPT);
        while !words.is_char_boundary(end) {
            end -= 1;
        }
        let mut excerpt = words.get(..end).unwrap_or_default().trim_end().to_owned();
        if end < words.len() {
            excerpt.push_str(" …");
        }
        Self {
            journal_id,
            recipients,
            excerpt,
        }
    }
}

impl fmt::Debug for HeldMail {
    /// Without words and addresses: mails are not logged.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeldMail")
            .field("journal_id", &self.journal_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a6_a_token_is_long_and_only_its_fingerprint_is_kept() {
        let token = ConfirmToken::mint(Bits([7; 16]), Bits([9; 16]));
        assert_eq!(token.as_str().len(), 26);
        let kept = token.fingerprint();
        assert!(!kept.as_str().contains(token.as_str()));
        assert!(!format!("{token:?}").contains(token.as_str()));
        let read: ConfirmToken = token.as_str().parse().unwrap();
        assert_eq!(read.fingerprint(), kept);
        let other = ConfirmToken::mint(Bits([8; 16]), Bits([9; 16]));
        assert_ne!(other.fingerprint(), kept);
        for bad in ["", "a", "../../../../etc/passwd....", &"a".repeat(27)] {
            assert!(bad.parse::<ConfirmToken>().is_err(), "{bad}");
        }
    }

    #[test]
    fn l18_only_the_beginning_of_a_message_is_kept() {
        let held = |words: &str| HeldMail::new("msg-1".parse().unwrap(), Vec::new(), words).excerpt;
        assert_eq!(held("Make it blue."), "Make it blue.");
        assert!(held(&"\u{e9}".repeat(1000)).len() <= MAX_EXCERPT + " …".len());
    }
}
