//! The line that our letters begin with, so that their quotes are known for sure (B7).

use std::sync::LazyLock;

use regex::Regex;

use crate::domain::ids::{ReplyId, hash_parts, hex};

#[expect(
    clippy::unwrap_used,
    reason = "a literal pattern, compiled in every test run"
)]
static MARKER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\(hermes-[0-9a-f]{12}\)").unwrap());

/// Most letters that the quotes of one mail are looked up for.
const MAX_QUOTED: usize = 3;

/// The marker line of a letter. Its bracket is unique to the letter and survives translation and re-wrapping.
pub fn quote_marker(reply: &ReplyId) -> String {
    format!("-- Reply above this line -- {}", quote_mark(reply))
}

/// The bracket of a letter's marker line.
pub fn quote_mark(reply: &ReplyId) -> String {
    let hash = hash_parts(&[b"marker", reply.as_str().as_bytes()]);
    let unique = hex(hash.get(..6).unwrap_or_default());
    format!("(hermes-{unique})")
}

/// The brackets of the letters that a text quotes, the nearest first, each once.
pub fn quoted_marks(text: &str) -> Vec<&str> {
    let mut marks: Vec<&str> = Vec::new();
    if !text.contains("(hermes-") {
        return marks;
    }
    for mark in MARKER.find_iter(text) {
        if marks.len() == MAX_QUOTED {
            break;
        }
        if !marks.contains(&mark.as_str()) {
            marks.push(mark.as_str());
        }
    }
    marks
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
        assert_eq!(
            quoted_marks(&format!("x\n> {marker}\n>> {marker}")),
            [bracket]
        );
        assert_eq!(quote_mark(&reply), bracket);
        assert!(quoted_marks("(hermes-)").is_empty());
        assert!(!is_marker("-- Reply above this line --") && !is_marker("(hermes-)"));
        assert_ne!(
            marker,
            quote_marker(&ReplyId::for_command(&CommandId::mint(Bits([8; 16]))))
        );
    }
}
