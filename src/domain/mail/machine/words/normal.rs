//! How texts and phrases are written before they are compared.

use icu_normalizer::properties::{CanonicalDecompositionBorrowed, Decomposed};

/// Lower-case, single spaces, straight apostrophes, Latin letters without their marks: many servers write none.
pub(in super::super) fn normal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(word.chars().flat_map(char::to_lowercase).filter_map(plain));
    }
    out
}

/// The letter without its marks; none for a mark that stands alone.
fn plain(c: char) -> Option<char> {
    match c {
        '\0'..='\u{5f}' | 'a'..='\u{7f}' => Some(c),
        '\u{2018}' | '\u{2019}' | '`' | '\u{b4}' => Some('\''),
        '\u{ff0c}' => Some(','),
        '\u{300}'..='\u{36f}' => None,
        'ł' => Some('l'),
        'ø' => Some('o'),
        'ı' => Some('i'),
        'đ' => Some('d'),
        '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => Some(base(c)),
        other => Some(other),
    }
}

fn base(letter: char) -> char {
    let decomposition = CanonicalDecompositionBorrowed::new();
    let mut base = letter;
    // Each step takes one mark off, and no letter has more than a few.
    while let Decomposed::Expansion(first, _) = decomposition.decompose(base) {
        base = first;
    }
    base
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_compared_without_case_spaces_and_marks() {
        for (text, expected) in [
            ("  Your\n message ", "your message"),
            ("N’a pas pu être délivré", "n'a pas pu etre delivre"),
            ("e\u{301}t\u{e9} \u{1ebf}", "ete e"),
            ("WIADOMOŚĆ została", "wiadomosc zostala"),
            (
                "配信できません 배달 недоставленный",
                "配信できません 배달 недоставленный",
            ),
            ("", ""),
        ] {
            assert_eq!(normal(text), expected);
        }
    }
}
