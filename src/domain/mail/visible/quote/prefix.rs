//! Quotes behind other signs than `>` (B7): initials, bars, colons.

use std::sync::LazyLock;

use regex::Regex;

use crate::domain::mail::visible::patterns::compiled;

/// Initials before arrows: `RH> text`, `Jo>> text`.
static INITIALS: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"^\s{0,4}(?:[A-ZÀ-ÞΑ-ΩА-ЯЁІЇЄ][^\W\d_]{0,2}|[A-Z]\.[A-Z]?\.?|[a-z]{2,3})\s?>{1,5}(?:\s|$)|^\s{0,4}[A-ZА-Я]{2,3}>{1,5}[^\s>/=]",
    )
});

/// A name before an arrow.
static NAME: LazyLock<Regex> =
    LazyLock::new(|| compiled(r"^\s{0,8}(?P<name>[A-ZÀ-ÞΑ-ΩА-ЯЁІЇЄ][^\W\d_]{1,15}>)(?:\s|$)"));

/// Whether a line stands behind somebody's initials.
pub(super) fn is_initials(line: &str) -> bool {
    has_arrow(line) && INITIALS.is_match(line)
}

/// The name and the arrow that a line stands behind: a quote where more than one line has them.
pub(super) fn name(line: &str) -> Option<&str> {
    has_arrow(line)
        .then(|| {
            NAME.captures(line)?
                .name("name")
                .map(|found| found.as_str())
        })
        .flatten()
}

/// Asked first, for it is cheap.
fn has_arrow(line: &str) -> bool {
    let head = line.trim_start();
    !head.starts_with('>') && head.char_indices().take(20).any(|(_, c)| c == '>')
}

/// Whether a line stands behind a bar, a colon or another sign that quotes below an attribution.
pub(super) fn is_barred(line: &str) -> bool {
    let line = line.trim();
    let mut signs = line.chars();
    let (first, second) = (signs.next(), signs.next());
    match first {
        Some('|') => !line.ends_with('|') || line == "|",
        Some('»' | '›' | '¦') => true,
        Some(':' | '%' | '}' | ']') => second.is_none_or(char::is_whitespace),
        _ => false,
    }
}
