//! JSON as the rest of Hermes has it, and as the SDK has it.

use aws_smithy_types::{Document, Number};
use serde_json::Value;

pub(super) fn document(value: &Value) -> Document {
    match value {
        Value::Null => Document::Null,
        Value::Bool(value) => Document::Bool(*value),
        Value::Number(number) => Document::Number(number_of(number)),
        Value::String(text) => Document::String(text.clone()),
        Value::Array(items) => Document::Array(items.iter().map(document).collect()),
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(name, value)| (name.clone(), document(value)));
            Document::Object(fields.collect())
        }
    }
}

/// What is no number in JSON becomes null.
pub(super) fn value(document: &Document) -> Value {
    match document {
        Document::Null => Value::Null,
        Document::Bool(value) => Value::Bool(*value),
        Document::Number(Number::PosInt(number)) => (*number).into(),
        Document::Number(Number::NegInt(number)) => (*number).into(),
        Document::Number(Number::Float(number)) => (*number).into(),
        Document::String(text) => Value::String(text.clone()),
        Document::Array(items) => Value::Array(items.iter().map(value).collect()),
        Document::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(name, field)| (name.clone(), value(field)));
            Value::Object(fields.collect())
        }
    }
}

fn number_of(number: &serde_json::Number) -> Number {
    if let Some(number) = number.as_u64() {
        Number::PosInt(number)
    } else if let Some(number) = number.as_i64() {
        Number::NegInt(number)
    } else {
        Number::Float(number.as_f64().unwrap_or(f64::NAN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            (-1e9..1e9_f64).prop_map(Value::from),
            ".{0,8}".prop_map(Value::String),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
                prop::collection::vec((".{0,4}", inner), 0..4)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn json_comes_back_as_it_was(json in any_json()) {
            prop_assert_eq!(value(&document(&json)), json);
        }
    }
}
