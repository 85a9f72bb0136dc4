//! Foreign text, made fit for a terminal.

/// The text on one line, without what could steer the terminal or turn the writing around. Ends are trimmed.
pub(in crate::cli) fn clean(text: &str) -> String {
    let shown = |c: char| if c.is_control() { ' ' } else { c };
    let kept: String = text
        .chars()
        .filter(|c| !turns_writing(*c))
        .map(shown)
        .collect();
    kept.trim().to_owned()
}

/// Whether it is one of the marks that make text read other than it is stored.
fn turns_writing(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_steers_a_terminal_is_left() {
        assert_eq!(
            clean("\u{1b}[31mred\u{9b}2J\r\nnext\u{7}"),
            "[31mred 2J  next"
        );
        assert_eq!(clean("moc.live\u{202E}.exe"), "moc.live.exe");
        assert_eq!(clean("  Grüße, 東京 🍞 "), "Grüße, 東京 🍞");
    }
}
