//! Compiling literal patterns.

use regex::Regex;

#[expect(
    clippy::unwrap_used,
    reason = "literal patterns, compiled in every test run"
)]
pub(super) fn compiled(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap()
}
