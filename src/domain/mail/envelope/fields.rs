//! Reads single fields of documents that others write.

use serde_json::Value;

/// The field of an object.
pub(super) fn within<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value.get(name)
}

/// A field that is a text.
pub(super) fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    within(value, name)?.as_str()
}

/// A field that is true or false, or the word for it (E3).
pub(super) fn flag(value: &Value, name: &str) -> bool {
    match within(value, name) {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(word)) => word.eq_ignore_ascii_case("true"),
        _ => false,
    }
}
