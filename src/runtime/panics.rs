//! What is told about a panic: where it happened, and as much of its message as cannot quote content.

use std::any::Any;
use std::borrow::Cow;
use std::panic;

/// Longest formatted message that is told, in bytes; what is longer carries data.
const MAX_MESSAGE: usize = 120;

/// Logs each panic once, as one error event with its place, instead of the default multi-line report.
///
/// Replaces the process's panic hook, so it is called by the binary and never by a test, whose report it would swallow.
pub fn log_panics() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string);
        tracing::error!(
            panic.location = place.as_deref().unwrap_or("unknown place"),
            "panicked: {}",
            message(info.payload())
        );
    }));
}

/// The payload's message, without the part that may quote a mail or a secret.
///
/// A literal message is told whole. A formatted one is told up to its first colon or quotation: behind it the
/// standard library puts the text it could not slice, or the error it could not unwrap.
pub(super) fn message(payload: &(dyn Any + Send)) -> Cow<'static, str> {
    if let Some(literal) = payload.downcast_ref::<&'static str>() {
        return Cow::Borrowed(literal);
    }
    let Some(text) = payload.downcast_ref::<String>() else {
        return Cow::Borrowed("payload of another type");
    };
    let told = harmless(text);
    if told.len() == text.len() {
        Cow::Owned(text.clone())
    } else {
        Cow::Owned(format!("{told} (the rest may quote content)"))
    }
}

fn harmless(text: &str) -> &str {
    let quote = text
        .find(['`', ':', ';', '\'', '"', '\n'])
        .unwrap_or(text.len());
    let mut end = quote.min(MAX_MESSAGE);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(work: impl FnOnce() + panic::UnwindSafe) -> String {
        let payload = panic::catch_unwind(work).expect_err("the work panics");
        message(payload.as_ref()).into_owned()
    }

    #[test]
    fn a_literal_message_is_told_whole() {
        assert_eq!(told(|| panic!("a `literal` one")), "a `literal` one");
    }

    #[test]
    fn a_formatted_message_is_told_up_to_its_details() {
        let list: Vec<u8> = Vec::new();
        assert_eq!(
            told(move || assert_eq!(list[std::hint::black_box(3)], 0)),
            "index out of bounds (the rest may quote content)"
        );
    }

    #[test]
    fn the_sliced_text_is_withheld() {
        let body = String::from("schöne Grüße, mein Passwort ist 1234");
        let told = told(move || {
            let _part = &body[..std::hint::black_box(4)];
        });
        assert!(!told.contains("Passwort"), "{told}");
        assert!(told.contains("may quote content"), "{told}");
    }

    #[test]
    fn the_unwrapped_error_is_withheld() {
        let told = told(|| {
            "secret"
                .parse::<std::net::IpAddr>()
                .map_err(|_source| "secret")
                .unwrap();
        });
        assert!(!told.contains("secret"), "{told}");
    }

    #[test]
    fn a_long_message_is_cut_between_characters() {
        let payload: Box<dyn Any + Send> = Box::new("ö".repeat(200));
        assert!(message(payload.as_ref()).len() < 200);
    }

    #[test]
    fn a_payload_of_another_type_is_named_so() {
        assert_eq!(message(&7_u8), "payload of another type");
    }
}
