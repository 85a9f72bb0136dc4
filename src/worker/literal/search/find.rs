//! Finds a text as a reader would: exactly, else whatever the case, else whatever the typography.

use std::ops::Range;

use crate::worker::literal::document::{Attribute, Document, Run, collapse};
use crate::worker::literal::site::Page;

/// Where a text was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) page: usize,
    pub(crate) place: Place,
    /// The range of the run's or the attribute's text.
    pub(crate) range: Range<usize>,
}

/// What kind of text it was found in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Run(usize),
    Attribute {
        element: usize,
        attribute: Attribute,
    },
}

/// How closely a text must match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Closeness {
    Exact,
    AnyCase,
    /// Also any quotes, dashes and spaces.
    AnyTypography,
}

const TIERS: [Closeness; 3] = [
    Closeness::Exact,
    Closeness::AnyCase,
    Closeness::AnyTypography,
];

/// Finds `needle` in the runs that `wanted` lets through; the closest kind of match that there is.
/// Linear in the length of the pages.
pub(crate) fn find_in_runs(
    pages: &[Page],
    on: &[usize],
    needle: &str,
    wanted: &dyn Fn(usize, &Document, &Run) -> bool,
) -> Vec<Hit> {
    find(needle, |search| {
        let mut hits = Vec::new();
        for &page in on {
            let Some(document) = pages.get(page).map(|p| &p.document) else {
                continue;
            };
            for (index, run) in document
                .runs
                .iter()
                .enumerate()
                .filter(|(_, run)| wanted(page, document, run))
            {
                let found = search.ranges(run.map.text());
                hits.extend(found.into_iter().map(|m| {
                    (
                        Hit {
                            page,
                            place: Place::Run(index),
                            range: m.range,
                        },
                        m.whole,
                    )
                }));
            }
        }
        hits
    })
}

/// Finds `needle` in what pages say outside their text: descriptions of images, hints, link targets.
pub(crate) fn find_in_attributes(pages: &[Page], on: &[usize], needle: &str) -> Vec<Hit> {
    find(needle, |search| {
        let mut hits = Vec::new();
        for &page in on {
            let Some(document) = pages.get(page).map(|p| &p.document) else {
                continue;
            };
            for (element, attribute) in spoken_attributes(document) {
                let text = attribute.read(&document.source);
                let found = if attribute.name == "href" {
                    super::address::within_target(text.text(), &search.needle)
                        .map(|range| Match { range, whole: true })
                        .into_iter()
                        .collect()
                } else {
                    search.ranges(text.text())
                };
                hits.extend(found.into_iter().map(|m| {
                    let place = Place::Attribute {
                        element,
                        attribute: attribute.clone(),
                    };
                    (
                        Hit {
                            page,
                            place,
                            range: m.range,
                        },
                        m.whole,
                    )
                }));
            }
        }
        hits
    })
}

/// The attributes that speak to readers, on screen or aloud.
fn spoken_attributes(document: &Document) -> Vec<(usize, Attribute)> {
    let mut found = Vec::new();
    for (index, element) in document.elements.iter().enumerate() {
        let attributes = document.attributes_of(element);
        let value = |name: &str| {
            let attribute = attributes.iter().find(|a| a.name == name);
            attribute
                .map(|a| a.read(&document.source).text().to_lowercase())
                .unwrap_or_default()
        };
        let described = matches!(
            (value("name").as_str(), value("property").as_str()),
            ("description" | "twitter:title" | "twitter:description", _)
                | (_, "og:title" | "og:description" | "og:site_name")
        );
        let button = matches!(value("type").as_str(), "submit" | "button" | "reset");
        found.extend(attributes.into_iter().filter_map(|attribute| {
            let speaks = match attribute.name.as_str() {
                "alt" | "title" | "placeholder" | "aria-label" => true,
                "href" => element.name == "a",
                "content" => element.name == "meta" && described,
                "value" => element.name == "input" && button,
                _ => false,
            };
            speaks.then_some((index, attribute))
        }));
    }
    found
}

fn find(needle: &str, search: impl Fn(&Search) -> Vec<(Hit, bool)>) -> Vec<Hit> {
    let needle = collapse(needle);
    if needle.is_empty() {
        return Vec::new();
    }
    for closeness in TIERS {
        let hits = search(&Search::new(&needle, closeness));
        if !hits.is_empty() {
            // `art` means the word before it means a part of `party`.
            let words = hits.iter().any(|(_, whole)| *whole);
            return hits
                .into_iter()
                .filter(|(_, whole)| *whole || !words)
                .map(|(hit, _)| hit)
                .collect();
        }
    }
    Vec::new()
}

struct Match {
    range: Range<usize>,
    /// No word is cut at its ends.
    whole: bool,
}

struct Search {
    needle: String,
    closeness: Closeness,
}

impl Search {
    fn new(needle: &str, closeness: Closeness) -> Self {
        let folded: String = needle.chars().filter_map(|c| fold(c, closeness)).collect();
        Self {
            needle: folded,
            closeness,
        }
    }

    fn ranges(&self, text: &str) -> Vec<Match> {
        if self.needle.is_empty() {
            return Vec::new();
        }
        let whole = |range: &Range<usize>| is_whole(text, range);
        if self.closeness == Closeness::Exact {
            return text
                .match_indices(&self.needle)
                .map(|(at, found)| at..at + found.len())
                .map(|range| Match {
                    whole: whole(&range),
                    range,
                })
                .collect();
        }
        // Folding may change lengths, so each folded byte remembers its character.
        let mut folded = String::with_capacity(text.len());
        let mut starts: Vec<(usize, usize)> = Vec::new();
        for (at, c) in text.char_indices() {
            if let Some(f) = fold(c, self.closeness) {
                starts.push((folded.len(), at));
                folded.push(f);
            }
        }
        let original = |at: usize| {
            let index = starts.partition_point(|(f, _)| *f < at);
            starts.get(index).map_or(text.len(), |(_, o)| *o)
        };
        let ranges = folded.match_indices(&self.needle).map(|(at, found)| {
            // The end is after the last character, not before the next: what is folded away stays.
            let last = folded
                .get(..at + found.len())
                .and_then(|s| s.char_indices().next_back())
                .map_or(0, |(i, _)| original(i));
            let end = text
                .get(last..)
                .and_then(|s| s.chars().next())
                .map_or(last, |c| last + c.len_utf8());
            original(at)..end
        });
        ranges
            .map(|range| Match {
                whole: whole(&range),
                range,
            })
            .collect()
    }
}

/// One character as compared; `None` for what no reader sees.
fn fold(c: char, closeness: Closeness) -> Option<char> {
    let c = match closeness {
        Closeness::Exact => return Some(c),
        Closeness::AnyCase => c,
        Closeness::AnyTypography => match c {
            '“' | '”' | '„' | '‟' | '«' | '»' | '″' => '"',
            '‘' | '’' | '‚' | '‛' | '′' | '`' | '´' | '‹' | '›' => '\'',
            '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => '-',
            '\u{a0}' | '\u{202f}' | '\u{2007}' | '\u{2009}' | '\u{2002}' | '\u{2003}' => ' ',
            '\u{ad}' | '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{2060}' => return None,
            other => other,
        },
    };
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => Some(one),
        _ => Some(c),
    }
}

fn is_whole(text: &str, range: &Range<usize>) -> bool {
    let inside = text.get(range.clone()).unwrap_or_default();
    let before = text.get(..range.start).and_then(|t| t.chars().next_back());
    let after = text.get(range.end..).and_then(|t| t.chars().next());
    let joined = |a: Option<char>, b: Option<char>| {
        a.is_some_and(char::is_alphanumeric) && b.is_some_and(char::is_alphanumeric)
    };
    !joined(before, inside.chars().next()) && !joined(inside.chars().next_back(), after)
}

/// Whether two texts are the same to a reader: apart from case and typography.
pub(crate) fn same(a: &str, b: &str) -> bool {
    let folded = |text: &str| -> String {
        collapse(text)
            .chars()
            .filter_map(|c| fold(c, Closeness::AnyTypography))
            .collect()
    };
    folded(a) == folded(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ranges(text: &str, needle: &str, closeness: Closeness) -> Vec<String> {
        Search::new(needle, closeness)
            .ranges(text)
            .into_iter()
            .map(|m| text[m.range].to_owned())
            .collect()
    }

    #[test]
    fn case_and_typography_are_folded() {
        assert_eq!(
            ranges("Öffnungszeiten", "öFFNUNGS", Closeness::AnyCase),
            ["Öffnungs"]
        );
        assert_eq!(
            ranges(
                "it’s 10\u{a0}km – or soft\u{ad}ly",
                "it's 10 km - or softly",
                Closeness::AnyTypography
            )
            .len(),
            1
        );
        assert_eq!(
            ranges("a\u{ad}b\u{ad}c", "ab", Closeness::AnyTypography),
            ["a\u{ad}b"]
        );
    }

    #[test]
    fn whole_words_are_told_from_parts() {
        assert!(is_whole("an art.", &(3..6)));
        assert!(!is_whole("a party", &(3..6)));
        assert!(is_whole("9-5", &(0..1)));
    }

    proptest! {
        #[test]
        fn every_found_range_reads_like_the_needle(text in "[aAbBß’'é\u{ad} İ-]{0,40}", needle in "[aAbß'é-]{1,3}") {
            for closeness in TIERS {
                for m in Search::new(&needle, closeness).ranges(&text) {
                    prop_assert!(same(&text[m.range], &needle));
                }
            }
        }
    }
}
