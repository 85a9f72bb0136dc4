//! Link targets that the plain text of some clients repeats behind the same words.

/// A text without `<https://…>` and `<mailto:…>` where the words right before say the same.
pub(super) fn without_repeated_links(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, tail) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        let end = tail
            .char_indices()
            .take(MAX_TARGET)
            .find(|(_, c)| matches!(c, '>' | '\n'))
            .filter(|(_, c)| *c == '>')
            .map(|(end, _)| end);
        let target = end.and_then(|end| tail.get(1..end));
        let last_word = || tail_of(&out).rsplit(char::is_whitespace).next();
        if let (Some(end), Some(target)) = (end, target)
            && is_link(target)
            && let Some(word) = last_word()
            && !word.is_empty()
            && bare(word) == bare(target)
        {
            rest = tail.get(end + 1..).unwrap_or_default();
        } else {
            out.push('<');
            rest = tail.get(1..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    out
}

/// The last bytes of a text, cut between characters: no word before a target is longer.
fn tail_of(text: &str) -> &str {
    let mut start = text.len().saturating_sub(MAX_TARGET);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    text.get(start..).unwrap_or_default()
}

/// Longest target that is looked at.
const MAX_TARGET: usize = 2000;

fn is_link(target: &str) -> bool {
    ["http://", "https://", "mailto:", "tel:"]
        .iter()
        .any(|scheme| target.starts_with(scheme))
}

fn bare(link: &str) -> String {
    let link = ["mailto:", "tel:", "https://", "http://"]
        .iter()
        .fold(link, |link, scheme| link.trim_start_matches(scheme));
    link.trim_start_matches(['(', '['])
        .trim_end_matches('/')
        .to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b5_targets_that_repeat_their_words_go() {
        for (text, expected) in [
            (
                "see https://x.example/a<https://x.example/a>.",
                "see https://x.example/a.",
            ),
            (
                "www.x.example<http://www.x.example/> now",
                "www.x.example now",
            ),
            ("a@b.c<mailto:a@b.c>", "a@b.c"),
            (
                "our team<https://x.example/team>",
                "our team<https://x.example/team>",
            ),
            (
                "a < b and <https://x.example>",
                "a < b and <https://x.example>",
            ),
            ("x<", "x<"),
        ] {
            assert_eq!(without_repeated_links(text), expected);
        }
    }
}
