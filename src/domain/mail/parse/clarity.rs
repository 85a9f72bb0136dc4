//! Whether a `From` can be read in one way only (A1).
//!
//! The server that proves a sender and we read the same field with two programs. Where they could come to two mailboxes,
//! one of them is a stranger's choice, so such a field names nobody. Names and comments may hold what they like, as long
//! as every program sees where they end.

/// Whether every reader finds the same mailbox: one of it, nothing behind it, no odd bytes, nothing left open.
pub(super) fn is_clear(value: &[u8]) -> bool {
    let mut outline = Outline::default();
    let clear = value.trim_ascii().iter().all(|byte| outline.takes(*byte));
    clear && matches!(outline.place, Place::Outside)
}

#[derive(Debug, Clone, Copy, Default)]
enum Place {
    #[default]
    Outside,
    Quoted,
    /// Behind a backslash in quotes.
    Escaped,
    Comment,
    Angle,
}

/// What was seen so far.
#[derive(Debug, Default)]
struct Outline {
    place: Place,
    /// Whether the mailbox in angle brackets was there.
    had_angle: bool,
    /// Whether an address stood there without brackets.
    had_bare: bool,
    /// Whether these quotes have a backslash: some programs do not know that it keeps them open.
    had_escape: bool,
}

impl Outline {
    fn takes(&mut self, byte: u8) -> bool {
        // some programs end the text at a NUL
        if byte.is_ascii_control() && !matches!(byte, b'\t' | b'\r' | b'\n') {
            return false;
        }
        let next = match self.place {
            Place::Escaped => Some(Place::Quoted),
            Place::Quoted => self.quoted(byte),
            Place::Comment => match byte {
                b')' => Some(Place::Outside),
                // comments in comments, and brackets that do not count
                b'(' | b'\\' => None,
                _ => Some(Place::Comment),
            },
            Place::Angle => match byte {
                b'>' => Some(Place::Outside),
                b'"' | b'(' | b')' | b'<' | b'\\' => None,
                _ => Some(Place::Angle),
            },
            Place::Outside => self.outside(byte),
        };
        self.place = next.unwrap_or_default();
        next.is_some()
    }

    fn quoted(&mut self, byte: u8) -> Option<Place> {
        match byte {
            b'"' => Some(Place::Outside),
            b'\\' => {
                self.had_escape = true;
                Some(Place::Escaped)
            }
            b'@' if self.had_escape => None,
            _ => Some(Place::Quoted),
        }
    }

    fn outside(&mut self, byte: u8) -> Option<Place> {
        match byte {
            b'(' => Some(Place::Comment),
            b')' | b'>' => None,
            _ if byte.is_ascii_whitespace() => Some(Place::Outside),
            // nothing but comments stands behind the brackets
            _ if self.had_angle => None,
            b'"' => Some(Place::Quoted),
            b'<' => {
                self.had_angle = true;
                Some(Place::Angle)
            }
            // a name that is an address is still a name; two of them are a list
            b'@' if self.had_bare => None,
            b'@' => {
                self.had_bare = true;
                Some(Place::Outside)
            }
            _ => Some(Place::Outside),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::mail::{EmailAddress, Sender, parse};
    use proptest::prelude::*;

    fn sender(value: &str) -> Sender {
        let raw = format!("From: {value}\r\nSubject: x\r\n\r\nx");
        parse(raw.as_bytes()).unwrap().from
    }

    #[test]
    fn a1_one_mailbox_is_found_whatever_its_name_says() {
        for (value, expected) in [
            ("ann@b.c", "ann@b.c"),
            ("<ann@b.c>", "ann@b.c"),
            ("< ann@b.c >", "ann@b.c"),
            ("Ann\r\n <ann@b.c>", "ann@b.c"),
            ("ann@b.c <ann@b.c>", "ann@b.c"),
            ("boss@client.com <evil@x.y>", "evil@x.y"),
            ("\"boss@client.com\" <evil@x.y>", "evil@x.y"),
            ("\"<boss@client.com>\" <evil@x.y>", "evil@x.y"),
            ("\"Ann \\\"Annie\\\" Doe\" <ann@b.c>", "ann@b.c"),
            ("evil@x.y (boss@client.com)", "evil@x.y"),
            ("(boss@client.com) evil@x.y", "evil@x.y"),
            ("<evil@x.y> (boss@client.com)", "evil@x.y"),
            ("=?utf-8?q?boss=40client.com=2C?= <evil@x.y>", "evil@x.y"),
            ("=?utf-8?q?boss=40client.com=3E?= evil@x.y", "evil@x.y"),
            ("=?utf-8?q?=22?= boss@client.com <evil@x.y>", "evil@x.y"),
            ("=?utf-8?b?w4Q=?= (Sales) <ann@b.c>", "ann@b.c"),
            ("Ann. B. O'Doe [Sales] <ann@b.c>", "ann@b.c"),
            ("\"Doe, Ann\" <ann@b.c>", "ann@b.c"),
        ] {
            let from = sender(value);
            assert_eq!(
                from.address().map(EmailAddress::as_str),
                Some(expected),
                "{value:?}"
            );
        }
    }

    #[test]
    fn a1_what_two_programs_could_read_in_two_ways_names_nobody() {
        for value in [
            "boss@client.com, evil@x.y",
            "boss@client.com; evil@x.y",
            "boss@client.com evil@x.y",
            "<boss@client.com> <evil@x.y>",
            "<boss@client.com>, <evil@x.y>",
            "<boss@client.com> evil@x.y",
            "<boss@client.com> evil",
            "<>, boss@client.com",
            "team: boss@client.com;",
            "a: b: boss@client.com;;",
            "boss@client.com\0 <evil@x.y>",
            "boss@client.com\0@x.y",
            "boss@clie\0nt.com",
            "boss@client.com\u{b}@x.y",
            "boss@client.com@x.y",
            "<boss@client.com@x.y>",
            "<@x.y:boss@client.com>",
            "<<boss@client.com>>",
            "<boss@client.com",
            "boss@client.com>",
            "\"boss@client.com",
            "boss@client.com (never closed",
            "boss@client.com (x (y) <evil@x.y>)",
            "boss@client.com (x\\) <evil@x.y>)",
            "\"x\\\" <evil@x.y> \" <boss@client.com>",
            "boss(@x.y)@client.com",
            "boss@(x.y)client.com",
            "\"boss\"@client.com",
            "<\"boss@client.com\"@x.y>",
            "\"boss@client.com\"@x.y",
            "boss\r\n @client.com",
            "boss@ client.com",
            "=?utf-8?q?boss=40client.com?=",
            "=?utf-8?q?=3Cboss=40client.com=3E?=",
            "=?utf-8?q?boss?=@client.com",
            "mailto:boss@client.com",
            "boss@client.com\u{2028}evil@x.y",
            "\u{ff1c}boss@client.com\u{ff1e} evil@x.y",
        ] {
            assert_eq!(sender(value).address(), None, "{value:?}");
        }
    }

    proptest! {
        /// Whatever is written around it in a name or a comment, the mailbox in brackets is the sender.
        #[test]
        fn a1_nothing_in_a_name_changes_the_sender(name in "[a-z@<>(),;: ]{0,30}", comment in "[a-z@<>,;:\" ]{0,20}") {
            let from = sender(&format!("\"{name}\" <evil@x.y> ({comment})"));
            prop_assert_eq!(from.address().map(EmailAddress::as_str), Some("evil@x.y"));
        }

        #[test]
        fn a1_no_from_is_a_panic(value in "[a-z@<>(),;:\"\\\\\0 ]{0,40}|\\PC{0,40}") {
            drop(sender(&value));
        }
    }
}
