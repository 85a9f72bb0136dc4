//! Envelope senders that name the letter which they carried, so that a bounce finds it (L16).
//!
//! The name is the letter's own id in 27 letters. It is as hard to guess as that id, which has 122 random bits or is a
//! hash over a mail that only its sender has; nothing needs to be stored, and no key is shared between replicas.

use crate::domain::ids::ReplyId;

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// Letters of 128 bits in base32.
const LEN: usize = 26;
/// Kinds of reply ids by the letter in front: what stands before the 128 bits, and where they have dashes.
const KINDS: [(char, &str, &[usize]); 2] = [('c', "cmd-", &[8, 12, 16, 20]), ('m', "msg-", &[])];

/// The name of a reply in an envelope sender; none for an id that Hermes has not made.
pub(super) fn verp(reply: &ReplyId) -> Option<String> {
    KINDS.iter().find_map(|(letter, prefix, dashes)| {
        let bits = bits_of(reply.as_str().strip_prefix(prefix)?)?;
        // an id that is written in another way would not come back as it was
        let is_ours = id_of(prefix, dashes, bits) == reply.as_str();
        is_ours.then(|| format!("{letter}{}", base32(bits)))
    })
}

/// The reply that an envelope sender names.
pub(super) fn reply_of(name: &str) -> Option<ReplyId> {
    let mut letters = name.chars();
    let kind = letters.next()?;
    let bits = from_base32(letters.as_str())?;
    let (_, prefix, dashes) = KINDS.iter().find(|(letter, ..)| *letter == kind)?;
    id_of(prefix, dashes, bits).parse().ok()
}

fn bits_of(hex: &str) -> Option<u128> {
    let digits: String = hex.chars().filter(|c| *c != '-').collect();
    (digits.len() == 32)
        .then(|| u128::from_str_radix(&digits, 16).ok())
        .flatten()
}

fn id_of(prefix: &str, dashes: &[usize], bits: u128) -> String {
    let mut id = prefix.to_owned();
    for (at, digit) in format!("{bits:032x}").chars().enumerate() {
        if dashes.contains(&at) {
            id.push('-');
        }
        id.push(digit);
    }
    id
}

fn base32(bits: u128) -> String {
    (0..LEN)
        .map(|at| {
            // the last letter has three bits
            let shifted = match at {
                25 => bits << 2,
                at => bits >> (123 - 5 * at),
            };
            let index = usize::try_from(shifted & 31).unwrap_or_default();
            char::from(ALPHABET.get(index).copied().unwrap_or(b'a'))
        })
        .collect()
}

fn from_base32(text: &str) -> Option<u128> {
    if text.len() != LEN {
        return None;
    }
    let mut bits = 0_u128;
    for (at, letter) in text.bytes().enumerate() {
        let index = ALPHABET.iter().position(|known| *known == letter)? as u128;
        bits = match at {
            25 => (bits << 3) | (index >> 2),
            _ => (bits << 5) | index,
        };
    }
    Some(bits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::ids::{Bits, CommandId, JournalId};

    #[test]
    fn l16_other_ids_have_no_name() {
        for id in [
            "cmd-1",
            "x",
            "cmd-zz",
            "msg-",
            "CMD-00000000-0000-0000-0000-000000000000",
        ] {
            assert_eq!(verp(&id.parse().unwrap()), None, "{id}");
        }
        for name in [
            "",
            "c",
            "caaaa",
            "xaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "c1aaaaaaaaaaaaaaaaaaaaaaaaa",
        ] {
            assert_eq!(reply_of(name), None, "{name}");
        }
    }

    proptest! {
        #[test]
        fn l16_a_reply_is_found_by_its_name(bits: [u8; 16], content: [u8; 32]) {
            let command = ReplyId::for_command(&CommandId::mint(Bits(bits)));
            let message = ReplyId::for_message(&JournalId::derive("site", "a@b", &content));
            for reply in [command, message] {
                let name = verp(&reply).unwrap();
                prop_assert_eq!(name.len(), 27);
                prop_assert_eq!(reply_of(&name), Some(reply));
            }
        }
    }
}
