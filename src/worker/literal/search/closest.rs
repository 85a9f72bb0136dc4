//! The text that comes nearest to one that is not there: for "did you mean".

use std::collections::HashSet;
use std::ops::Range;

use crate::worker::literal::document::collapse;
use crate::worker::literal::site::Page;

/// Most bytes of text looked at.
const BUDGET: usize = 4 << 20;

/// Finds the words most like `needle`, if any are like enough. Linear in the pages' length.
pub(crate) fn closest(pages: &[Page], on: &[usize], needle: &str) -> Option<String> {
    let wanted = trigrams(&collapse(needle));
    let length = collapse(needle).chars().count();
    if wanted.len() < 3 || length > 500 {
        return None;
    }
    let mut best: Option<(usize, &str, Range<usize>)> = None;
    let mut seen = 0;
    let documents = on.iter().filter_map(|i| pages.get(*i)).map(|p| &p.document);
    for run in documents.flat_map(|d| d.runs.iter()) {
        seen += run.map.text().len();
        if seen > BUDGET {
            break;
        }
        if let Some((score, at)) = best_window(run.map.text(), &wanted, length)
            && best.as_ref().is_none_or(|(b, ..)| score > *b)
        {
            best = Some((score, run.map.text(), at));
        }
    }
    let (score, text, at) = best?;
    (score * 2 >= wanted.len()).then(|| words_at(text, &at))
}

fn trigrams(text: &str) -> HashSet<[char; 3]> {
    windows(text).map(|(_, t)| t).collect()
}

fn windows(text: &str) -> impl Iterator<Item = (usize, [char; 3])> {
    let chars: Vec<char> = text
        .chars()
        .map(|c| c.to_lowercase().next().unwrap_or(c))
        .collect();
    let last = chars.len().saturating_sub(2);
    (0..last).filter_map(move |i| Some((i, <[char; 3]>::try_from(chars.get(i..i + 3)?).ok()?)))
}

/// The stretch of `length` characters with the most of the wanted trigrams: how many, and which characters they are.
fn best_window(
    text: &str,
    wanted: &HashSet<[char; 3]>,
    length: usize,
) -> Option<(usize, Range<usize>)> {
    let hits: Vec<usize> = windows(text)
        .filter(|(_, t)| wanted.contains(t))
        .map(|(i, _)| i)
        .collect();
    let mut best = None;
    let mut from = 0;
    for (to, end) in hits.iter().enumerate() {
        while hits.get(from).is_some_and(|start| end - start > length) {
            from += 1;
        }
        let score = (to - from + 1).min(wanted.len());
        if best.as_ref().is_none_or(|(b, _)| score > *b) {
            best = Some((score, *hits.get(from)?..end + 3));
        }
    }
    best
}

/// The whole words around some characters.
fn words_at(text: &str, at: &Range<usize>) -> String {
    let chars: Vec<char> = text.chars().collect();
    let blank = |i: usize| chars.get(i).is_none_or(|c| *c == ' ');
    let mut start = at.start.min(chars.len());
    while start > 0 && !blank(start - 1) && at.start - start < 40 {
        start -= 1;
    }
    let mut end = at.end.min(chars.len());
    while end < chars.len() && !blank(end) && end < at.end + 40 {
        end += 1;
    }
    chars
        .get(start..end)
        .unwrap_or_default()
        .iter()
        .collect::<String>()
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worker::literal::site::Site;

    #[test]
    fn a_slip_of_the_pen_is_seen_through() {
        let text =
            "<p>We love plants.</p><p>Our opening hours are 9 to 5 on weekdays.</p>".to_owned();
        let pages = Site::new([("a.html".to_owned(), text)]).pages();
        assert_eq!(
            closest(&pages, &[0], "opning hours").as_deref(),
            Some("opening hours")
        );
        assert_eq!(closest(&pages, &[0], "something else entirely"), None);
    }
}
