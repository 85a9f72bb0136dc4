//! Tags and text of an HTML source, each byte read a bounded number of times.

use mail_parser::decoders::html::add_html_token;

/// One piece of the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'x> {
    /// Text with its entities.
    Text(&'x str),
    /// A start tag: the name as written, and its attributes.
    Open(&'x str, Attributes<'x>),
    /// An end tag.
    Close(&'x str),
}

/// Elements whose content is no markup; it is skipped whole.
const RAW: [&str; 5] = ["script", "style", "title", "textarea", "xmp"];

/// Reads a source from front to back.
#[derive(Debug)]
pub(super) struct Tokens<'x> {
    rest: &'x str,
    /// A quote or comment was opened that never ends: from then on tags end at the next `>`.
    is_unbalanced: bool,
    /// No `>` is left: what remains is text. Asked once, or each further `<` would look through the rest again.
    is_only_text: bool,
}

impl<'x> Tokens<'x> {
    pub(super) const fn new(source: &'x str) -> Self {
        Self {
            rest: source,
            is_unbalanced: false,
            is_only_text: false,
        }
    }

    fn take(&mut self, len: usize) -> &'x str {
        let (head, tail) = self.rest.split_at_checked(len).unwrap_or((self.rest, ""));
        self.rest = tail;
        head
    }

    fn text(&mut self) -> Token<'x> {
        // The first byte may be a `<` that opens nothing.
        let end = self
            .rest
            .bytes()
            .skip(1)
            .position(|b| b == b'<')
            .map_or(self.rest.len(), |at| at + 1);
        Token::Text(self.take(end))
    }

    /// Where the comment or declaration at the front ends.
    fn skip_declaration(&mut self) {
        if self.rest.starts_with("<!--") && !self.is_unbalanced {
            // `<!-->` is a whole comment.
            let end = self.rest.get(2..).and_then(|rest| rest.find("-->"));
            if let Some(end) = end {
                self.take(end + 2 + 3);
                return;
            }
            self.is_unbalanced = true;
        }
        let end = self.rest.find('>').map_or(self.rest.len(), |at| at + 1);
        self.take(end);
    }

    /// The length of the tag at the front, its `>` included.
    fn tag_len(&mut self) -> Option<usize> {
        if self.is_only_text {
            return None;
        }
        if !self.is_unbalanced {
            let mut quote = None;
            let mut last = b' ';
            for (at, byte) in self.rest.bytes().enumerate() {
                match (quote, byte) {
                    (None, b'>') => return Some(at + 1),
                    // A quote opens a value only behind `=`; elsewhere it is a stray character.
                    (None, b'"' | b'\'') if last == b'=' => quote = Some(byte),
                    (Some(open), byte) if byte == open => quote = None,
                    _ => {}
                }
                if !byte.is_ascii_whitespace() {
                    last = byte;
                }
            }
            self.is_unbalanced = true;
        }
        let end = self.rest.find('>').map(|at| at + 1);
        self.is_only_text = end.is_none();
        end
    }

    fn skip_raw(&mut self, name: &str) {
        let mut from = 0;
        while let Some(at) = self.rest.get(from..).and_then(|rest| rest.find("</")) {
            let start = from + at;
            let tail = self.rest.get(start + 2..).unwrap_or_default();
            if tail
                .get(..name.len())
                .is_some_and(|found| found.eq_ignore_ascii_case(name))
            {
                self.take(start);
                return;
            }
            from = start + 2;
        }
        self.rest = "";
    }
}

impl<'x> Iterator for Tokens<'x> {
    type Item = Token<'x>;

    fn next(&mut self) -> Option<Token<'x>> {
        loop {
            let mut front = self.rest.bytes();
            match (front.next()?, front.next()) {
                (b'<', Some(b'!' | b'?')) => self.skip_declaration(),
                (b'<', Some(second)) if second == b'/' || second.is_ascii_alphabetic() => {
                    let Some(len) = self.tag_len() else {
                        return Some(self.text());
                    };
                    let tag = self.take(len);
                    let inner = tag.get(1..tag.len() - 1).unwrap_or_default();
                    if let Some(name) = inner.strip_prefix('/') {
                        return Some(Token::Close(split_name(name).0));
                    }
                    let (name, attributes) = split_name(inner);
                    if RAW.iter().any(|raw| raw.eq_ignore_ascii_case(name)) {
                        self.skip_raw(name);
                        continue;
                    }
                    return Some(Token::Open(name, Attributes(attributes)));
                }
                _ => return Some(self.text()),
            }
        }
    }
}

fn split_name(inner: &str) -> (&str, &str) {
    let end = inner
        .find(|c: char| c.is_ascii_whitespace() || c == '/')
        .unwrap_or(inner.len());
    inner.split_at_checked(end).unwrap_or((inner, ""))
}

/// The attributes of a start tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Attributes<'x>(&'x str);

impl<'x> Attributes<'x> {
    /// Names and still encoded values, in their order.
    pub(super) const fn iter(self) -> AttributeIter<'x> {
        AttributeIter(self.0)
    }
}

#[derive(Debug)]
pub(super) struct AttributeIter<'x>(&'x str);

impl<'x> Iterator for AttributeIter<'x> {
    type Item = (&'x str, &'x str);

    fn next(&mut self) -> Option<(&'x str, &'x str)> {
        let rest = self
            .0
            .trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        let name_end = rest
            .char_indices()
            .find(|(at, c)| *at > 0 && (c.is_ascii_whitespace() || matches!(c, '=' | '/')))
            .map_or(rest.len(), |(at, _)| at);
        if name_end == 0 {
            return None;
        }
        let (name, tail) = rest.split_at_checked(name_end)?;
        let Some(value) = tail.trim_start().strip_prefix('=') else {
            self.0 = tail;
            return Some((name, ""));
        };
        let value = value.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, after) = if let Some(quote) = quote {
            let inner = value.get(1..).unwrap_or_default();
            inner.split_once(quote).unwrap_or((inner, ""))
        } else {
            let end = value
                .find(|c: char| c.is_ascii_whitespace())
                .unwrap_or(value.len());
            value.split_at_checked(end)?
        };
        self.0 = after;
        Some((name, value))
    }
}

/// Longest entity that is looked up, in bytes.
const MAX_ENTITY: usize = 34;

/// Appends text with its entities decoded; what is no entity stays as it stands.
pub(super) fn decode_entities(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, tail) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        let name = tail.bytes().skip(1).take(MAX_ENTITY);
        let len = name
            .take_while(|b| b.is_ascii_alphanumeric() || *b == b'#')
            .count()
            + 1;
        let len = len + usize::from(tail.as_bytes().get(len) == Some(&b';'));
        let (entity, after) = tail.split_at_checked(len).unwrap_or((tail, ""));
        add_html_token(out, entity.as_bytes(), false);
        rest = after;
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shape(source: &str) -> Vec<String> {
        Tokens::new(source)
            .map(|token| match token {
                Token::Text(text) => text.to_owned(),
                Token::Open(name, attributes) => {
                    let list: Vec<String> = attributes
                        .iter()
                        .map(|(n, v)| format!(" {n}={v}"))
                        .collect();
                    format!("<{name}{}>", list.concat())
                }
                Token::Close(name) => format!("</{name}>"),
            })
            .collect()
    }

    #[test]
    fn b6_sources_are_cut_into_tokens() {
        for (source, expected) in [
            ("a<b>c</b >d", vec!["a", "<b>", "c", "</b>", "d"]),
            (
                "<a href=\"x>y\" b='c' d=e f>t",
                vec!["<a href=x>y b=c d=e f=>", "t"],
            ),
            ("<br/><img src=a/b />", vec!["<br>", "<img src=a/b>"]),
            ("1 < 2 <3", vec!["1 ", "< 2 ", "<3"]),
            (
                "a<!-- x > y -->b<!doctype html>c<?xml?>d",
                vec!["a", "b", "c", "d"],
            ),
            (
                "<SCRIPT>if (a<b) \"</p>\"</script>x",
                vec!["</script>", "x"],
            ),
            ("<style>p{}", vec![]),
            ("a<!-- never ends >b<i>c", vec!["a", "b", "<i>", "c"]),
            (
                "<a x=\"never ends>b<i>c",
                vec!["<a x=never ends>", "b", "<i>", "c"],
            ),
            ("a <b", vec!["a ", "<b"]),
            ("don't<p class=it's>x", vec!["don't", "<p class=it's>", "x"]),
            ("", vec![]),
        ] {
            assert_eq!(shape(source), expected, "{source:?}");
        }
    }

    #[test]
    fn b6_entities_are_decoded() {
        let mut out = String::new();
        decode_entities(
            "a &amp; b &lt;c&gt; &#233;&#xe9; &eacute; &nbsp;| AT&T &x; &#x110000;&",
            &mut out,
        );
        assert_eq!(
            out,
            "a & b <c> \u{e9}\u{e9} \u{e9} \u{a0}| AT&T &x; \u{fffd}&"
        );
    }

    proptest! {
        #[test]
        fn b6_any_source_is_read_to_its_end(source in "[<>a-c/!\\-\"'= &;#\\PC]{0,200}") {
            let mut out = String::new();
            for token in Tokens::new(&source) {
                match token {
                    Token::Text(text) => decode_entities(text, &mut out),
                    Token::Open(_, attributes) => { prop_assert!(attributes.iter().count() <= source.len()); }
                    Token::Close(_) => {}
                }
            }
        }
    }
}
