//! What a message may be: 1 MiB of letters that XML allows (E8).

use std::borrow::Cow;

use crate::ports::fault::{Fault, FaultKind};

/// The most that SQS takes, since 2025-08-04. Ours are well below: large things go by reference.
const LONGEST: usize = 1024 * 1024;

/// A body as SQS takes it, or why it takes none.
///
/// The bodies of the protocol are JSON, where the two letters that are none may be written as an escape: nothing is lost.
pub(super) fn fit(operation: &'static str, body: String) -> Result<String, Fault> {
    let broken = |detail: String| Err(Fault::new(operation, FaultKind::Broken, detail));
    let body = match escape(&body) {
        Cow::Borrowed(_) => body,
        Cow::Owned(escaped) => escaped,
    };
    if let Some(control) = body.chars().find(|&letter| !is_allowed(letter)) {
        let code = u32::from(control);
        return broken(format!(
            "SQS takes no control letters, and the body has U+{code:04X}"
        ));
    }
    match body.len() {
        0 => broken("SQS takes no empty body".to_owned()),
        length if length > LONGEST => broken(format!(
            "the body has {length} bytes, and SQS takes {LONGEST}"
        )),
        _ => Ok(body),
    }
}

fn escape(body: &str) -> Cow<'_, str> {
    if body.contains(['\u{fffe}', '\u{ffff}']) {
        let escaped = body.replace('\u{fffe}', "\\ufffe");
        escaped.replace('\u{ffff}', "\\uffff").into()
    } else {
        body.into()
    }
}

/// `#x9 | #xA | #xD | #x20-#xD7FF | #xE000-#xFFFD | #x10000-#x10FFFF`; a `char` is no surrogate anyway.
fn is_allowed(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

/// Text for people within `limit` bytes, without letters that SQS does not take.
pub(super) fn plain(text: &str, limit: usize) -> String {
    let mut plain = String::with_capacity(text.len().min(limit));
    for letter in text.chars().filter(|&letter| is_allowed(letter)) {
        if plain.len() + letter.len_utf8() > limit {
            break;
        }
        plain.push(letter);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e8_what_sqs_does_not_take_is_escaped_or_refused() {
        let text = serde_json::json!({ "text": "a\u{0}\u{1b}\u{fffe}\u{ffff}\u{1f44b}\u{7f}\n" });
        let sent = fit("send", text.to_string()).unwrap();
        assert!(sent.chars().all(is_allowed), "{sent}");
        let read: serde_json::Value = serde_json::from_str(&sent).unwrap();
        assert_eq!(read, text);
        for bad in ["\u{0}", "", "a\u{1b}"] {
            assert!(fit("send", bad.to_owned()).is_err(), "{bad:?}");
        }
        assert!(fit("send", "x".repeat(LONGEST)).is_ok());
        let long = fit("send", "x".repeat(LONGEST + 1)).unwrap_err();
        assert_eq!(long.kind, FaultKind::Broken);
    }

    #[test]
    fn a_reason_is_cut_between_letters() {
        assert_eq!(plain("a\u{0}bß", 3), "ab");
        assert_eq!(plain("a\u{0}bß", 4), "abß");
    }
}
