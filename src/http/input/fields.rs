//! The fields of a body: each is taken by name, and what is wrong with any of them is said together.

use std::str::FromStr;

use serde_json::{Map, Value};

use crate::domain::ids::InvalidId;
use crate::http::problem::{FieldError, Problem};

/// Longest instruction in bytes.
const LONGEST_INSTRUCTION: usize = 32 * 1024;
/// Largest `metadata`, as JSON text.
const LARGEST_METADATA: usize = 16 * 1024;

/// An object whose fields are being read; those that nobody asks for are ignored.
#[derive(Debug)]
pub(in crate::http) struct Fields {
    object: Map<String, Value>,
    errors: Vec<FieldError>,
}

impl Fields {
    /// Nothing read, nothing wrong.
    pub(in crate::http) fn new(object: Map<String, Value>) -> Self {
        Self {
            object,
            errors: Vec::new(),
        }
    }

    /// An id that must be there.
    pub(in crate::http) fn id<T: FromStr<Err = InvalidId>>(
        &mut self,
        field: &'static str,
    ) -> Option<T> {
        let there = self.is_there(field);
        let id = self.optional_id(field);
        if !there {
            self.wrong(field, "must be there");
        }
        id
    }

    /// An id that may be left out; `null` counts as left out.
    pub(in crate::http) fn optional_id<T: FromStr<Err = InvalidId>>(
        &mut self,
        field: &'static str,
    ) -> Option<T> {
        match self.text(field)?.parse() {
            Ok(id) => Some(id),
            Err(error) => {
                self.wrong(field, error.to_string());
                None
            }
        }
    }

    /// `instruction`, without the white space around it.
    pub(in crate::http) fn instruction(&mut self) -> Option<String> {
        const FIELD: &str = "instruction";
        if !self.is_there(FIELD) {
            self.wrong(FIELD, "must be there");
        }
        let text = self.text(FIELD)?;
        let trimmed = text.trim();
        if trimmed.is_empty() {
            self.wrong(FIELD, "must not be empty");
            None
        } else if trimmed.len() > LONGEST_INSTRUCTION {
            let most = LONGEST_INSTRUCTION / 1024;
            self.wrong(FIELD, format!("must have at most {most} KB"));
            None
        } else {
            Some(trimmed.to_owned())
        }
    }

    /// `metadata`: any object of a decent size. It is the caller's own; nothing reads it here.
    pub(in crate::http) fn metadata(&mut self) {
        const FIELD: &str = "metadata";
        match self.object.remove(FIELD) {
            None | Some(Value::Null) => {}
            Some(Value::Object(object)) => {
                // what was parsed from JSON serialises
                let size = serde_json::to_string(&object).map_or(0, |text| text.len());
                if size > LARGEST_METADATA {
                    let most = LARGEST_METADATA / 1024;
                    self.wrong(FIELD, format!("must have at most {most} KB"));
                }
            }
            Some(_) => self.wrong(FIELD, "must be an object"),
        }
    }

    /// Adds what is wrong with something that is not in the body.
    pub(in crate::http) fn wrong(&mut self, field: &'static str, message: impl Into<String>) {
        self.errors.push(FieldError {
            field,
            message: message.into(),
        });
    }

    /// `value` if nothing is wrong.
    pub(in crate::http) fn finish<T>(self, value: Option<T>) -> Result<T, Problem> {
        match value {
            Some(value) if self.errors.is_empty() => Ok(value),
            _ => Err(Problem::invalid(self.errors)),
        }
    }

    fn is_there(&self, field: &str) -> bool {
        self.object.get(field).is_some_and(|value| !value.is_null())
    }

    fn text(&mut self, field: &'static str) -> Option<String> {
        match self.object.remove(field)? {
            Value::Null => None,
            Value::String(text) => Some(text),
            Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                self.wrong(field, "must be a string");
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{ClientId, ProjectId};
    use serde_json::json;

    fn fields(object: Value) -> Fields {
        let Value::Object(object) = object else {
            panic!("{object}")
        };
        Fields::new(object)
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let mut body = fields(json!({
            "clientId": 7, "projectId": "a b", "instruction": " \n", "metadata": [], "other": {},
        }));
        assert_eq!(body.id::<ClientId>("clientId"), None);
        assert_eq!(body.id::<ClientId>("userId"), None);
        assert_eq!(body.optional_id::<ProjectId>("projectId"), None);
        assert_eq!(body.instruction(), None);
        body.metadata();
        let said: Vec<_> = body
            .errors
            .iter()
            .map(|error| (error.field, error.message.as_str()))
            .collect();
        let id = "must be 1 to 128 characters of A-Z a-z 0-9 . _ : @ + -";
        assert_eq!(
            said,
            [
                ("clientId", "must be a string"),
                ("userId", "must be there"),
                ("projectId", id),
                ("instruction", "must not be empty"),
                ("metadata", "must be an object"),
            ]
        );
        assert!(body.finish(Some(())).is_err());
    }

    #[test]
    fn limits_are_in_bytes_and_the_largest_still_fits() {
        for (length, fits) in [(32 * 1024, true), (32 * 1024 + 1, false)] {
            let mut body = fields(json!({"instruction": format!(" {} ", "x".repeat(length))}));
            assert_eq!(body.instruction().is_some(), fits, "{length}");
        }
        for (length, fits) in [(16 * 1024 - 8, true), (16 * 1024 - 7, false)] {
            let mut body = fields(json!({"metadata": {"a": "x".repeat(length)}}));
            body.metadata();
            assert_eq!(body.errors.is_empty(), fits, "{length}");
        }
        let mut body = fields(json!({"projectId": null, "metadata": null}));
        assert_eq!(body.optional_id::<ProjectId>("projectId"), None);
        body.metadata();
        assert_eq!(body.finish(Some(1)).unwrap(), 1);
    }
}
