//! Heads of quotes that neither end in a colon nor say "wrote" at their end (B7): what `GroupWise`, Notes, news readers and
//! old clients of the web put above an original.

use std::sync::LazyLock;

use regex::Regex;

use crate::domain::mail::visible::line::Line;
use crate::domain::mail::visible::patterns::compiled;

/// Longest head in bytes.
const MAX_HEAD: usize = 300;

/// A day in figures, or with the name of its month.
const DAY: &str = r"(?:\d{1,4}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}\.?[ -][^\W\d_]{3,10}\.?,?[ -]\d{4}|[^\W\d_]{3,10}\.? \d{1,2},? \d{4})";
/// A time, with what says which half of the day it is in.
const TIME: &str = r"\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?(?:\s?[AaPp]\.?\s?[Mm]\b\.?)?";
const ADDRESS: &str = r"[<(\[][^\s<>()@\[\]]+@[^\s<>()\[\]]+[>)\]]";

/// Day, name, address.
static DAY_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"^[\s>*\-]*(?:[^\W\d_]{{2,10}}\.?,?\s)?{DAY}(?:\s[^\W\d_]{{1,3}})?[,T\s]*(?:{TIME})?[^<>()\[\]:?!]{{0,100}}{ADDRESS}[\s,;.]*$"
    ))
});

/// Name, address, day, time.
static DAY_LAST: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"^[\s*\-]*[^<>()\[\]@:?!]{{0,80}}{ADDRESS}[\s,:\-–(\[]*(?:[^\W\d_]{{1,10}}[.,]*\s+){{0,2}}{DAY}(?:[\s,]+(?:[^\W\d_]{{1,3}}\s+)?{TIME}(?:\s*(?:\(?[A-Z]{{2,5}}\)?|[+-]\d{{4}}|Uhr))*)?[\s)\]>.,:\-]*$"
    ))
});

/// `GroupWise` frames its heads in arrows.
static ARROWS: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"^\s*>>>\s?[^>\s].{{0,250}}(?:{DAY}|{TIME}).{{0,250}}(?:>>>|:)\s*$|^\s*>>>\s?[^>\s][^>]{{0,80}}{ADDRESS}[^>]{{0,60}}>>>\s*$"
    ))
});

/// What readers of newsgroups write: `… wrote in message news:…`.
static NEWS: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?i)\b(?:wrote|writes|schrieb|écrit|ecrit|scritto|scrive|escribió|escribio|skrev|schreef|escreveu|napisał\S*|pisze|написал\S*|сообщил\S*|kirjoitti)\b.{0,60}\bnews:\s?\S+\s*$",
    )
});

/// What Notes makes of the head of a mail: `Ann Lee---11/20/2010 02:27:41 PM---Hello, the first words`.
static DASHED: LazyLock<Regex> = LazyLock::new(|| {
    compiled(&format!(
        r"^\s*(?:Inactive hide details for .{{0,120}}|[^\s\-][^@:;!?]{{0,80}}?)\s?---\s?{DAY}[\s,]+{TIME}[^-]{{0,12}}---"
    ))
});

/// An address that a line break parted from its name.
static BROKEN_ADDRESS: LazyLock<Regex> =
    LazyLock::new(|| compiled(r"^\s*<?[^\s<>@]+@[^\s<>@]+>\s*$"));

/// Over how many lines the head that ends at `at` goes; none when there is none.
///
/// Nothing but a blank line may stand above it, so that lists of people and days stay.
pub(super) fn head(lines: &[Line<'_>], at: usize) -> Option<usize> {
    let line = lines.get(at)?;
    if line.text.len() > MAX_HEAD || !line.text.contains(['@', '-']) {
        return None;
    }
    let above = |count: usize| (at + 1).checked_sub(count).and_then(|at| lines.get(at));
    let is_free = |count: usize| {
        above(count + 1).is_none_or(|line| line.is_blank() || line.is_quote() || is_rule(line.text))
    };
    if is_head(line.text) {
        return is_free(1).then_some(1);
    }
    let first = above(2)?;
    let is_broken = BROKEN_ADDRESS.is_match(line.text)
        && first.is_words()
        && first.text.len() <= MAX_HEAD
        && is_free(2);
    let joined = || format!("{} {}", first.text.trim_end(), line.text.trim_start());
    (is_broken && DAY_FIRST.is_match(&joined().replace("< ", "<"))).then_some(2)
}

fn is_rule(line: &str) -> bool {
    line.trim()
        .chars()
        .all(|c| matches!(c, '-' | '_' | '=' | '*'))
}

fn is_head(line: &str) -> bool {
    if line.contains('@') && line.contains(|c: char| c.is_ascii_digit()) {
        return DAY_FIRST.is_match(line) || DAY_LAST.is_match(line);
    }
    false
}

/// Whether the line is Notes' head of an original, which holds that mail's first words too.
pub(super) fn is_dashed(line: &str) -> bool {
    line.contains("---") && line.len() <= 2 * MAX_HEAD && DASHED.is_match(line)
}

/// Whether a line is `GroupWise`'s head of an original that is not marked.
pub(super) fn is_arrows(line: &str) -> bool {
    line.trim_start().starts_with(">>>") && line.len() <= 2 * MAX_HEAD && ARROWS.is_match(line)
}

/// Whether a text ends as news readers end their attributions.
pub(super) fn is_news(text: &str) -> bool {
    text.contains("news:") && NEWS.is_match(text.trim_end_matches(['.', '…', ' ', ':']))
}
