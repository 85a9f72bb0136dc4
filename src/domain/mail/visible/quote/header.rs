//! The block of header fields that clients put above an original (B7).

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use super::labels;
use crate::domain::mail::visible::line::{Line, LineKind};
use crate::domain::mail::visible::patterns::compiled;

/// A header field, whatever its language calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::domain::mail::visible) enum Field {
    From,
    /// `Sent`: said of mails only.
    Sent,
    /// `Date`: said of anything.
    Date,
    To,
    Cc,
    Subject,
    /// What stands in such blocks besides: `Reply-To`, `Importance`, `Attachments`.
    Other,
}

/// Longest label in bytes, with the stars that stand for bold.
const MAX_LABEL: usize = 60;
/// Most lines of one block, blank and wrapped ones included.
const MAX_BLOCK: usize = 24;
/// Most lines in a row that a block goes on over without a field: wrapped recipients.
const MAX_GAP: usize = 3;

static LABELS: LazyLock<HashMap<&'static str, Field>> = LazyLock::new(|| {
    // A label of two languages means what the last table says.
    let tables = [
        (labels::OTHER, Field::Other),
        (labels::CC, Field::Cc),
        (labels::DATE, Field::Date),
        (labels::SENT, Field::Sent),
        (labels::TO, Field::To),
        (labels::SUBJECT, Field::Subject),
        (labels::FROM, Field::From),
    ];
    tables
        .into_iter()
        .flat_map(|(labels, field)| labels.split('|').map(move |label| (label, field)))
        .collect()
});

/// The field that a line names before its colon.
pub(in crate::domain::mail::visible) fn field(line: &str) -> Option<Field> {
    let (label, _) = label_and_value(line)?;
    let lower = label.to_lowercase();
    LABELS.get(lower.as_str()).copied()
}

fn label_and_value(line: &str) -> Option<(&str, &str)> {
    let end = line
        .char_indices()
        .take_while(|(at, _)| *at <= MAX_LABEL)
        .find(|(_, c)| matches!(c, ':' | '：' | '﹕'))?
        .0;
    let (label, value) = line.split_at_checked(end)?;
    let label = label.trim_start_matches(|c: char| c == '>' || c == '|' || is_dressing(c));
    let label = label.trim_end_matches(is_dressing);
    (!label.is_empty()).then_some((label, value))
}

/// What clients put around a label: space, the stars of bold, marks of direction.
fn is_dressing(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '*' | '_' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{feff}'
        )
}

/// How sure the place is at which a block is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    /// Anywhere in the text: the block must prove itself.
    Anywhere,
    /// Below words that announce an original: two fields are enough.
    BelowSeparator,
    /// Below a ruler: two fields are enough if one is said of mails only.
    BelowRuler,
}

/// The first line behind the block that begins at `at`; none when no block begins there.
pub(super) fn block_end(lines: &[Line<'_>], at: usize, context: Context) -> Option<usize> {
    let first = lines.get(at)?;
    first.field?;
    let mut seen = Seen::default();
    let mut end = at;
    let mut gap = 0;
    for (offset, line) in lines.iter().enumerate().skip(at).take(MAX_BLOCK) {
        if is_same_side(first, line)
            && let Some(field) = line.field
        {
            if seen.is_complete() && seen.has(field) {
                break;
            }
            if field == Field::From && !names_somebody(line.text) {
                return None;
            }
            seen.add(field, line.text);
            end = offset + 1;
            gap = 0;
            continue;
        }
        if line.text.trim_start().starts_with(['-', '_', '=', '—']) {
            // Another mail begins below a ruler.
            break;
        }
        gap += 1;
        let goes_on = line.is_blank() || seen.count() < 3 || is_recipients(line.text);
        if gap > MAX_GAP || !goes_on || line.is_blank() && seen.is_complete() {
            break;
        }
        // Wrapped recipients.
        seen.has_address |= gap == 1 && line.text.contains('@');
    }
    let is_block = match context {
        Context::Anywhere => seen.is_proof() && end - at <= seen.count() + 6,
        Context::BelowSeparator => seen.has(Field::From) && seen.count() >= 2 || seen.is_proof(),
        Context::BelowRuler => {
            seen.is_proof()
                || seen.has(Field::From)
                    && seen.count() >= 2
                    && (seen.has_address || seen.has(Field::Sent))
        }
    };
    is_block.then_some(end).or_else(|| {
        let is_proof = is_one_line_block(first.text);
        is_proof.then_some(at + 1)
    })
}

/// The field of a bare label.
pub(super) fn label_of(label: &str) -> Option<Field> {
    let is_short = !label.is_empty() && label.len() <= MAX_LABEL;
    is_short
        .then(|| LABELS.get(label.to_lowercase().as_str()).copied())
        .flatten()
}

/// The first line behind a block of one or two fields, such as phones write: a `From` with nothing but a name and an
/// address, alone or with a `Sent`, a `Date`, a `To` or a `Subject`.
pub(super) fn short_block_end(lines: &[Line<'_>], at: usize) -> Option<usize> {
    static SOMEBODY: LazyLock<Regex> = LazyLock::new(|| {
        compiled(
            r#"^[\s:*_：]*"?[^<>@:;?!]{0,80}[<(\["'\s]*[^\s<>@()\[\]"]+@[^\s<>@()\[\]]+[>)\]"']*(?:\s?[<\[(]mailto:[^\s>]+[>\])])?[\s*;]*$"#,
        )
    });
    let fields = || lines.iter().enumerate().skip(at).take(4);
    let is_blank_above = at
        .checked_sub(1)
        .and_then(|above| lines.get(above))
        .is_none_or(|above| above.is_blank() || above.is_quote());
    let mut end = at;
    let mut has_from = false;
    for (offset, line) in fields() {
        match line.field {
            Some(Field::From) => {
                has_from |=
                    label_and_value(line.text).is_some_and(|(_, value)| SOMEBODY.is_match(value));
            }
            Some(_) => {}
            None => break,
        }
        end = offset + 1;
    }
    let is_closed = lines
        .get(end)
        .is_none_or(|line| line.is_blank() || line.is_quote());
    (is_blank_above && has_from && is_closed && end > at).then_some(end)
}

/// Whether a block between two lines speaks of mail beyond doubt: it holds an address, or says when it was sent.
pub(super) fn is_sure(lines: &[Line<'_>], start: usize, end: usize) -> bool {
    let block = lines.get(start..end).unwrap_or_default();
    block
        .iter()
        .any(|line| line.text.contains('@') || line.field == Some(Field::Sent))
}

/// Whether a `From` line does not begin with an hour, as opening hours do.
fn names_somebody(line: &str) -> bool {
    let value = label_and_value(line).map_or("", |(_, value)| value);
    let value =
        value.trim_start_matches(|c: char| matches!(c, ':' | '：' | '﹕') || is_dressing(c));
    value.contains('@') || !value.starts_with(|c: char| c.is_ascii_digit())
}

/// A block stands on one side: all of it behind `>` or none.
fn is_same_side(first: &Line<'_>, line: &Line<'_>) -> bool {
    (first.kind == LineKind::Quoted) == (line.kind == LineKind::Quoted)
}

fn is_recipients(text: &str) -> bool {
    text.contains('@') || text.contains(';') || text.starts_with([' ', '\t'])
}

/// A whole block whose line ends were lost.
fn is_one_line_block(text: &str) -> bool {
    const SETS: [[&str; 4]; 6] = [
        ["From:", "Sent:", "To:", "Subject:"],
        ["From:", "Date:", "To:", "Subject:"],
        ["Von:", "Gesendet:", "An:", "Betreff:"],
        ["De :", "Envoyé :", "À :", "Objet :"],
        ["De:", "Enviado el:", "Para:", "Asunto:"],
        ["Da:", "Inviato:", "A:", "Oggetto:"],
    ];
    let head = text.get(..1000).unwrap_or(text);
    SETS.iter().any(|[from, labels @ ..]| {
        head.trim_start_matches(is_dressing).starts_with(from)
            && labels.iter().all(|label| head.contains(label))
    })
}

/// The fields that a block has shown so far.
#[derive(Debug, Default)]
struct Seen {
    fields: [Option<Field>; 6],
    has_address: bool,
}

impl Seen {
    fn has(&self, field: Field) -> bool {
        self.fields.contains(&Some(field))
    }

    fn add(&mut self, field: Field, text: &str) {
        self.has_address |= text.contains('@');
        let is_empty_day = field == Field::Date && !text.contains(char::is_numeric);
        if field != Field::Other
            && !is_empty_day
            && !self.has(field)
            && let Some(free) = self.fields.iter_mut().find(|slot| slot.is_none())
        {
            *free = Some(field);
        }
    }

    fn count(&self) -> usize {
        self.fields.iter().flatten().count()
    }

    fn is_complete(&self) -> bool {
        self.has(Field::From) && self.has(Field::Subject) && self.count() >= 3
    }

    /// Three fields, of which some are said of mails only: announcements of events have a date, a from and a to.
    fn is_proof(&self) -> bool {
        let has_day = self.has(Field::Sent) || self.has(Field::Date);
        self.count() >= 3
            && self.has(Field::From)
            && (self.has(Field::Sent) || self.has_address || self.has(Field::Subject) && has_day)
    }
}
