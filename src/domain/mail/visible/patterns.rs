//! Compiling literal patterns.

use regex::{Regex, RegexBuilder};

#[expect(
    clippy::unwrap_used,
    reason = "literal patterns, compiled in every test run"
)]
pub(super) fn compiled(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap()
}

/// Most bytes of what a long pattern remembers of its automaton; with less it is searched in a slow way.
const LARGE: usize = 8 * 1024 * 1024;

/// Compiles a pattern of many words.
#[expect(
    clippy::unwrap_used,
    reason = "literal patterns, compiled in every test run"
)]
pub(super) fn compiled_large(pattern: &str) -> Regex {
    RegexBuilder::new(pattern)
        .dfa_size_limit(LARGE)
        .build()
        .unwrap()
}
