//! Quotes behind other signs than `>` (B7): initials, bars, colons.

use std::sync::LazyLock;

use regex::Regex;

use crate::domain::mail::visible::patterns::compiled;

/// Initials or a short name before arrows: `RH> text`, `Jo>> text`.
static INITIALS: LazyLock<Regex> = LazyLock::new(|| {
    compiled(r"^\s{0,4}(?:[A-ZÀ-ÞΑ-ΩА-ЯЁІЇЄ][^\W\d_]{0,4}|[A-ZÀ-ÞΑ-ΩА-ЯЁІЇЄ]\.[A-ZÀ-ÞΑ-ΩА-ЯЁІЇЄ]?\.?|[a-z]{2,3})\s?>{1,5}(?:\s|$)|^\s{0,8}[A-ZÀ-ÞΑ-ΩА-ЯЁІЇЄ][^\W\d_]{1,15}>(?:\s|$)")
});

/// Whether a line stands behind somebody's initials.
pub(super) fn is_initials(line: &str) -> bool {
    let head = line.trim_start();
    let is_near = || head.char_indices().take(20).any(|(_, c)| c == '>');
    !head.starts_with('>') && is_near() && INITIALS.is_match(line)
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
