//! Message-IDs: how mails name one another.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::ids::hex;

/// Longest id that is kept as it is, in bytes (E10).
const MAX_LEN: usize = 998;

/// The id of one mail, without angle brackets; compared case-sensitively (E10).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MessageId(Arc<str>);

/// Why a text is not a Message-ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a message id such as <part@domain>")]
pub struct InvalidMessageId;

impl MessageId {
    /// The id without brackets.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands behind the last `@`, or nothing.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// The id in angle brackets, as headers carry it.
    pub fn bracketed(&self) -> String {
        format!("<{}>", self.0)
    }

    /// The id of a mail that came without a usable one (E10): the same bytes give the same id.
    pub fn synthesised(raw: &[u8]) -> Self {
        Self(format!("{}@missing.hermes", short_hash(raw)).into())
    }

    /// Our own id of an outgoing part, such as `turn.<reply id>@domain` (T4).
    pub fn ours(kind: &str, id: &str, domain: &str) -> Result<Self, InvalidMessageId> {
        format!("{kind}.{id}@{domain}").parse()
    }
}

fn short_hash(bytes: &[u8]) -> String {
    hex(Sha256::digest(bytes).get(..16).unwrap_or_default())
}

impl FromStr for MessageId {
    type Err = InvalidMessageId;

    /// Strips whitespace and angle brackets. An overlong id is replaced by its hash, so that it still matches itself.
    fn from_str(text: &str) -> Result<Self, InvalidMessageId> {
        let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '<' | '>'));
        let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>');
        if text.is_empty() || text.contains(odd) {
            return Err(InvalidMessageId);
        }
        if text.len() > MAX_LEN {
            return Ok(Self(
                format!("{}@long.hermes", short_hash(text.as_bytes())).into(),
            ));
        }
        Ok(Self(text.into()))
    }
}

impl TryFrom<String> for MessageId {
    type Error = InvalidMessageId;
    fn try_from(text: String) -> Result<Self, InvalidMessageId> {
        text.parse()
    }
}

impl From<MessageId> for String {
    fn from(id: MessageId) -> Self {
        id.0.as_ref().to_owned()
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Every id in a header such as `References`, in its order, doubles removed (T2).
///
/// Ids may be separated by anything or nothing (`<a@b><c@d>`); where a writer forgot the brackets, bare words with an
/// `@` count. At most `limit` ids are given: the **last** ones, because those are nearest to the mail.
pub fn extract_ids(header: &str, limit: usize) -> Vec<MessageId> {
    let mut found: Vec<MessageId> = Vec::new();
    for word in header.rsplit(|c: char| c.is_whitespace() || c == ',') {
        // Inside a word ids may be glued together; walk it from its end as well.
        for piece in word.rsplit(['<', '>']) {
            if found.len() == limit {
                break;
            }
            if piece.contains('@')
                && let Ok(id) = piece.parse::<MessageId>()
                && !found.contains(&id)
            {
                found.push(id);
            }
        }
    }
    found.reverse();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ids(header: &str) -> Vec<String> {
        extract_ids(header, 50)
            .into_iter()
            .map(String::from)
            .collect()
    }

    #[test]
    fn e10_brackets_and_whitespace_are_no_part_of_an_id() {
        for given in ["<A.b@c>", "  <A.b@c> ", "A.b@c", "<A.b@c", "\t A.b@c\r\n"] {
            assert_eq!(
                given.parse::<MessageId>().unwrap().as_str(),
                "A.b@c",
                "{given:?}"
            );
        }
        assert_ne!("a@b".parse::<MessageId>(), "A@b".parse::<MessageId>());
    }

    #[test]
    fn e10_unusable_ids_are_refused() {
        for bad in ["", "<>", "  ", "a b@c", "a\u{0}@b", "<a@b> <c@d>"] {
            assert_eq!(bad.parse::<MessageId>(), Err(InvalidMessageId), "{bad:?}");
        }
    }

    #[test]
    fn e10_overlong_ids_are_hashed_and_synthesised_ones_repeat() {
        let long = format!("<{}@c>", "x".repeat(1000));
        let id: MessageId = long.parse().unwrap();
        assert_eq!(id.domain(), "long.hermes");
        assert_eq!(long.parse::<MessageId>(), Ok(id));
        let made = MessageId::synthesised(b"raw");
        assert_eq!(made.as_str().len(), 32 + "@missing.hermes".len());
        assert_eq!(made, MessageId::synthesised(b"raw"));
        assert_ne!(made, MessageId::synthesised(b"raw "));
    }

    #[test]
    fn t2_ids_are_found_however_they_are_separated() {
        for (header, expected) in [
            ("<a@b> <c@d>", vec!["a@b", "c@d"]),
            ("<a@b><c@d>", vec!["a@b", "c@d"]),
            ("<a@b>,\r\n\t<c@d>", vec!["a@b", "c@d"]),
            ("a@b c@d", vec!["a@b", "c@d"]),
            ("a@b<c@d>", vec!["a@b", "c@d"]),
            ("<a@b> <a@b> <c@d>", vec!["a@b", "c@d"]),
            ("Your message of Monday <a@b>", vec!["a@b"]),
            ("<no-at-sign> <>", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(ids(header), expected, "{header:?}");
        }
    }

    #[test]
    fn t2_the_last_ids_of_a_long_header_are_kept() {
        use std::fmt::Write as _;
        let header = (0..1000).fold(String::new(), |mut text, n| {
            write!(text, "<{n}@x>\r\n ").unwrap();
            text
        });
        let found = ids(&header);
        assert_eq!(found.len(), 50);
        assert_eq!((found[0].as_str(), found[49].as_str()), ("950@x", "999@x"));
    }

    proptest! {
        #[test]
        fn t2_extraction_never_panics_and_gives_valid_ids(header in "[<>@a-c, \\r\\n\\PC]{0,200}") {
            for id in extract_ids(&header, 50) {
                prop_assert_eq!(id.as_str().parse::<MessageId>(), Ok(id.clone()));
            }
        }
    }
}
