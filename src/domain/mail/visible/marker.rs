//! The line that our letters begin with, so that their quotes are known for sure (B7).

use std::sync::LazyLock;

use regex::Regex;

use crate::domain::ids::{ReplyId, hash_parts, hex};

#[expect(
    clippy::unwrap_used,
    reason = "a literal pattern, compiled in every test run"
)]
static MARKER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\(hermes-[0-9a-f]{12}\)").unwrap());

/// The marker line of a letter in English. Its bracket is unique to the letter and survives translation and re-wrapping.
pub fn quote_marker(reply: &ReplyId) -> String {
    marker_line("Reply above this line", reply)
}

/// The marker line of a letter, in these words.
pub fn marker_line(words: &str, reply: &ReplyId) -> String {
    let hash = hash_parts(&[b"marker", reply.as_str().as_bytes()]);
    let unique = hex(hash.get(..6).unwrap_or_default());
    format!("-- {words} -- (hermes-{unique})")
}

/// Whether a line carries a marker of ours.
pub(super) fn is_marker(line: &str) -> bool {
    line.contains("(hermes-") && MARKER.is_match(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{Bits, CommandId};

    #[test]
    fn b7_our_marker_is_found_again_whatever_surrounds_it() {
        let reply = ReplyId::for_command(&CommandId::mint(Bits([7; 16])));
        let marker = quote_marker(&reply);
        assert!(is_marker(&marker) && is_marker(&format!("> > {marker}  ")));
        let bracket = marker.rsplit(' ').next().unwrap();
        assert!(is_marker(&format!(
            "-- Antworten Sie oberhalb dieser Zeile -- {bracket}"
        )));
        assert!(!is_marker("-- Reply above this line --") && !is_marker("(hermes-)"));
        assert_ne!(
            marker,
            quote_marker(&ReplyId::for_command(&CommandId::mint(Bits([8; 16]))))
        );
    }
}
