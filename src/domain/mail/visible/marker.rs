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

/// The marker line of a letter in English. Its bracket is unique to the letter and survives translation and re-wrapping.
pub fn quote_marker(reply: &ReplyId) -> String {
    marker_line("Reply above this line", reply)
}

/// The marker line of a letter, in these words.
pub fn marker_line(words: &str, reply: &ReplyId) -> String {
    format!("-- {words} -- {}", quote_mark(reply))
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

/// Longest line that asks for answers above it.
const MAX_REPLY_LINE: usize = 200;

/// Whether a line is the one above which ticket systems and forums want their answers: `##- Please type your reply above
/// this line -##` and its relatives.
pub(super) fn is_reply_line(line: &str) -> bool {
    if line.len() > MAX_REPLY_LINE || line.contains(['"', '?']) {
        return false;
    }
    let bare = line.trim();
    let frame = |c: char| {
        matches!(
            c,
            '#' | '-'
                | '='
                | '*'
                | '_'
                | '—'
                | '–'
                | '~'
                | '+'
                | '<'
                | '>'
                | '['
                | ']'
                | '('
                | ')'
                | '^'
        )
    };
    let is_framed = bare.chars().take_while(|c| frame(*c)).count() >= 2 && bare.ends_with(frame);
    ABOVE.is_match(bare) && (is_framed || REPLY.is_match(bare))
}

#[expect(
    clippy::unwrap_used,
    reason = "a literal pattern, compiled in every test run"
)]
static ABOVE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)(?:above|over) (?:this|the|the dotted|the dashed) line|(?:oberhalb|über|ueber) dieser (?:zeile|linie|markierung)|(?:au-dessus|dessus) de cette ligne|",
        r"(?:encima|arriba) de esta línea|sopra (?:a )?quest\w+ (?:riga|linea)|acima d(?:esta|essa) linha|boven deze (?:regel|lijn)|",
        r"(?:over|ovanför|ovenfor|ovan) den(?:ne|na| här| her) (?:linj\w*|rad\w*|linie\w*)|powyżej tej (?:linii|linijki)|выше этой (?:строки|линии|черты)|вище цього рядка|",
        r"tämän rivin yläpuolelle|nad (?:tuto|tento|tímto) řád\w+|e fölé a sor fölé|bu satırın üst\w+|この(?:行|線)より上|请在此行(?:以上|上方)|이 (?:줄|선) 위에",
    ))
    .unwrap()
});

/// The beginnings that such lines have where no frame tells.
#[expect(
    clippy::unwrap_used,
    reason = "a literal pattern, compiled in every test run"
)]
static REPLY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^\W*(?:to reply,? )?(?:please )?(?:reply|respond|answer|(?:type|write|add|enter|put|post|leave)(?: in)? (?:your |an? )?(?:reply|response|answer|comment|message)s?)\b(?: \S+){0,4} (?:above|over)|",
        r"^\W*(?:bitte |veuillez |por favor,? |merci de )?\w*(?:antwort|répond|réponse|respond|respuesta|rispond|risposta|resposta|antwoord|reageer|svar|odpowied|ответ|vasta|odpov|válasz|yanıt)\w*.*$",
    ))
    .unwrap()
});

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
        for line in [
            "##- Please type your reply above this line -##",
            "--- write ABOVE THIS LINE to post a reply ---",
            "=-=-=-= Reply above this line =-=-=-=",
            "## In replies all text above this line is added to the ticket ##",
            "Reply above this line",
            "-- Bitte oberhalb dieser Linie antworten --",
            "--- Répondez au-dessus de cette ligne ---",
        ] {
            assert!(is_reply_line(line), "{line}");
        }
        for line in [
            "Put the logo above this line",
            "The text above this line should be bold.",
            "Above this line",
            "- add a picture above this line.",
        ] {
            assert!(!is_reply_line(line), "{line}");
        }
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
