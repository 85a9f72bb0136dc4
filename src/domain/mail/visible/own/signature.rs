//! Signatures behind a delimiter (B8).

use super::clean::{Name, Place, holds_name, tail};
use super::contact;

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

/// Longest signature of one line behind dashes, in bytes.
const MAX_DASHED: usize = 100;

/// Cuts a last line such as `-- Ann Lee, Lee Bees` or `-Ann`: dashes with the sender's name, or with words that can only
/// be a name. Points of lists stay.
pub(super) fn cut_dashed_name(run: &mut Vec<&str>, place: Place, name: Name<'_>) {
    let mut last = tail(run, 2);
    let Some((at, line)) = last.next() else {
        return;
    };
    let above = last.next().map_or("", |(_, line)| line);
    drop(last);
    let text = line.trim();
    let words = text.trim_start_matches(['-', '—', '–', '~', '=', '_', '*']);
    let signs = text.len() - words.len();
    let is_list = above.trim_start().starts_with(['-', '—', '–', '*', '~']) && words.len() > 1;
    if at < place.first() || signs == 0 || words.is_empty() || text.len() > MAX_DASHED || is_list {
        return;
    }
    let is_spaced = words.starts_with(' ');
    let words = words.trim();
    let is_dash = text.starts_with(['-', '—', '–', '~']);
    let is_signed = is_dash && speaks_of(words, name) && contact::is_block_line(words);
    let is_named = is_name(words)
        && words.split_whitespace().count() <= 4
        && words.chars().any(char::is_lowercase)
        && words
            .chars()
            .all(|c| c.is_alphabetic() || matches!(c, ' ' | '.' | '\'' | '-'));
    let dashes = text.starts_with("--") || text.starts_with(['—', '–']);
    let is_contact = text.starts_with("--")
        && signs == 2
        && contact::is_block_line(words)
        && (contact::is_contact(words) || contact::holds_data(words));
    // What a customer said, with the customer's name below, is for the page.
    let is_said = above.contains(['"', '“', '”', '„', '«', '»', '‘', '’']);
    // `- Milk` is a point of a list, `-Ann` and `-- Ann` are none.
    let is_sure = is_named
        && !is_said
        && (dashes && signs <= 3
            || !is_spaced && text.starts_with(['-', '~']) && signs == 1 && !ends_in_colon(above));
    if is_signed || is_sure || is_contact {
        run.truncate(at);
    }
}

fn ends_in_colon(line: &str) -> bool {
    line.trim_end().ends_with([':', '：'])
}

/// Whether a short line begins with a word of the sender's name.
fn speaks_of(words: &str, name: Name<'_>) -> bool {
    let first = words
        .split(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or_default()
        .to_lowercase();
    let Some(name) = name.filter(|_| first.chars().count() >= 2) else {
        return false;
    };
    name.split(|c: char| !c.is_alphanumeric())
        .any(|word| word.to_lowercase() == first)
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
    // The ruler below a signature closes it.
    let is_closed = below.first().is_some_and(|line| is_ruler(line)) && below.len() > 1;
    below.iter().any(|line| contact::is_contact(line))
        || holds_name(top, name)
        || is_closed && below.iter().any(|line| contact::holds_data(line))
        || speaks_of(top, name) && below.iter().any(|line| contact::holds_data(line))
}
