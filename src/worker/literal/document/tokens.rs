//! HTML as tokens that know where in the source they stand.

use std::convert::Infallible;
use std::ops::Range;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

/// A piece of HTML source; comments, doctypes and broken markup are not reported and so never touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// `<p class="x">`; the name is lower case.
    Start { name: String, span: Range<usize> },
    /// `</p>`; the name is lower case.
    End { name: String, span: Range<usize> },
    /// Text as written, character references not yet decoded.
    Text { span: Range<usize> },
}

/// Splits `source` into tokens. Linear in its length; spans lie on character boundaries.
pub(crate) fn tokens(source: &str) -> Vec<Token> {
    let mut open: Option<(String, usize)> = None;
    let callback = |event: CallbackEvent<'_>, span: Span<usize>| match event {
        CallbackEvent::OpenStartTag { name } => {
            open = Some((text(name), span.start));
            None
        }
        CallbackEvent::CloseStartTag { .. } => open.take().map(|(name, start)| Token::Start {
            name,
            span: start..span.end,
        }),
        CallbackEvent::EndTag { name } => Some(Token::End {
            name: text(name),
            span: span.start..span.end,
        }),
        CallbackEvent::String { .. } => Some(Token::Text {
            span: span.start..span.end,
        }),
        CallbackEvent::AttributeName { .. }
        | CallbackEvent::AttributeValue { .. }
        | CallbackEvent::Comment { .. }
        | CallbackEvent::Doctype { .. }
        | CallbackEvent::Error(_) => None,
    };
    let mut emitter = CallbackEmitter::new(callback);
    emitter.naively_switch_states(true);
    Tokenizer::new_with_emitter(source, emitter)
        .map_while(Result::<Token, Infallible>::ok)
        .filter(|token| source.get(token.span()).is_some_and(|s| !s.is_empty()))
        .collect()
}

impl Token {
    fn span(&self) -> Range<usize> {
        match self {
            Self::Start { span, .. } | Self::End { span, .. } | Self::Text { span } => span.clone(),
        }
    }
}

fn text(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

/// What a character reference such as `&amp;` stands for; `None` when it is just text.
pub(crate) fn decode_reference(reference: &str) -> Option<String> {
    let known = match reference {
        "&amp;" => "&",
        "&lt;" => "<",
        "&gt;" => ">",
        "&quot;" => "\"",
        "&#39;" => "'",
        "&nbsp;" => "\u{a0}",
        _ => "",
    };
    if !known.is_empty() {
        return Some(known.to_owned());
    }
    let mut decoded = String::new();
    let callback = |event: CallbackEvent<'_>, _: Span<()>| -> Option<Infallible> {
        if let CallbackEvent::String { value } = event {
            decoded.push_str(&String::from_utf8_lossy(value));
        }
        None
    };
    // The callback keeps what it hears; no token ever comes out.
    let mut heard = Tokenizer::new_with_emitter(reference, CallbackEmitter::new(callback));
    let none = heard.next().is_none();
    if !none {
        return None;
    }
    (decoded != reference && !decoded.is_empty()).then_some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pieces(source: &str) -> Vec<&str> {
        tokens(source).iter().map(|t| &source[t.span()]).collect()
    }

    #[test]
    fn spans_are_the_source_as_written() {
        let source = "\u{feff}<!doctype html>\r\n<Body\r\n class=x title='a > b' é>\r\nfü &uuml;<!-- <p> --><br/></BODY >";
        assert_eq!(
            pieces(source),
            [
                "\u{feff}",
                "\r\n",
                "<Body\r\n class=x title='a > b' é>",
                "\r\nfü &uuml;",
                "<br/>",
                "</BODY >"
            ]
        );
    }

    #[test]
    fn script_and_style_hold_no_tags() {
        let source = "<script>if (a<b) '</p>'</script><style>p>a{}</style>";
        assert_eq!(
            pieces(source),
            [
                "<script>",
                "if (a<b) '</p>'",
                "</script>",
                "<style>",
                "p>a{}",
                "</style>"
            ]
        );
    }

    #[test]
    fn references_decode_and_plain_ampersands_do_not() {
        assert_eq!(decode_reference("&amp;").as_deref(), Some("&"));
        assert_eq!(decode_reference("&uuml;").as_deref(), Some("ü"));
        assert_eq!(decode_reference("&#x2019;").as_deref(), Some("’"));
        assert_eq!(decode_reference("&copy").as_deref(), Some("©"));
        assert_eq!(decode_reference("&T"), None);
        assert_eq!(decode_reference("&"), None);
    }

    proptest! {
        #[test]
        fn any_text_has_ordered_spans_within_it(source in "[<>/a-z&;=\"' \r\n!é-]{0,200}") {
            let mut end = 0;
            for token in tokens(&source) {
                let span = token.span();
                prop_assert!(span.start >= end && span.end <= source.len());
                match token {
                    Token::Start { .. } | Token::End { .. } => {
                        prop_assert!(source[span.clone()].starts_with('<') && source[span.clone()].ends_with('>'));
                    }
                    Token::Text { .. } => {}
                }
                end = span.end;
            }
        }
    }
}
