//! The lines that announce an original or a forwarded mail (B7, B10).

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::announcements;

/// What a separator announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Separator {
    /// The mail that is answered.
    Original,
    /// A mail that is passed on.
    Forward,
    /// Text between rulers that no table knows: a separator only above a header block.
    Unknown,
    /// A ruler without words: a separator only above a header block.
    Ruler,
}

const MAX_SEPARATOR: usize = 160;
const MAX_UNFRAMED: usize = 100;

/// What the words of a separator announce.
static WORDS: LazyLock<HashMap<&'static str, Separator>> = LazyLock::new(|| {
    let tables = [
        (announcements::ORIGINAL, Separator::Original),
        (announcements::FORWARD, Separator::Forward),
    ];
    tables
        .into_iter()
        .flat_map(|(words, found)| words.split('|').map(move |words| (words, found)))
        .collect()
});

static BEGIN_FORWARD: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| announcements::BEGIN_FORWARD.split('|').collect());

/// Reads a line as a separator.
pub(super) fn separator(line: &str) -> Option<Separator> {
    let line = head_of(line.trim());
    let bare = line.trim_matches(|c: char| is_ruler(c) || c.is_whitespace() || c == '>');
    if bare.is_empty() {
        let dashes = line.chars().filter(|c| matches!(c, '_' | '-' | '—' | '='));
        return (dashes.take(3).count() == 3).then_some(Separator::Ruler);
    }
    let is_framed = line.chars().take_while(|c| is_ruler(*c)).count() >= 2;
    let is_bracketed = bare.starts_with('[') && bare.ends_with(']') && bare == line;
    if is_bracketed && WORDS.contains_key(key(bare.trim_matches(['[', ']'])).as_str()) {
        return Some(Separator::Unknown);
    }
    if !is_framed {
        return unframed(bare);
    }
    let words = key(bare.trim_end_matches([':', '：']));
    // Some clients lose the line end behind it.
    let words = words
        .split_once("--")
        .map_or(words.as_str(), |(words, _)| words.trim_end());
    if let Some(found) = WORDS.get(words) {
        return Some(*found);
    }
    if is_original(words) {
        return Some(Separator::Original);
    }
    if words.starts_with("forwarded by ") {
        return Some(Separator::Forward);
    }
    let is_closed = line.ends_with(is_ruler);
    (is_closed && bare.chars().count() <= 60).then_some(Separator::Unknown)
}

/// Whether words that no table knows speak of an original mail all the same: `original message follows`, `message from
/// ann@b.c`.
fn is_original(words: &str) -> bool {
    const ORIGINAL: [&str; 10] = [
        "origin",
        "ursprüng",
        "urspr",
        "oorspronk",
        "oprindelig",
        "opprinnelig",
        "исходн",
        "původní",
        "eredeti",
        "alkuperäinen",
    ];
    const MAIL: [&str; 14] = [
        "message",
        "mail",
        "nachricht",
        "text",
        "mensaje",
        "correo",
        "messaggio",
        "bericht",
        "mensagem",
        "wiadomoś",
        "meddel",
        "melding",
        "сообщен",
        "zpráva",
    ];
    let is_short = words.split_whitespace().count() <= 5;
    is_short
        && ORIGINAL.iter().any(|word| words.contains(word))
        && MAIL.iter().any(|word| words.contains(word))
        || words.split_whitespace().count() <= 12
            && words.contains('@')
            && [
                "message from ",
                "nachricht von ",
                "message de ",
                "mensaje de ",
                "messaggio da ",
            ]
            .iter()
            .any(|start| words.starts_with(start))
}

/// Where within a line a separator begins that was glued behind the sender's words.
pub(super) fn glued(line: &str) -> Option<usize> {
    let at = line.find("----").filter(|at| (1..4000).contains(at))?;
    // Who names the line in a sentence puts it in quotation marks.
    let is_named = line
        .get(..at)?
        .ends_with(['"', '\'', '„', '“', '«', '»', '‚', '‘', '(', '「']);
    let rest = line.get(at..).filter(|_| !is_named)?;
    let words = rest.trim_start_matches(['-', ' ']);
    let end = words.find("--").filter(|end| *end <= MAX_SEPARATOR)?;
    let is_known = WORDS.contains_key(key(words.get(..end)?).as_str());
    is_known.then_some(at)
}

/// Announcements without rulers: Apple's end in a colon; others count only above a header block.
fn unframed(bare: &str) -> Option<Separator> {
    if bare.len() > MAX_UNFRAMED {
        return None;
    }
    let (words, has_colon) = match bare.strip_suffix([':', '：']) {
        Some(words) => (words.trim_end(), true),
        None => (bare, false),
    };
    if bare.split_whitespace().count() > 6 {
        return None;
    }
    let words = key(words);
    if has_colon && BEGIN_FORWARD.contains(words.as_str()) {
        Some(Separator::Forward)
    } else {
        WORDS
            .contains_key(words.as_str())
            .then_some(Separator::Unknown)
    }
}

/// Lower case, without the dot that Turkish capitals leave behind.
fn key(words: &str) -> String {
    let lower = words.trim().to_lowercase();
    if lower.contains(['\u{307}', '’']) {
        lower.replace('\u{307}', "").replace('’', "'")
    } else {
        lower
    }
}

/// The first bytes of a line: no separator is longer.
fn head_of(line: &str) -> &str {
    let mut end = MAX_SEPARATOR.min(line.len());
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    line.get(..end).unwrap_or_default()
}

const fn is_ruler(c: char) -> bool {
    matches!(c, '-' | '_' | '=' | '*' | '—' | '–' | '─' | '#')
}
