//! Plain text in lines that fit everywhere and flow together again where there is room (RFC 3676).

/// Widest line, in characters, the space that says "goes on" included.
const WIDTH: usize = 76;
/// Lines with this before them stand as they are: logs.
const VERBATIM: &str = "    ";
const QUOTE: &str = "> ";

/// Wraps a text for `format=flowed`. Words are never broken, so that addresses stay whole.
pub(super) fn flowed(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 32);
    for line in text.lines() {
        let line = line.trim_end();
        match line.strip_prefix(QUOTE) {
            Some(words) => wrap(QUOTE, words, &mut out),
            None if line == QUOTE.trim_end() => out.push_str(">\n"), // without the space that says "goes on"
            None if line.starts_with(VERBATIM) => {
                out.push(' '); // a space at the front is taken away by whoever joins lines
                out.push_str(line);
                out.push('\n');
            }
            None => wrap("", line, &mut out),
        }
    }
    out
}

fn wrap(prefix: &str, words: &str, out: &mut String) {
    let room = WIDTH - prefix.len();
    let mut width = 0;
    begin(prefix, words, out);
    for word in words.split_inclusive(' ') {
        let length = word.chars().count();
        if width > 0 && width + length > room {
            out.push('\n');
            begin(prefix, word, out);
            width = 0;
        }
        out.push_str(word);
        width += length;
    }
    out.push('\n');
}

/// What would be taken for a quote, an indented line or the beginning of a mailbox's next mail gets a space before it.
fn begin(prefix: &str, words: &str, out: &mut String) {
    out.push_str(prefix);
    if prefix.is_empty() && (words.starts_with([' ', '>']) || words.starts_with("From ")) {
        out.push(' ');
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a reader that joins lines makes of it, without quotes.
    fn joined(flowed: &str) -> String {
        let mut text = String::new();
        for line in flowed.lines() {
            let line = line.strip_prefix(' ').unwrap_or(line);
            text.push_str(line);
            if !line.ends_with(' ') {
                text.push('\n');
            }
        }
        text
    }

    #[test]
    fn long_lines_are_wrapped_and_joined_again() {
        let text = format!(
            "{}\n\nFrom here\n> not ours\n{}\n",
            "word ".repeat(40).trim_end(),
            "x".repeat(200)
        );
        let text = text.replace("> not", ">not");
        let flowed = flowed(&text);
        assert!(
            flowed
                .lines()
                .all(|line| line.len() <= 76 || !line.contains(' '))
        );
        assert!(flowed.contains("\n From here\n >not ours\n"));
        assert_eq!(joined(&flowed), text);
    }

    #[test]
    fn quotes_are_wrapped_as_quotes_and_logs_not_at_all() {
        let flowed = flowed(&format!(
            "> {}\n    {}",
            "word ".repeat(20),
            "log ".repeat(30)
        ));
        let lines: Vec<&str> = flowed.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(lines[0].starts_with("> word") && lines[0].ends_with(' '));
        assert!(lines[1].starts_with("> word") && !lines[1].ends_with(' '));
        assert!(lines[2].starts_with("     log log"));
    }

    proptest! {
        #[test]
        fn no_word_is_lost(text in "[a-z >\\n]{0,400}") {
            let words = |text: &str| {
                text.split([' ', '>', '\n']).filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>()
            };
            prop_assert_eq!(words(&flowed(&text)), words(&text));
        }
    }
}
