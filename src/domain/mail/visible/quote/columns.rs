//! The heads that Lotus Notes puts above an original (B7): a name, a day, and labels that stand in columns.

use std::sync::LazyLock;

use regex::Regex;

use super::header::{Field, label_of};
use crate::domain::mail::visible::line::Line;
use crate::domain::mail::visible::patterns::compiled;

/// Most lines of one head.
const MAX_LINES: usize = 26;
/// Most lines over which a name and the day below it are wrapped.
const MAX_NAME: usize = 6;
/// Longest line of one, in bytes.
const MAX_LINE: usize = 160;

/// A day and a time, alone at the end of a line or in its column.
static WHEN: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?:^|\s|>)\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?(?:\s+\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s+[A-Za-z]{1,4}){0,2})?(?:\s*$|\s{3,})",
    )
});

/// A name before a day, as old Notes writes it.
static NAMED_DAY: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r#"^\s*["A-ZÀ-ÞΑ-ΩА-ЯЁІЇЄ][^:;?!]{1,120} (?:on|am|le|el|il|em|op|den) \d{1,4}[./-]\d{1,2}[./-]\d{1,4},? \d{1,2}:\d{2}"#,
    )
});

/// The first line behind the head that begins at `at`.
pub(super) fn notes_end(lines: &[Line<'_>], at: usize) -> Option<usize> {
    let first = lines.get(at)?;
    let is_top = at
        .checked_sub(1)
        .and_then(|above| lines.get(above))
        .is_none_or(|above| above.is_blank() || above.is_quote());
    if !is_top || first.is_blank() || !is_name(first) {
        return None;
    }
    let mut has_day = NAMED_DAY.is_match(first.text) || WHEN.is_match(first.text);
    if !has_day && !stands_above_day(lines, at) {
        return None;
    }
    let (mut has_to, mut has_copy) = (false, false);
    for (offset, line) in lines.iter().enumerate().skip(at).take(MAX_LINES) {
        if line.is_blank() {
            continue;
        }
        if line.text.len() > MAX_LINE || line.is_quote() {
            return None;
        }
        let place = offset - at;
        has_day |= WHEN.is_match(line.text);
        match column(line.text) {
            Some((Field::To, _)) if place > 0 => has_to = true,
            Some((Field::Cc, _)) => has_copy = true,
            Some((Field::Subject, is_valued)) if has_to && has_day => {
                let is_sure = has_copy || line.text.contains(':');
                return is_sure.then(|| behind(lines, offset, is_valued));
            }
            _ if !has_day && place > MAX_NAME => return None,
            _ => {}
        }
    }
    None
}

/// Whether the head may begin here: where a blank line stands below the name, the day is next.
fn stands_above_day(lines: &[Line<'_>], at: usize) -> bool {
    let mut below = lines.iter().skip(at + 1).take(MAX_NAME);
    if below.clone().next().is_some_and(Line::is_blank) {
        return below
            .find(|line| !line.is_blank())
            .is_some_and(|line| WHEN.is_match(line.text));
    }
    below
        .take_while(|line| !line.is_blank())
        .any(|line| WHEN.is_match(line.text))
}

/// The line behind the subject: its value may stand in the line below the label.
fn behind(lines: &[Line<'_>], subject: usize, is_valued: bool) -> usize {
    let value = lines.get(subject + 1).filter(|line| !line.is_blank());
    subject + 1 + usize::from(!is_valued && value.is_some())
}

/// A name or an address, neither a field nor the end of a sentence.
fn is_name(line: &Line<'_>) -> bool {
    let text = line.text.trim();
    text.len() <= MAX_LINE
        && line.field.is_none()
        && !text.ends_with(['.', '!', '?', ':', ','])
        && (text.contains('@') || text.starts_with(|c: char| c.is_uppercase() || c == '"'))
}

/// The label that stands in a column of its own, with or without a colon, and whether its value stands behind it.
fn column(line: &str) -> Option<(Field, bool)> {
    let text = line.trim();
    let known = |label: &str| label_of(label.trim_end_matches([':', ' ']));
    if let Some(field) = known(text) {
        return Some((field, false));
    }
    // `To<TAB>Ann Lee`, `To:   Ann Lee`.
    let end = text.find([' ', '\t', ':'])?;
    let (label, value) = text.split_at_checked(end)?;
    let is_parted = value.starts_with([':', '\t']) || value.starts_with("  ");
    if let Some(field) = label_of(label).filter(|_| is_parted) {
        return Some((field, !value.trim_matches([':', ' ', '\t']).is_empty()));
    }
    // A label in the right column, where the left one holds name and day.
    let mut cells = text
        .split("  ")
        .map(str::trim)
        .filter(|cell| !cell.is_empty())
        .skip(1);
    let field = cells.find_map(known)?;
    Some((field, cells.next().is_some()))
}
