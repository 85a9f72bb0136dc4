//! Where a setting comes from: flag before environment before file before default.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::config::document::{self, Document, Value};
use crate::config::environment::{Environment, NotUnicode};
use crate::config::problem::Problem;
use crate::config::suggest;

use super::flags::SettingsFlags;
use super::spec::{self, Spec};

const FILE_VARIABLE: &str = "HERMES_CONFIG";
const DEFAULT_FILE: &str = "config/hermes.toml";

/// Where a value was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A command-line flag, without its dashes.
    Flag(&'static str),
    /// An environment variable.
    Environment(&'static str),
    /// The settings file, as `path:line`.
    File(String),
    /// Nobody said otherwise.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "flag --{flag}"),
            Self::Environment(variable) => write!(f, "environment {variable}"),
            Self::File(place) => write!(f, "file {place}"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// Everything that was said about settings, and what is wrong with how it was said.
pub(crate) struct Layers<'a> {
    flags: &'a SettingsFlags,
    environment: &'a Environment,
    file: BTreeMap<&'static str, (String, String)>,
    /// Problems so far; the reader of the values adds its own.
    pub(crate) problems: Vec<Problem>,
}

impl<'a> Layers<'a> {
    /// Finds and reads the settings file, if there is one.
    pub(crate) fn read(
        flags: &'a SettingsFlags,
        environment: &'a Environment,
        folder: &Path,
    ) -> Self {
        let mut layers = Self::without_file(flags, environment);
        if let Some(path) = layers.file_path(folder) {
            layers.read_file(&path, folder);
        }
        layers
    }

    /// Flags and environment only.
    pub(crate) fn without_file(flags: &'a SettingsFlags, environment: &'a Environment) -> Self {
        Self {
            flags,
            environment,
            file: BTreeMap::new(),
            problems: Vec::new(),
        }
    }

    /// The value of a setting and where it was found.
    pub(crate) fn find(&mut self, spec: &Spec) -> Option<(String, Source)> {
        if let Some(text) = self.flags.get(spec) {
            return Some((text.to_owned(), Source::Flag(spec.flag)));
        }
        for variable in std::iter::once(spec.variable).chain(spec.alias) {
            match self.environment.text(variable) {
                Ok(None) => {}
                Ok(Some(text)) => return Some((text.to_owned(), Source::Environment(variable))),
                Err(NotUnicode) => {
                    self.not_unicode(variable);
                    return None;
                }
            }
        }
        let (text, place) = self.file.get(spec.key)?;
        Some((text.clone(), Source::File(place.clone())))
    }

    /// A text that is not a setting of the server, such as a client's key.
    pub(crate) fn variable(&mut self, variable: &'static str) -> Option<&'a str> {
        self.environment
            .text(variable)
            .unwrap_or_else(|NotUnicode| {
                self.not_unicode(variable);
                None
            })
    }

    /// Variables that look like a mistyped setting, as one sentence each.
    pub(crate) fn strange_variables(&self) -> Vec<String> {
        let ours = |name: &&str| {
            OTHER_VARIABLES.contains(name) || spec::ALL.iter().any(|spec| spec.variable == *name)
        };
        let strange = self.environment.names().filter(|name| !ours(name));
        strange
            .filter_map(|name| {
                let bare = name.strip_prefix("HERMES_")?;
                let exact = spec::ALL.iter().find(|spec| spec.variable == bare);
                let known = spec::ALL.iter().map(|spec| spec.variable);
                let near = match exact {
                    Some(spec) => spec.variable,
                    None => suggest::nearest(name, known)?,
                };
                Some(format!("{name} is not a setting; did you mean {near}?"))
            })
            .collect()
    }

    fn not_unicode(&mut self, variable: &str) {
        let detail = "is not valid Unicode text; set it again, or unset it";
        let problem = Problem::new(format!("environment {variable}"), detail);
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// `--config`, `HERMES_CONFIG`, or the default file if it exists.
    fn file_path(&mut self, folder: &Path) -> Option<PathBuf> {
        if let Some(path) = self.flags.file() {
            return Some(path.clone());
        }
        if let Some(path) = self.variable(FILE_VARIABLE) {
            return Some(PathBuf::from(path));
        }
        let path = PathBuf::from(DEFAULT_FILE);
        folder.join(&path).exists().then_some(path)
    }

    fn read_file(&mut self, path: &Path, folder: &Path) {
        let name = path.display().to_string();
        let text = match document::read_text(&folder.join(path)) {
            Ok(text) => text,
            Err(detail) => return self.problems.push(Problem::new(name, detail)),
        };
        let document = match Document::parse(&name, &text) {
            Ok(document) => document,
            Err(problems) => return self.problems.extend(problems),
        };
        let known = spec::ALL.map(|spec| spec.key);
        self.problems.extend(document.root().unknown_keys(&known));
        for spec in spec::ALL {
            let Some(value) = document.root().get(spec.key) else {
                continue;
            };
            if let Some(text) = file_text(value, spec) {
                self.file.insert(spec.key, (text, value.place()));
            } else {
                let detail = format!("{} must be a text or a whole number", spec.key);
                self.problems.push(Problem::new(value.place(), detail));
            }
        }
    }
}

/// Variables that other parts of Hermes read.
const OTHER_VARIABLES: [&str; 5] = [
    FILE_VARIABLE,
    "HERMES_SERVER",
    "HERMES_API_KEY",
    "HERMES_GENERATION",
    "HERMES_TEST_AWS_ENDPOINT",
];

/// A file's value in the form that flags and variables have. Only keys may be a list.
fn file_text(value: Value<'_>, spec: &Spec) -> Option<String> {
    let text = value.text().map(str::to_owned);
    let text = text.or_else(|| value.number().map(|number| number.to_string()));
    text.or_else(|| {
        let texts = value.texts().filter(|_| *spec == spec::API_KEYS)?;
        Some(texts.join(" "))
    })
}
