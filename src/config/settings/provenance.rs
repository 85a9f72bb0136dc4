//! What each setting is and who said so: the answer of `hermes config`.

use serde::Serialize;

use super::layers::Source;

/// The settings as shown to the operator, secrets masked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Provenance {
    settings: Vec<Origin>,
}

/// One setting, its value as shown, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// The setting's name.
    pub name: &'static str,
    /// The value in force; secrets are masked.
    pub value: String,
    /// `flag --x`, `environment X`, `file path:line` or `default`.
    #[serde(serialize_with = "as_text")]
    pub source: Source,
}

impl Provenance {
    pub(crate) fn add(&mut self, name: &'static str, value: String, source: Source) {
        self.settings.push(Origin {
            name,
            value,
            source,
        });
    }

    /// Every setting, in the order of the help.
    pub fn settings(&self) -> &[Origin] {
        &self.settings
    }

    /// A table of name, value and source, with a line end after each row.
    pub fn table(&self) -> String {
        let width = |of: fn(&Origin) -> &str| self.settings.iter().map(|row| of(row).len()).max();
        let names = width(|row| row.name).unwrap_or_default();
        // A long value shifts its own row only, not the whole table.
        let values = width(|row| &row.value).unwrap_or_default().min(44);
        let line = |row: &Origin| {
            let Origin {
                name,
                value,
                source,
            } = row;
            format!("{name:names$}  {value:values$}  {source}\n")
        };
        self.settings.iter().map(line).collect()
    }

    /// `{"settings": [{"name", "value", "source"}, ...]}`.
    pub fn json(&self) -> serde_json::Value {
        serde_json::json!(self)
    }
}

fn as_text<S: serde::Serializer>(source: &Source, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(source)
}
