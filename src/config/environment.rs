//! The environment as a value, so that tests and the binary read settings the same way.

use std::collections::BTreeMap;
use std::ffi::OsString;

/// Environment variables by name. Names that are not Unicode cannot be ours and are left out.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, OsString>);

/// A variable that is set, but not to Unicode text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NotUnicode;

impl Environment {
    /// The variables of this process; the one place that reads them.
    pub fn of_process() -> Self {
        std::env::vars_os().collect()
    }

    /// The text of a variable. Set but blank counts as not set, as in `PORT=${PORT:-}`.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>, NotUnicode> {
        let Some(value) = self.0.get(name) else {
            return Ok(None);
        };
        let text = value.to_str().ok_or(NotUnicode)?;
        Ok((!text.trim().is_empty()).then_some(text))
    }

    /// All variables, for whoever passes an allow-list of them on.
    pub fn variables(&self) -> Vec<(OsString, OsString)> {
        let pairs = self.0.iter();
        pairs
            .map(|(name, value)| (name.into(), value.clone()))
            .collect()
    }

    /// The value of a variable that another part of Hermes has set.
    pub fn value(&self, name: &str) -> Option<&std::ffi::OsStr> {
        self.0.get(name).map(OsString::as_os_str)
    }

    /// The names of all variables.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl<N: Into<OsString>, V: Into<OsString>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        let named = |(name, value): (N, V)| Some((name.into().into_string().ok()?, value.into()));
        Self(variables.into_iter().filter_map(named).collect())
    }
}

/// Names only: values may be secrets.
impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}
