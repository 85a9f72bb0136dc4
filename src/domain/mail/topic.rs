//! Whether a reply is still about what its conversation is about (T9).

use super::InboundMail;

/// A reply that says no more than this goes on where it is, whatever its subject says: it is a command (P1, T9).
pub const SHORT_COMMAND: usize = 40;

/// Shorter subjects are in others by chance.
const MIN_SHARED: usize = 4;

/// Whether a reply was given another subject than its conversation has. A subject that was cut, or to which a client or a
/// server has added its own words, is no other; nor is one that was left out.
pub fn has_new_subject(conversation: Option<&str>, mail: &InboundMail) -> bool {
    let Some(old) = conversation.filter(|old| !is_empty(old)) else {
        return false;
    };
    let new = mail.subject_key.as_str();
    if is_empty(new) || new == old {
        return false;
    }
    let (short, long) = if new.len() < old.len() {
        (new, old)
    } else {
        (old, new)
    };
    let is_part = long.starts_with(short) || long.ends_with(short);
    !(is_part && short.chars().count() >= MIN_SHARED)
}

/// What a mail without a subject is called (T7).
fn is_empty(key: &str) -> bool {
    key == "(no subject)"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::mail::parse;

    #[test]
    fn t9_only_a_subject_of_ones_own_is_new() {
        for (old, new, expected) in [
            (Some("opening hours"), "Re: Opening hours", false),
            (Some("opening hours"), "AW: WG: opening  hours", false),
            (Some("opening hours"), "Re: Prices in summer", true),
            (Some("opening hours"), "Antwort: Opening hours", false),
            (Some("opening hours"), "[SPAM?] Re: Opening hours", false),
            (
                Some("opening hours"),
                "Re: Opening hours (ticket 12)",
                false,
            ),
            (
                Some("opening hours of the shop"),
                "Re: Opening hours",
                false,
            ),
            (Some("opening hours"), "", false),
            (Some("opening hours"), "Re:", false),
            (Some("(no subject)"), "Prices", false),
            (None, "Prices", false),
            (Some("hi"), "high prices", true),
            (Some("hours"), "Re: hours and prices", false),
        ] {
            let mail = parse(format!("From: a@b.c\nSubject: {new}\n\nx").as_bytes()).unwrap();
            assert_eq!(has_new_subject(old, &mail), expected, "{old:?} {new:?}");
        }
    }
}
