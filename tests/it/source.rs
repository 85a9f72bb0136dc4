//! Rust sources as the house rules see them: tokens without comments and strings, and the paths they name.

/// A word, `::`, or any other single character. A string is one empty token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) line: usize,
    pub(crate) text: String,
}

/// A path of two or more segments, with groups spread out: `use a::{b, c::d}` is `a::b` and `a::c::d`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    pub(crate) line: usize,
    pub(crate) segments: Vec<String>,
    /// The inline modules around it, outermost first.
    pub(crate) inside: Vec<String>,
}

/// Splits a source into tokens.
pub(crate) fn tokens(source: &str) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let at = |index: usize| chars.get(index).copied().unwrap_or('\0');
    let mut tokens = Vec::new();
    let (mut here, mut line) = (0, 1);
    while here < chars.len() {
        let (end, text) = match (at(here), at(here + 1)) {
            ('/', '/') => (find(&chars, here, "\n", false), None),
            ('/', '*') => (block_comment(&chars, here), None),
            ('"', _) => (find(&chars, here + 1, "\"", true), Some(String::new())),
            ('r', '"' | '#') if raw_string(&chars, here).is_some() => {
                (raw_string(&chars, here).unwrap(), Some(String::new()))
            }
            ('\'', '\\') => (find(&chars, here + 1, "'", true), Some(String::new())),
            ('\'', _) if at(here + 2) == '\'' => (here + 3, Some(String::new())),
            (':', ':') => (here + 2, Some("::".into())),
            (c, _) if is_word(c) => {
                let length = chars[here..].iter().take_while(|c| is_word(**c)).count();
                let word: String = chars[here..here + length].iter().collect();
                // `b"..."` and its like are a prefix and a string; `br"..."` must not lose its `r`.
                match word.as_str() {
                    "br" | "cr" if raw_string(&chars, here + 1).is_some() => (here + 1, None),
                    _ => (here + length, Some(word)),
                }
            }
            (c, _) if c.is_whitespace() => (here + 1, None),
            (c, _) => (here + 1, Some(c.to_string())),
        };
        tokens.extend(text.map(|text| Token { line, text }));
        let end = end.min(chars.len());
        line += chars[here..end].iter().filter(|c| **c == '\n').count();
        here = end;
    }
    tokens
}

/// Every path that the tokens name.
pub(crate) fn paths(tokens: &[Token]) -> Vec<Path> {
    let text = |index: usize| tokens.get(index).map_or("", |token| token.text.as_str());
    let mut paths = Vec::new();
    let mut modules: Vec<(String, usize)> = Vec::new();
    let (mut here, mut depth) = (0, 0);
    while here < tokens.len() {
        match text(here) {
            "mod" if text(here + 2) == "{" => modules.push((text(here + 1).into(), depth)),
            "{" => depth += 1,
            "}" => {
                depth = depth.saturating_sub(1);
                modules.retain(|(_, opened)| *opened < depth);
            }
            _ => {}
        }
        if text(here + 1) == "::" && text(here).starts_with(is_word) {
            let inside: Vec<_> = modules.iter().map(|(name, _)| name.clone()).collect();
            let mut add = |line, segments| {
                let inside = inside.clone();
                paths.push(Path {
                    line,
                    segments,
                    inside,
                });
            };
            here = tree(tokens, here, &[], &mut add);
        } else {
            here += 1;
        }
    }
    paths
}

/// Reads one path with its groups from `here`, gives its leaves to `add`, and returns what follows it.
fn tree(
    tokens: &[Token],
    mut here: usize,
    before: &[String],
    add: &mut impl FnMut(usize, Vec<String>),
) -> usize {
    let text = |index: usize| tokens.get(index).map_or("", |token| token.text.as_str());
    let mut segments = before.to_vec();
    let line = tokens[here].line;
    loop {
        match text(here) {
            "{" => {
                here += 1;
                while !matches!(text(here), "}" | "") {
                    here = match text(here) {
                        word if word == "*" || word == "{" || word.starts_with(is_word) => {
                            tree(tokens, here, &segments, add)
                        }
                        _ => here + 1,
                    };
                }
                return here + 1;
            }
            word if word == "*" || word.starts_with(is_word) => segments.push(word.into()),
            // `a::<T>::b`, where the rest names nothing of interest.
            _ => break,
        }
        here += 1;
        if text(here) != "::" {
            break;
        }
        here += 1;
    }
    // The new name of `a as b` is no path.
    if text(here) == "as" {
        here += 2;
    }
    add(line, segments);
    here
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Just behind the next `what`, or the end.
fn find(chars: &[char], from: usize, what: &str, escapes: bool) -> usize {
    let what: Vec<char> = what.chars().collect();
    let mut here = from;
    while here < chars.len() {
        if escapes && chars[here] == '\\' {
            here += 2;
        } else if chars[here..].starts_with(&what) {
            return here + what.len();
        } else {
            here += 1;
        }
    }
    here
}

fn block_comment(chars: &[char], from: usize) -> usize {
    let (mut here, mut depth) = (from + 2, 1);
    while here < chars.len() && depth > 0 {
        let (step, change) = match (chars[here], chars.get(here + 1)) {
            ('/', Some('*')) => (2, 1),
            ('*', Some('/')) => (2, -1),
            _ => (1, 0),
        };
        here += step;
        depth += change;
    }
    here
}

/// The end of the raw string whose `r` is at `from`, if it is one and not a raw identifier.
fn raw_string(chars: &[char], from: usize) -> Option<usize> {
    let hashes = chars
        .get(from + 1..)?
        .iter()
        .take_while(|c| **c == '#')
        .count();
    let quoted = chars.get(from)? == &'r' && chars.get(from + 1 + hashes)? == &'"';
    let end = format!("\"{}", "#".repeat(hashes));
    quoted.then(|| find(chars, from + hashes + 2, &end, false))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(source: &str) -> Vec<String> {
        tokens(source).into_iter().map(|token| token.text).collect()
    }

    fn named(source: &str) -> Vec<String> {
        let paths = paths(&tokens(source));
        paths.iter().map(|path| path.segments.join("::")).collect()
    }

    #[test]
    fn comments_and_strings_name_nothing() {
        for source in [
            "// use crate::a;\n",
            "/* use crate::a; /* nested */ crate::b */",
            r#"let x = "crate::a \" crate::b";"#,
            r##"let x = r#"crate::a " crate::b"#;"##,
            r##"let x = br#"crate::a"#;"##,
            r"let x = ('\'', '\u{41}', '{');",
        ] {
            assert_eq!(named(source), [""; 0], "{source}");
        }
    }

    #[test]
    fn code_after_a_quote_character_or_a_lifetime_is_seen() {
        assert_eq!(named(r#"let x = '"'; crate::a(); // ""#), ["crate::a"]);
        assert_eq!(named("fn f<'a>(x: &'a str) { crate::a() }"), ["crate::a"]);
        assert_eq!(words("r#type b'x' 1"), ["r", "#", "type", "b", "", "1"]);
    }

    #[test]
    fn groups_over_several_lines_are_spread_out() {
        let source = "use crate::{\n  a::{self, B as C},\n  d::*,\n};\nuse crate::e::F;";
        let paths = paths(&tokens(source));
        let found: Vec<_> = paths
            .iter()
            .map(|path| (path.line, path.segments.join("::")))
            .collect();
        let expected = [
            (2, "crate::a::self"),
            (2, "crate::a::B"),
            (3, "crate::d::*"),
            (5, "crate::e::F"),
        ];
        assert_eq!(found, expected.map(|(line, path)| (line, path.to_owned())));
    }

    #[test]
    fn paths_in_expressions_and_types_are_found() {
        let source = "fn f(x: &crate::a::B) { crate::c::d::<u8>(x); use_it(crate::e!()) }";
        assert_eq!(named(source), ["crate::a::B", "crate::c::d", "crate::e"]);
    }

    #[test]
    fn a_path_knows_the_inline_modules_around_it() {
        let source = "mod a { fn f() { x::y(); } mod b { use p::q; } } use r::s;";
        let insides: Vec<_> = paths(&tokens(source))
            .iter()
            .map(|path| path.inside.join("::"))
            .collect();
        assert_eq!(insides, ["a", "a::b", ""]);
    }
}
