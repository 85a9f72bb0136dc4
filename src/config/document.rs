//! A TOML file whose every value knows its line, so that each complaint can name one.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::problem::Problem;
use super::suggest;

/// Files above this size are refused unread.
const LARGEST: u64 = 1024 * 1024;

/// Reads a file of at most 1 MiB; the error says what is wrong with it.
pub(crate) fn read_text(path: &Path) -> Result<String, String> {
    let file = File::open(path).map_err(|error| format!("cannot be read: {error}"))?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("cannot be read: {error}"))?;
    if bytes.len() as u64 > LARGEST {
        return Err("is larger than 1 MiB".to_owned());
    }
    String::from_utf8(bytes).map_err(|error| format!("is not UTF-8 text: {error}"))
}

/// A parsed file with the text it came from.
pub(crate) struct Document<'i> {
    name: &'i str,
    text: &'i str,
    table: Spanned<DeTable<'i>>,
}

impl<'i> Document<'i> {
    /// Parses `text`; `name` is the file as messages call it.
    pub(crate) fn parse(name: &'i str, text: &'i str) -> Result<Self, Vec<Problem>> {
        let (table, errors) = DeTable::parse_recoverable(text);
        let document = Self { name, text, table };
        if errors.is_empty() {
            return Ok(document);
        }
        let problem = |error: &toml::de::Error| {
            let start = error.span().map_or(0, |span| span.start);
            let detail = format!("is not TOML: {}", error.message().replace('\n', ", "));
            Problem::new(document.place(start), detail)
        };
        Err(errors.iter().map(problem).collect())
    }

    /// The top level of the file.
    pub(crate) fn root(&self) -> Fields<'_> {
        Fields {
            document: Source {
                name: self.name,
                text: self.text,
            },
            table: self.table.get_ref(),
            start: 0,
        }
    }

    fn place(&self, offset: usize) -> String {
        let source = Source {
            name: self.name,
            text: self.text,
        };
        source.place(offset)
    }
}

#[derive(Clone, Copy)]
struct Source<'d> {
    name: &'d str,
    text: &'d str,
}

impl Source<'_> {
    fn place(self, offset: usize) -> String {
        let before = self.text.as_bytes().iter().take(offset);
        let line = 1 + before.filter(|byte| **byte == b'\n').count();
        format!("{}:{line}", self.name)
    }
}

/// The keys of one table.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'d> {
    document: Source<'d>,
    table: &'d DeTable<'d>,
    start: usize,
}

impl<'d> Fields<'d> {
    /// Where the table begins, as `file:line`.
    pub(crate) fn place(self) -> String {
        self.document.place(self.start)
    }

    /// A complaint for each key that is not one of `known`.
    pub(crate) fn unknown_keys(self, known: &[&str]) -> Vec<Problem> {
        let strange = |key: &&Spanned<_>| !known.contains(&AsRef::<str>::as_ref(key.get_ref()));
        let mut keys: Vec<&Spanned<std::borrow::Cow<'_, str>>> =
            self.table.keys().filter(strange).collect();
        keys.sort_by_key(|key| key.span().start);
        keys.into_iter()
            .map(|key| {
                let hint = suggest::hint(key.get_ref(), known.iter().copied());
                let place = self.document.place(key.span().start);
                Problem::new(place, format!("unknown key {:?}{hint}", key.get_ref()))
            })
            .collect()
    }

    /// The value of a key.
    pub(crate) fn get(self, key: &str) -> Option<Value<'d>> {
        self.table.get(key).map(|value| Value {
            document: self.document,
            value,
        })
    }
}

/// One value and where it stands.
#[derive(Clone, Copy)]
pub(crate) struct Value<'d> {
    document: Source<'d>,
    value: &'d Spanned<DeValue<'d>>,
}

impl<'d> Value<'d> {
    /// Where the value stands, as `file:line`.
    pub(crate) fn place(self) -> String {
        self.document.place(self.value.span().start)
    }

    /// The text of a string.
    pub(crate) fn text(self) -> Option<&'d str> {
        self.value.get_ref().as_str()
    }

    /// The truth of a boolean.
    pub(crate) fn truth(self) -> Option<bool> {
        self.value.get_ref().as_bool()
    }

    /// A whole number that fits 64 bits.
    pub(crate) fn number(self) -> Option<i64> {
        let number = self.value.get_ref().as_integer()?;
        i64::from_str_radix(number.as_str(), number.radix()).ok()
    }

    /// The elements of a list.
    pub(crate) fn list(self) -> Option<impl Iterator<Item = Value<'d>>> {
        let list: &DeArray<'d> = self.value.get_ref().as_array()?;
        let document = self.document;
        Some(list.iter().map(move |value| Value { document, value }))
    }

    /// The keys of a table.
    pub(crate) fn fields(self) -> Option<Fields<'d>> {
        self.value.get_ref().as_table().map(|table| Fields {
            document: self.document,
            table,
            start: self.value.span().start,
        })
    }

    /// The texts of a list of strings; `None` when it is anything else.
    pub(crate) fn texts(self) -> Option<Vec<&'d str>> {
        self.list()?.map(Value::text).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_know_their_line() {
        let text = "a = 1\n\n[[b]]\nc = ['x', 'y']\nd = 0x10\n";
        let document = Document::parse("f.toml", text).unwrap_or_else(|_| panic!("parses"));
        let list: Vec<_> = document.root().get("b").unwrap().list().unwrap().collect();
        let fields = list[0].fields().unwrap();
        assert_eq!(fields.place(), "f.toml:3");
        assert_eq!(fields.get("c").unwrap().texts(), Some(vec!["x", "y"]));
        assert_eq!(fields.get("d").unwrap().number(), Some(16));
        assert_eq!(fields.get("d").unwrap().place(), "f.toml:5");
    }

    #[test]
    fn unknown_keys_are_named_in_the_order_of_the_file() {
        let document = Document::parse("f.toml", "zzz = 1\nporte = 2\nport = 3\n");
        let document = document.unwrap_or_else(|_| panic!("parses"));
        let said: Vec<String> = document
            .root()
            .unknown_keys(&["host", "port"])
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            said,
            [
                "f.toml:1: unknown key \"zzz\"",
                "f.toml:2: unknown key \"porte\" (did you mean \"port\"?)"
            ]
        );
    }

    #[test]
    fn broken_files_are_errors_with_a_line() {
        let problems = Document::parse("f.toml", "a = 1\nb = = 2\n").err().unwrap();
        assert!(
            problems[0]
                .to_string()
                .starts_with("f.toml:2: is not TOML: ")
        );
        let deep = format!("a = {}", "[".repeat(100_000));
        assert!(Document::parse("f.toml", &deep).is_err());
    }
}
