//! Which conversation and project a mail names: reply tokens, plus tags, referenced ids (T1, T14).

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::sub_address::Separator;
use super::{EmailAddress, InboundMail, InvalidAddress, MessageId};
use crate::domain::ids::{Bits, ProjectId, ThreadId};

/// Characters of a token: 26 of base32 carry 130 bits (T10).
const TOKEN_LEN: usize = 26;
/// Most ids of a mail that are looked up (T1).
const MAX_IDS: usize = 10;

/// The unguessable part of a reply address (T10). It finds a thread; it authenticates nobody (T11).
#[derive(Clone, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReplyToken([u8; TOKEN_LEN]);

/// Why a text is not a reply token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 26 characters of a-z and 2-7")]
pub struct InvalidReplyToken;

impl ReplyToken {
    /// Mints a token from 130 of 256 random bits.
    pub fn mint(first: Bits, second: Bits) -> Self {
        const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
        let mut bytes = first.0.iter().chain(&second.0);
        let (mut pool, mut bits) = (0_u32, 0_u32);
        Self(std::array::from_fn(|_| {
            if bits < 5 {
                pool = (pool << 8) | u32::from(bytes.next().copied().unwrap_or_default());
                bits += 8;
            }
            bits -= 5;
            let index = (pool >> bits) & 31;
            pool &= (1 << bits) - 1;
            usize::try_from(index)
                .ok()
                .and_then(|at| ALPHABET.get(at))
                .copied()
                .unwrap_or(b'a')
        }))
    }

    /// The token's text.
    pub fn as_str(&self) -> &str {
        // The alphabet is ASCII.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// In constant time: a token is compared with what a stranger wrote (T10).
impl PartialEq for ReplyToken {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for ReplyToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReplyToken(..)")
    }
}

impl FromStr for ReplyToken {
    type Err = InvalidReplyToken;
    fn from_str(text: &str) -> Result<Self, InvalidReplyToken> {
        let lower = text.to_ascii_lowercase();
        let bytes: [u8; TOKEN_LEN] = lower
            .as_bytes()
            .try_into()
            .map_err(|_length| InvalidReplyToken)?;
        let fits = bytes.iter().all(|b| matches!(b, b'a'..=b'z' | b'2'..=b'7'));
        if fits {
            Ok(Self(bytes))
        } else {
            Err(InvalidReplyToken)
        }
    }
}

impl TryFrom<String> for ReplyToken {
    type Error = InvalidReplyToken;
    fn try_from(text: String) -> Result<Self, InvalidReplyToken> {
        text.parse()
    }
}

impl From<ReplyToken> for String {
    fn from(token: ReplyToken) -> Self {
        token.as_str().to_owned()
    }
}

/// The mailbox that Hermes reads, such as `edit@hermes.localhost` (`HERMES_MAIL_ADDRESS`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HermesAddress(EmailAddress);

impl HermesAddress {
    /// The mailbox itself.
    pub const fn address(&self) -> &EmailAddress {
        &self.0
    }

    /// The domain of all our addresses and ids.
    pub fn domain(&self) -> &str {
        self.0.domain()
    }

    /// Where an answer of a thread is sent to: `local+token@domain`.
    pub fn reply_to(&self, token: &ReplyToken) -> EmailAddress {
        // A local part was checked to leave room for a token when the setting was read.
        self.0
            .with_tag(token.as_str())
            .unwrap_or_else(|_| self.0.clone())
    }

    /// Whether mail to this address is mail to us, whatever its tag.
    pub fn is_ours(&self, address: &EmailAddress) -> bool {
        self.sub_address(address)
            .is_some_and(|parts| parts.is_surely_ours())
    }
}

impl Default for HermesAddress {
    #[expect(
        clippy::unwrap_used,
        reason = "a literal address, parsed in every test run"
    )]
    fn default() -> Self {
        "edit@hermes.localhost".parse().unwrap()
    }
}

impl FromStr for HermesAddress {
    type Err = InvalidAddress;

    /// An address without a plus tag, its local part short enough to take a token.
    fn from_str(text: &str) -> Result<Self, InvalidAddress> {
        let address: EmailAddress = text.parse()?;
        let room = "a".repeat(TOKEN_LEN);
        if address.local().contains('+') || address.with_tag(&room).is_err() {
            return Err(InvalidAddress);
        }
        Ok(Self(address))
    }
}

impl TryFrom<String> for HermesAddress {
    type Error = InvalidAddress;
    fn try_from(text: String) -> Result<Self, InvalidAddress> {
        text.parse()
    }
}

impl From<HermesAddress> for String {
    fn from(address: HermesAddress) -> Self {
        address.0.into()
    }
}

impl fmt::Display for HermesAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Something in a mail that may name its thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Candidate {
    /// A token in a recipient: T1 (1).
    Token(ReplyToken),
    /// A mail that this one answers: T1 (2).
    Message(MessageId),
    /// A thread that the subject names: T1 (3).
    Tag(ThreadId),
}

/// What may name the thread of a mail, best first (T1): tokens of its recipients, then at most ten distinct ids from
/// `In-Reply-To` and, last to first, from `References`, then the tag of its subject. An absent header gives no candidate
/// (T3).
pub fn candidates(mail: &InboundMail, hermes: &HermesAddress) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    for address in &mail.recipients {
        if let Some(token) = hermes.sub_address(address).and_then(|parts| parts.token) {
            push_once(&mut found, Candidate::Token(token));
        }
    }
    let tokens = found.len();
    for id in mail.in_reply_to.iter().chain(mail.references.iter().rev()) {
        if found.len() - tokens == MAX_IDS {
            break;
        }
        push_once(&mut found, Candidate::Message(id.clone()));
    }
    found.extend(subject_tag(&mail.subject).map(Candidate::Tag));
    found
}

#[expect(
    clippy::unwrap_used,
    reason = "a literal pattern, compiled in every test run"
)]
static SUBJECT_TAG: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\[#h-([a-z0-9]{8,32})\]").unwrap());

/// The thread that a subject names, `[#h-<thread id>]` (T1). Our letters do not write it, because it is ugly and answers are
/// found without; whoever knows a thread by the API may.
fn subject_tag(subject: &str) -> Option<ThreadId> {
    let tag = SUBJECT_TAG.captures(subject)?.get(1)?;
    tag.as_str().to_ascii_lowercase().parse().ok()
}

fn push_once(found: &mut Vec<Candidate>, candidate: Candidate) {
    if !found.contains(&candidate) {
        found.push(candidate);
    }
}

/// The projects that a mail's recipients name by tag, each once (T14). A tag that is a token names no project.
pub fn recipient_projects(
    mail: &InboundMail,
    hermes: &HermesAddress,
) -> Vec<(ProjectId, Separator)> {
    let mut found: Vec<(ProjectId, Separator)> = Vec::new();
    for address in mail.routed() {
        let named = hermes.sub_address(address).and_then(|parts| parts.project);
        if let Some((tag, separator)) = named
            && let Ok(project) = tag.parse::<ProjectId>()
            && !found.iter().any(|(known, _)| *known == project)
        {
            found.push((project, separator));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::mail::parse;
    use proptest::prelude::*;

    const TOKEN: &str = "abcdefghijklmnopqrstuvwxyz";

    fn mail(header: &str) -> InboundMail {
        parse(format!("From: a@b.c\n{header}\n\nx").as_bytes()).unwrap()
    }

    fn found(header: &str) -> Vec<String> {
        candidates(&mail(header), &HermesAddress::default())
            .into_iter()
            .map(|candidate| match candidate {
                Candidate::Token(token) => format!("token {}", token.as_str()),
                Candidate::Message(id) => id.to_string(),
                Candidate::Tag(thread) => format!("tag {thread}"),
            })
            .collect()
    }

    #[test]
    fn t1_tokens_come_before_ids_and_ids_from_last_to_first() {
        let token = format!("token {TOKEN}");
        for (header, expected) in [
            (
                format!("To: edit+{TOKEN}@hermes.localhost\nIn-Reply-To: <r@x>"),
                vec![token.as_str(), "r@x"],
            ),
            (
                format!(
                    "Delivered-To: REPLY+{}@Hermes.localhost",
                    TOKEN.to_uppercase()
                ),
                vec![&token],
            ),
            (
                format!("To: edit+site+{TOKEN}@hermes.localhost"),
                vec![&token],
            ),
            (
                format!("To: edit+{TOKEN}@elsewhere.example, other+{TOKEN}@hermes.localhost"),
                vec![],
            ),
            ("To: edit+site@hermes.localhost".to_owned(), vec![]),
            (
                "References: <1@x> <2@x> <3@x>\nIn-Reply-To: <3@x>".to_owned(),
                vec!["3@x", "2@x", "1@x"],
            ),
            (
                "Subject: Re: hours [#H-7k2m9q4d]\nIn-Reply-To: <3@x>".to_owned(),
                vec!["3@x", "tag 7k2m9q4d"],
            ),
            ("Subject: [#h-short] [#h-no_id_at_all]".to_owned(), vec![]),
        ] {
            assert_eq!(found(&header), expected, "{header}");
        }
    }

    #[test]
    fn t1_at_most_ten_ids_are_looked_up() {
        let ids: Vec<String> = (0..60).map(|n| format!("<{n}@x>")).collect();
        let all = found(&format!("References: {}", ids.join("\n ")));
        assert_eq!((all.len(), all[0].as_str()), (10, "59@x"));
    }

    #[test]
    fn t3_absent_and_empty_references_match_nothing() {
        for header in [
            "Subject: x",
            "In-Reply-To:",
            "In-Reply-To: <>\nReferences: \n ",
            "In-Reply-To: your mail",
        ] {
            assert_eq!(found(header), Vec::<String>::new(), "{header:?}");
        }
    }

    #[test]
    fn t10_tokens_are_minted_from_130_bits() {
        let token = ReplyToken::mint(Bits([0; 16]), Bits([0; 16]));
        assert_eq!(token.as_str(), "a".repeat(26));
        let mut last = [0; 16];
        last[0] = 0b1100_0000;
        assert_eq!(
            ReplyToken::mint(Bits([0; 16]), Bits(last)).as_str(),
            format!("{}d", "a".repeat(25))
        );
        assert_eq!(
            ReplyToken::mint(Bits([0xff; 16]), Bits([0xff; 16])).as_str(),
            "7".repeat(26)
        );
        for bad in [
            "",
            "abc",
            "abcdefghijklmnopqrstuvwxy1",
            "abcdefghijklmnopqrstuvwxyzz",
        ] {
            assert_eq!(bad.parse::<ReplyToken>(), Err(InvalidReplyToken), "{bad}");
        }
        assert_eq!(format!("{token:?}"), "ReplyToken(..)");
    }

    #[test]
    fn t14_projects_are_named_by_tag() {
        for (header, expected) in [
            ("To: edit+site@hermes.localhost".to_owned(), vec!["site"]),
            (format!("To: edit+site+{TOKEN}@hermes.localhost"), vec!["site"]),
            (format!("To: edit+{TOKEN}@hermes.localhost"), vec![]),
            ("To: EDIT+Site@hermes.localhost\nCc: edit+shop@hermes.localhost, edit+site@hermes.localhost".to_owned(), vec!["site", "shop"]),
            ("To: edit@hermes.localhost, me+tag@example.com".to_owned(), vec![]),
        ] {
            let projects = recipient_projects(&mail(&header), &HermesAddress::default());
            let names: Vec<&str> = projects.iter().map(|(id, _)| id.as_str()).collect();
            assert_eq!(names, expected, "{header}");
        }
    }

    #[test]
    fn t14_our_address_leaves_room_for_tags() {
        assert!("edit+x@b.c".parse::<HermesAddress>().is_err());
        assert!(
            format!("{}@b.c", "x".repeat(40))
                .parse::<HermesAddress>()
                .is_err()
        );
        let ours: HermesAddress = "Edit@Example.com".parse().unwrap();
        let reply = ours.reply_to(&TOKEN.parse().unwrap());
        assert_eq!(reply.as_str(), format!("edit+{TOKEN}@example.com"));
        assert!(ours.is_ours(&reply) && !ours.is_ours(&"reply@example.com".parse().unwrap()));
    }

    proptest! {
        #[test]
        fn t10_minted_tokens_are_recognised(first: [u8; 16], second: [u8; 16]) {
            let token = ReplyToken::mint(Bits(first), Bits(second));
            prop_assert_eq!(token.as_str().parse::<ReplyToken>(), Ok(token.clone()));
        }
    }
}
