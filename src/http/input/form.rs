//! What a form of a page of ours sends.

use percent_encoding::percent_decode_str;

/// The value of a field; of one that is repeated the first.
pub(in crate::http) fn form_value(body: &[u8], name: &str) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let value = text
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find_map(|(given, value)| (given == name).then_some(value))?;
    let spaced = value.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_decoded() {
        let body = b"a=1&message=msg-%2B%40+x&b=%zz&a=2&c&d=%ff";
        for (name, expected) in [
            ("a", Some("1")),
            ("message", Some("msg-+@ x")),
            ("b", Some("%zz")),
            ("c", None),
            ("d", None),
            ("", None),
        ] {
            assert_eq!(form_value(body, name).as_deref(), expected, "{name}");
        }
        assert_eq!(form_value(b"\xff=1", "a"), None);
    }
}
