//! Takes each run of the sender's lines through all the cuts.

use super::{adverts, boilerplate, contact, device, signature};
use crate::domain::mail::visible::quote::Split;

/// Who signs: the display name in the sender's `From`.
pub(in crate::domain::mail::visible) type Name<'x> = Option<&'x str>;

/// The sender's lines of all runs, without what others put there; true when something was cut.
pub(in crate::domain::mail::visible) fn clean<'a>(
    split: Split<'a>,
    name: Name<'_>,
) -> (Vec<&'a str>, bool) {
    let mut out: Vec<&'a str> = Vec::new();
    let mut is_cut = false;
    let has_quote = split.has_quote;
    for mut run in split.runs {
        let place = match (out.is_empty(), has_quote) {
            (true, false) => Place::Top,
            (true, true) => Place::AboveQuote,
            (false, _) => Place::BelowWords,
        };
        is_cut |= clean_run(&mut run, place, name);
        if has_quote {
            drop_rulers(&mut run);
        }
        if run.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push("");
        }
        out.append(&mut run);
    }
    (out, is_cut)
}

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// First: something must stay above a signature.
    Top,
    /// First, and above a quote: a signature may be all that the sender added.
    AboveQuote,
    /// Below other words of the sender's: it may be nothing but a signature.
    BelowWords,
}

impl Place {
    /// The first line at which something may be cut.
    pub(super) const fn first(self) -> usize {
        match self {
            Self::Top | Self::AboveQuote => 1,
            Self::BelowWords => 0,
        }
    }
}

/// Most things of the kinds below that stand under one another.
pub(super) const MAX_ROUNDS: usize = 6;

pub(in crate::domain::mail::visible) fn clean_run(
    run: &mut Vec<&str>,
    place: Place,
    name: Name<'_>,
) -> bool {
    trim(run);
    let mut is_cut = boilerplate::cut_banners(run);
    for _ in 0..MAX_ROUNDS {
        trim(run);
        let before = run.len();
        boilerplate::cut_notices(run, place);
        adverts::cut(run, place);
        signature::cut_delimited(run, place, name);
        signature::cut_dashed_name(run, place, name);
        device::cut(run);
        contact::cut(run, place, name);
        trim(run);
        if run.len() == before {
            break;
        }
        is_cut = true;
    }
    if is_cut {
        drop_rulers(run);
    } else if run
        .iter()
        .all(|line| line.trim().is_empty() || signature::is_ruler(line))
    {
        // Rulers alone say nothing.
        run.clear();
    }
    is_cut
}

/// Drops rulers that stood above what was cut.
pub(super) fn drop_rulers(run: &mut Vec<&str>) {
    trim(run);
    while let Some(last) = run.last().filter(|line| signature::is_ruler(line)) {
        let is_repeated = tail(run, MAX_RULERS).skip(1).any(|(_, line)| line == *last);
        if is_repeated {
            // One of several, which part paragraphs.
            return;
        }
        run.pop();
        trim(run);
    }
}

/// Lines among which a ruler is looked for again.
pub(super) const MAX_RULERS: usize = 30;

/// Drops blank lines at both ends.
pub(super) fn trim(lines: &mut Vec<&str>) {
    while lines.last().is_some_and(|line| line.trim().is_empty()) {
        lines.pop();
    }
    let blank = lines
        .iter()
        .take_while(|line| line.trim().is_empty())
        .count();
    lines.drain(..blank);
}

/// The lines that are not blank, from the last one up, with their places; at most `most`.
pub(super) fn tail<'x, 'a>(
    lines: &'x [&'a str],
    most: usize,
) -> impl Iterator<Item = (usize, &'a str)> + 'x {
    lines
        .iter()
        .enumerate()
        .rev()
        .filter(|(_, line)| !line.trim().is_empty())
        .take(most)
        .map(|(at, line)| (at, *line))
}

/// Whether a text holds the sender's name, as signatures do: every word of it.
pub(super) fn holds_name(line: &str, name: Name<'_>) -> bool {
    let Some(name) = name else {
        return false;
    };
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect()
    };
    let (line, name) = (words(line), words(name));
    !name.is_empty() && line.len() <= name.len() + 2 && name.iter().all(|word| line.contains(word))
}
