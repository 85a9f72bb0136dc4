//! The registry of identifiers: one newtype a kind, so that none can stand in for another.
//!
//! Ids that Hermes mints come from [`Bits`] (the Entropy port supplies them); ids by other tools are kept verbatim.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

/// Longest id in bytes (`design.md` section 1).
pub const MAX_ID_LEN: usize = 128;

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 128 characters of A-Z a-z 0-9 . _ : @ + -")]
pub struct InvalidId;

/// Random bits from which an id is minted; 128 are enough to be unguessable (S11).
#[derive(Debug, Clone, Copy)]
pub struct Bits(pub [u8; 16]);

fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= MAX_ID_LEN
        && text.bytes().all(|b| {
            b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b':' | b'@' | b'+' | b'-')
        })
}

/// Reads an id from borrowed text.
struct IdText;

impl Visitor<'_> for IdText {
    type Value = Arc<str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Arc<str>, E> {
        if is_id(text) {
            Ok(text.into())
        } else {
            Err(E::custom(InvalidId))
        }
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        // By hand: serde's `try_from` and `into` would copy the text once more each way.
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(IdText).map(Self)
            }
        }

        impl $name {
            /// The id's text form.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), &self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                if is_id(text) { Ok(Self(text.into())) } else { Err(InvalidId) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0.as_ref().to_owned()
            }
        }
    )*};
}

ids! {
    /// The tenant that owns projects.
    ClientId;
    /// One website.
    ProjectId;
    /// A person; an address, or `u-<hash>` when the address does not fit the id alphabet.
    UserId;
    /// One conversation of a user about a project. In branch names, so no secret.
    ThreadId;
    /// The thread as the API sees it. Unguessable: it opens the preview.
    SessionId;
    /// The one place where a client, project and user is edited; also the slug of its queue names.
    ContainerId;
    /// One instruction for one session.
    CommandId;
    /// One inbound message in the journal.
    JournalId;
    /// One outgoing mail: the id of the command, or of the journal row, that it answers; of a note, with its kind.
    ReplyId;
}

impl SessionId {
    /// Mints `ses-<uuid>`: a DNS label, because it is the preview's host.
    pub fn mint(bits: Bits) -> Self {
        Self(format!("ses-{}", uuid(bits)).into())
    }
}

impl CommandId {
    /// Mints `cmd-<uuid>`.
    pub fn mint(bits: Bits) -> Self {
        Self(format!("cmd-{}", uuid(bits)).into())
    }
}

impl ThreadId {
    /// Mints 20 of `[a-z0-9]`, safe in a branch name (T12).
    pub fn mint(bits: Bits) -> Self {
        const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
        let mut rest = u128::from_be_bytes(bits.0);
        let text: String = (0..20)
            .map(|_| {
                let index = usize::try_from(rest % 36).unwrap_or_default();
                rest /= 36;
                char::from(ALPHABET.get(index).copied().unwrap_or(b'a'))
            })
            .collect();
        Self(text.into())
    }
}

impl JournalId {
    /// Derives the row's key from what makes a message the same message (E9): equal keys, one row.
    pub fn derive(project: &str, message_id: &str, content: &[u8; 32]) -> Self {
        let hash = hash_parts(&[project.as_bytes(), message_id.as_bytes(), content]);
        Self(format!("msg-{}", hex(hash.get(..16).unwrap_or_default())).into())
    }
}

impl ReplyId {
    /// The reply to a command: one a command, so that it can never be doubled.
    pub fn for_command(id: &CommandId) -> Self {
        Self(Arc::clone(&id.0))
    }

    /// What is said of a command before it has ended: one of each kind a command.
    pub fn for_note(id: &CommandId, kind: &str) -> Self {
        Self(format!("{id}-{kind}").into())
    }

    /// The question to a member whether a held message is theirs (A6); what becomes of the message is told apart from it.
    pub fn asking_about(id: &JournalId) -> Self {
        let hash = hash_parts(&[b"confirm", id.as_str().as_bytes()]);
        Self(format!("ask-{}", hex(hash.get(..16).unwrap_or_default())).into())
    }

    /// The reply to a message that became no command.
    pub fn for_message(id: &JournalId) -> Self {
        Self(Arc::clone(&id.0))
    }
}

impl UserId {
    /// The user known by a normalised address; addresses outside the id alphabet are hashed.
    pub fn from_address(address: &str) -> Self {
        address.parse().unwrap_or_else(|_| {
            let hash = hash_parts(&[address.as_bytes()]);
            Self(format!("u-{}", hex(hash.get(..16).unwrap_or_default())).into())
        })
    }
}

impl ClientId {
    /// Eight letters that stand for the client in names of queues, roles and hosts, which allow few letters.
    pub fn hash8(&self) -> String {
        let hash = hash_parts(&[self.0.as_bytes()]);
        hex(hash.get(..4).unwrap_or_default())
    }
}

impl ContainerId {
    /// The slug `<hash8(client)>-<readable>-<hash12>` of a client, project and user: fits C25's 80
    /// characters behind `webordinary-output-`.
    pub fn derive(client: &ClientId, project: &ProjectId, user: &UserId) -> Self {
        let whole = hash_parts(&[client.0.as_bytes(), project.0.as_bytes(), user.0.as_bytes()]);
        let mut readable: String = format!("{project}-{user}")
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() {
                    c.to_ascii_lowercase()
                } else {
                    '-'
                }
            })
            .take(38)
            .collect();
        while readable.ends_with('-') {
            readable.pop();
        }
        let slug = format!(
            "{}-{readable}-{}",
            client.hash8(),
            hex(whole.get(..6).unwrap_or_default()),
        );
        Self(slug.into())
    }
}

fn uuid(bits: Bits) -> uuid::Uuid {
    uuid::Builder::from_random_bytes(bits.0).into_uuid()
}

/// SHA-256 over length-prefixed parts, so that no two lists of parts collide by concatenation.
pub fn hash_parts(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a String cannot fail.
            let _infallible = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn minted_ids_have_their_documented_shape() {
        let bits = Bits([0xA7; 16]);
        let session = SessionId::mint(bits);
        assert_eq!(session.as_str().len(), 40);
        assert!(session.as_str().starts_with("ses-a7a7a7a7-"));
        let thread = ThreadId::mint(bits);
        assert_eq!(thread.as_str().len(), 20);
        assert!(
            thread
                .as_str()
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        );
    }

    #[test]
    fn ids_outside_the_alphabet_are_refused() {
        for bad in ["", "a b", "a/b", "ä", "a\n", &"x".repeat(129)] {
            assert_eq!(bad.parse::<ClientId>(), Err(InvalidId), "{bad:?}");
        }
        assert!("Test@example.com+x:1_2-3".parse::<ClientId>().is_ok());
    }

    #[test]
    fn an_odd_address_still_names_a_user() {
        assert_eq!(UserId::from_address("a@b.c").as_str(), "a@b.c");
        assert!(
            UserId::from_address("o'brien@b.c")
                .as_str()
                .starts_with("u-")
        );
    }

    proptest! {
        #[test]
        fn c25_container_ids_fit_queue_names(
            client in "[A-Za-z0-9._:@+-]{1,128}",
            project in "[A-Za-z0-9._:@+-]{1,128}",
            user in "[A-Za-z0-9._:@+-]{1,128}",
        ) {
            let id = ContainerId::derive(
                &client.parse().unwrap(), &project.parse().unwrap(), &user.parse().unwrap());
            prop_assert!(id.as_str().len() <= 61);
            prop_assert!(id.as_str().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
        }
    }
}
