//! The line that our letters begin with, so that their quotes are known for sure (B7).

use std::sync::LazyLock;

use regex::Regex;

use crate::domain::ids::{ReplyId, hash_parts, hex};

#[expect(
    clippy::unwrap_used,
    reason = "a literal pattern, compiled in every test run"
)]
static MARKER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\(hermes-[0-9a-f]{12}\)").unwrap());

/// The marker line of a letter. Its bracket is unique to the letter and survives translation and re-wrapping.
pub fn quote_marker(reply: &ReplyId) -> String {
    let hash = hash_parts(&[b"marker", reply.as_str().as_bytes()]);
    let unique = hex(hash.get(..6).unwrap_or_default());
    format!("-- Reply above this line -- (hermes-{unique})")
}

/// Whether a line carries a marker of ours.
pub(super) fn is_marker(line: &str) -> bool {
    line.contains("(hermes-") && MARKER.is_match(line)
}

/// Whether a line is the one under which ticket systems and web forums put their mails: `##- Please type your reply
/// above this line -##` and its relatives.
pub(super) fn is_reply_line(line: &str) -> bool {
    const MAX: usize = 200;
    line.len() <= MAX && line.starts_with(is_frame) && REPLY_LINE.is_match(line)
        || line.len() <= MAX && is_capital(line) && REPLY_LINE.is_match(line)
}

/// Framed by signs, as no sentence of a person is.
fn is_frame(c: char) -> bool {
    matches!(
        c,
        '#' | '-' | '=' | '*' | '_' | '—' | '~' | '+' | '<' | '[' | '(' | '\u{2013}' | '^'
    )
}

/// `Reply above this line` stands alone in some systems; then it is the whole line.
fn is_capital(line: &str) -> bool {
    line.split_whitespace().count() <= 12 && !line.contains('"')
}

#[expect(
    clippy::unwrap_used,
    reason = "a literal pattern, compiled in every test run"
)]
static REPLY_LINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^[\s#\-=*_—–~+<\[(^]*(?:please\s+)?(?:(?:type|write|add|enter|put|make|insert)(?:\s+(?:in\s+)?(?:your\s+|an?\s+)?(?:reply|response|answer|comments?|message))?|reply|respond|",
        r"answer|comment)(?:\s+to\s+this\s+(?:e-?mail|message|ticket))?(?:\s+(?:by\s+)?(?:typing|writing|replying))?\s+(?:above|over)\s+this\s+line",
        r"(?:\s+(?:to|and|when|in order)\b.{0,80})?[\s#\-=*_—–~+>\])^.:]*$|",
        r"^[\s#\-=*_—–~+<\[(^]*(?:bitte\s+)?(?:(?:antworten|schreiben|geben|tippen)\b.{0,40}\b(?:oberhalb|über|ueber)\s+dieser\s+(?:zeile|linie)|",
        r"(?:veuillez\s+)?(?:répond\w*|écri\w*|saisi\w*|tap\w*|entrez)\b.{0,40}\b(?:au-dessus|dessus)\s+de\s+cette\s+ligne|",
        r"(?:por favor,?\s+)?(?:respond\w*|escrib\w*|introdu\w*|ingres\w*)\b.{0,40}\b(?:encima|arriba)\s+de\s+esta\s+línea|",
        r"(?:rispond\w*|scriv\w*|inserisc\w*|digit\w*)\b.{0,40}\bsopra\s+(?:a\s+)?quest\w+\s+(?:riga|linea)|",
        r"(?:por favor,?\s+)?(?:respond\w*|escrev\w*|digite\w*)\b.{0,40}\bacima\s+d(?:esta|essa)\s+linha|",
        r"(?:typ|schrijf|antwoord|reageer|plaats)\w*\b.{0,40}\bboven\s+deze\s+(?:regel|lijn)|",
        r"(?:svar|skriv)\w*\b.{0,40}\b(?:over|ovanför|ovenfor|ovan)\s+den(?:ne|na|ne her)\s+(?:linj\w*|rad\w*|linie\w*)|",
        r"(?:odpowiedz|wpisz|napisz)\w*\b.{0,40}\bpowyżej\s+tej\s+linii)[\W_]*$",
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
        assert!(!is_marker("-- Reply above this line --") && !is_marker("(hermes-)"));
        assert_ne!(
            marker,
            quote_marker(&ReplyId::for_command(&CommandId::mint(Bits([8; 16]))))
        );
    }
}
