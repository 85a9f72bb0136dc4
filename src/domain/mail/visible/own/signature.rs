//! Signatures behind a delimiter (B8).

use super::{Name, Place, contact, holds_name, tail};

/// Longest signature behind `-- `, in lines that are not blank.
const MAX_SIGNATURE: usize = 30;
/// Longest signature behind `--`, which some people also draw between paragraphs.
const MAX_BARE: usize = 10;
/// Longest signature behind a ruler.
const MAX_RULED: usize = 8;

/// Cuts the lowest signature that a delimiter announces.
pub(super) fn cut_delimited(run: &mut Vec<&str>, place: Place, name: Name<'_>) {
    let first = place.first();
    let mut below: Vec<&str> = Vec::new();
    let mut start = None;
    for (at, line) in tail(run, MAX_SIGNATURE + 1) {
        let is_all = place == Place::AboveQuote && line == "-- ";
        if at < first && !is_all || line.starts_with("```") {
            break;
        }
        let is_ruled = || {
            is_ruler(line) && (is_ruled_signature(&below, name) || is_name_block(run, at, &below))
        };
        if is_start(line, &below, name) && !is_repeated(run, at, &below, name) || is_ruled() {
            start = Some(at);
            break;
        }
        below.push(line);
    }
    if let Some(start) = start {
        run.truncate(start);
    }
}

/// Whether a ruler parts a finished text from a few lines that begin with a name: nothing stands between them, and the
/// text above ended in a sentence or a greeting.
fn is_name_block(run: &[&str], ruler: usize, below: &[&str]) -> bool {
    let is_dashes = run.get(ruler).is_some_and(|line| {
        line.trim()
            .chars()
            .all(|c| matches!(c, '-' | '_' | '—' | '–'))
    });
    let block = run.get(ruler + 1..).unwrap_or_default();
    let is_block = block.iter().all(|line| !line.trim().is_empty()) && below.len() <= 4;
    let top = below.last().copied().unwrap_or_default();
    let mut above = tail(run.get(..ruler).unwrap_or_default(), 2).map(|(_, line)| line);
    let (last, before) = (
        above.next().unwrap_or_default(),
        above.next().unwrap_or_default(),
    );
    let is_done = last
        .trim_end()
        .ends_with(['.', '!', '?', '。', '！', '？', ')'])
        || contact::is_sign_off(last)
        || contact::is_sign_off(before);
    is_dashes
        && is_block
        && is_done
        && is_name(top)
        && below.iter().all(|line| contact::is_block_line(line))
}

/// One to five words, none of which begins small.
pub(super) fn is_name(line: &str) -> bool {
    let words = line.split_whitespace();
    let count = words.clone().count();
    (1..=5).contains(&count)
        && !line.contains([':', ';'])
        && !line.trim_end().ends_with([',', '.'])
        && words.clone().all(|word| {
            word.chars()
                .next()
                .is_some_and(|c| c.is_uppercase() || c == '*')
        })
}

/// Whether a line is the delimiter of what stands below it.
fn is_start(line: &str, below: &[&str], name: Name<'_>) -> bool {
    match line {
        "-- " | "--\u{a0}" => below.len() <= MAX_SIGNATURE,
        _ => {
            matches!(
                line.trim(),
                "--" | "—" | "–" | "- --" | "-- --" | "- -" | "--\u{2028}"
            ) && below.len() <= MAX_BARE
                && begins_like_signature(below, name)
        }
    }
}

/// Whether a bare `--` is one of several, which part paragraphs, and no name or contact data stands below it.
fn is_repeated(run: &[&str], at: usize, below: &[&str], name: Name<'_>) -> bool {
    let Some(line) = run.get(at).filter(|line| **line != "-- ") else {
        return false;
    };
    let is_signed = below
        .iter()
        .any(|line| contact::is_contact(line) || holds_name(line, name));
    let above = tail(run.get(..at).unwrap_or_default(), MAX_SIGNATURE);
    !is_signed && above.into_iter().any(|(_, other)| other == *line)
}

/// Whether the lines below, the last one first, begin as signatures do: `--` is also drawn between paragraphs.
fn begins_like_signature(below: &[&str], name: Name<'_>) -> bool {
    below.last().is_none_or(|top| {
        is_name(top)
            || contact::is_contact(top)
            || contact::is_sign_off(top)
            || holds_name(top, name)
            || top.split_whitespace().count() <= 3 && contact::is_block_line(top)
            || top.len() <= 80 && top.contains(['|', '·', '•', ',']) && contact::is_block_line(top)
    })
}

/// Whether a line has only delimiter characters.
pub(super) fn is_ruler(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty()
        && line.chars().all(|c| {
            matches!(
                c,
                '-' | '_' | ',' | '=' | '+' | '~' | '#' | '*' | '—' | '–' | '─' | ' ' | '•' | '·'
            )
        })
}

/// Whether the lines below a ruler, the last one first, can only be a signature: short, and with a name or contact data
/// of the sender's. A ruler between two paragraphs is none.
fn is_ruled_signature(below: &[&str], name: Name<'_>) -> bool {
    if below.is_empty()
        || below.len() > MAX_RULED
        || !below.iter().all(|line| contact::is_block_line(line))
    {
        return false;
    }
    let top = below.last().copied().unwrap_or_default();
    below.iter().any(|line| contact::is_contact(line)) || holds_name(top, name)
}
