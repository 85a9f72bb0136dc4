//! "Did you mean": the known word nearest to a mistyped one.

/// Longer words are not compared: the cost is the product of the lengths.
const LONGEST: usize = 64;

/// The nearest of `known`, when it is near enough to be what was meant.
pub(crate) fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    if word.len() > LONGEST {
        return None;
    }
    let word = word.to_lowercase().replace('-', "_");
    known
        .into_iter()
        .map(|candidate| (distance(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= tolerance(candidate))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// ` (did you mean "x"?)`, or nothing.
pub(crate) fn hint<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    nearest(word, known).map_or_else(String::new, |near| format!(" (did you mean \"{near}\"?)"))
}

/// Two edits, so that swapped letters are found; fewer in short words, more in long ones.
fn tolerance(word: &str) -> usize {
    if word.len() < 4 {
        1
    } else {
        2.max(word.len() / 3)
    }
}

/// Levenshtein's distance, one row at a time.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, a) in left.chars().enumerate() {
        let mut diagonal = line;
        let mut before = line + 1;
        for (cell, b) in row.iter_mut().skip(1).zip(&right) {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = *cell;
            before = replaced.min(before + 1).min(*cell + 1);
            *cell = before;
        }
        if let Some(first) = row.first_mut() {
            *first = line + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_counted_in_edits() {
        for (left, right, edits) in [
            ("", "", 0),
            ("port", "port", 0),
            ("prot", "port", 2),
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(left, right), edits, "{left} {right}");
        }
    }

    #[test]
    fn only_near_words_are_suggested() {
        let known = ["data_dir", "port", "host"];
        assert_eq!(nearest("data-dirs", known), Some("data_dir"));
        assert_eq!(nearest("Ports", known), Some("port"));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(nearest(&"port".repeat(50), known), None);
        assert_eq!(hint("ip", ["host", "id"]), " (did you mean \"id\"?)");
        assert_eq!(hint("yes", ["host", "id"]), "");
        assert_eq!(hint("hots", ["host"]), " (did you mean \"host\"?)");
    }
}
