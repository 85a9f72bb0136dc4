//! Patterns, compiled once.

use regex::Regex;

/// Statics of literal patterns.
macro_rules! patterns {
    ($($(#[$doc:meta])* $name:ident = $pattern:expr;)*) => {$(
        $(#[$doc])*
        static $name: std::sync::LazyLock<regex::Regex> =
            std::sync::LazyLock::new(|| super::pattern::compiled($pattern));
    )*};
}

#[expect(
    clippy::unwrap_used,
    reason = "literal patterns, compiled in every test run"
)]
pub(super) fn compiled(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap()
}
