//! Subjects: what is left of one when every client has added its prefix (T7).

use std::sync::LazyLock;

use icu_normalizer::ComposingNormalizerBorrowed;
use regex::Regex;

/// Longest subject that is kept, in characters (T7).
const MAX_CHARS: usize = 255;
/// What a mail without a subject is called (T7).
const EMPTY: &str = "(no subject)";

/// What the outermost prefix of a subject says about a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubjectPrefix {
    /// None: a first mail.
    None,
    /// `Re:` and its relatives.
    Reply,
    /// `Fwd:` and its relatives (B10).
    Forward,
}

#[expect(
    clippy::unwrap_used,
    reason = "a literal pattern, compiled in every test run"
)]
static PREFIX: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^(?:(?P<reply>re|aw|antw|sv|vs|r|res|odp|rép|ynt|vá|bls|σχετ|απ|השב|תגובה|رد|回复|回覆|答复|答覆|返信|답장|회신)|(?P<forward>fwd?|wg|tr|enc|i|doorst|rv|vb|vl|pd|ilt|i\u{307}lt|πρθ|הועבר|转发|轉寄|轉發|転送|전달))(?:\[\d+\])?\s*[:：]\s*",
    )
    .unwrap()
});

#[expect(
    clippy::unwrap_used,
    reason = "a literal pattern, compiled in every test run"
)]
static TAG: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\[(?:external|ext|extern|#h-[a-z0-9]+)\]").unwrap());

/// Tidies a decoded subject: one line, single spaces, at most 255 characters, never empty (T7).
pub(super) fn tidy(decoded: &str) -> String {
    let nfc = ComposingNormalizerBorrowed::new_nfc().normalize(decoded);
    let mut out = String::with_capacity(nfc.len().min(MAX_CHARS * 4));
    let mut words = nfc.split_whitespace();
    if let Some(first) = words.next() {
        out.push_str(first);
        for word in words {
            out.push(' ');
            out.push_str(word);
        }
    }
    if let Some((end, _)) = out.char_indices().nth(MAX_CHARS) {
        out.truncate(end);
    }
    if out.is_empty() {
        EMPTY.to_owned()
    } else {
        out
    }
}

/// The subject without prefixes and tags, lower-case: equal for all mails of one conversation (T7).
pub fn subject_key(subject: &str) -> String {
    let bare = bare(subject).to_lowercase();
    if bare.is_empty() {
        EMPTY.to_owned()
    } else {
        bare
    }
}

/// What the outermost prefix says.
pub fn subject_prefix(subject: &str) -> SubjectPrefix {
    let untagged = TAG.replace_all(subject, "");
    match PREFIX.captures(untagged.trim_start()) {
        Some(found) if found.name("forward").is_some() => SubjectPrefix::Forward,
        Some(_) => SubjectPrefix::Reply,
        None => SubjectPrefix::None,
    }
}

/// The subject of our answer: exactly one `Re: `.
pub fn reply_subject(subject: &str) -> String {
    let bare = bare(subject);
    let bare = if bare.is_empty() { EMPTY } else { &bare };
    format!("Re: {bare}")
}

fn bare(subject: &str) -> String {
    let untagged = TAG.replace_all(subject, "");
    let mut rest = untagged.trim();
    // Each round takes at least two characters off, so this ends.
    while let Some(found) = PREFIX.find(rest) {
        rest = rest.get(found.end()..).unwrap_or_default().trim_start();
    }
    tidy(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t7_prefixes_and_tags_are_stripped() {
        for (subject, key) in [
            ("Opening hours", "opening hours"),
            ("Re: Opening hours", "opening hours"),
            ("RE[2]: AW: Fwd: Opening  hours", "opening hours"),
            ("[EXTERNAL] Re: Opening hours", "opening hours"),
            ("Re: [EXT] Opening hours", "opening hours"),
            ("Re: Opening hours [#h-7k2m]", "opening hours"),
            ("SV: WG: TR: R: I: Opening hours", "opening hours"),
            ("回复：Opening hours", "opening hours"),
            ("Réponse au sujet", "réponse au sujet"),
            ("Rép : Opening hours", "opening hours"),
            ("Rebuild: the menu", "rebuild: the menu"),
            ("Re:", "(no subject)"),
            ("", "(no subject)"),
        ] {
            assert_eq!(subject_key(subject), key, "{subject:?}");
        }
    }

    #[test]
    fn b10_forwards_are_told_by_the_outermost_prefix() {
        for (subject, expected) in [
            ("Fwd: x", SubjectPrefix::Forward),
            ("WG: Re: x", SubjectPrefix::Forward),
            ("[EXTERNAL] FW: x", SubjectPrefix::Forward),
            ("转发: x", SubjectPrefix::Forward),
            ("RV: x", SubjectPrefix::Forward),
            ("YNT: x", SubjectPrefix::Reply),
            ("Re: Fwd: x", SubjectPrefix::Reply),
            ("Forward: x", SubjectPrefix::None),
            ("x", SubjectPrefix::None),
        ] {
            assert_eq!(subject_prefix(subject), expected, "{subject:?}");
        }
    }

    #[test]
    fn t7_subjects_are_one_bounded_line() {
        assert_eq!(tidy(" a\r\n  b\tc "), "a b c");
        assert_eq!(tidy(""), "(no subject)");
        assert_eq!(tidy("e\u{301}"), "\u{e9}");
        assert_eq!(tidy(&"\u{1F600}".repeat(300)).chars().count(), 255);
    }

    #[test]
    fn answers_carry_a_single_re() {
        assert_eq!(reply_subject("AW: Re: Hours"), "Re: Hours");
        assert_eq!(reply_subject(""), "Re: (no subject)");
    }
}
