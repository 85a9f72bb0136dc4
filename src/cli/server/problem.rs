//! A refusal in the server's words: RFC 9457 problem details.

use std::time::Duration;

use serde::Deserialize;

use crate::cli::screen::{clean, span};

/// Why the server did not do it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Problem {
    /// Its stable name.
    pub code: Option<String>,
    pub(super) title: Option<String>,
    pub(super) detail: Option<String>,
    pub(super) errors: Vec<FieldError>,
    pub(super) request_id: Option<String>,
    /// The status of the answer itself, whatever the body says.
    #[serde(skip)]
    pub status: u16,
    #[serde(skip)]
    pub(super) retry_after: Option<Duration>,
    /// The body, which is what `--json` prints.
    #[serde(skip)]
    pub(super) json: String,
}

/// What is wrong with one field of the request.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct FieldError {
    field: String,
    message: String,
}

impl Problem {
    /// Reads a body; `None` if it is none of ours.
    pub(super) fn read(status: u16, body: &str) -> Option<Self> {
        let problem: Self = serde_json::from_str(body).ok()?;
        let ours = problem.code.is_some() || problem.detail.is_some() || problem.title.is_some();
        ours.then(|| Self {
            status,
            json: body.trim().to_owned(),
            ..problem
        })
    }

    /// What it says, in a sentence: its detail, else its title.
    pub fn said(&self) -> String {
        let said = self.detail.as_deref().or(self.title.as_deref());
        let said = said.map_or_else(|| format!("the server answered {}", self.status), clean);
        match &self.code {
            Some(code) => format!("{said} ({})", clean(code)),
            None => said,
        }
    }

    /// What else there is to know, a line each.
    pub(super) fn more(&self) -> Vec<String> {
        let field = |error: &FieldError| {
            let FieldError { field, message } = error;
            format!("  {}: {}", clean(field), clean(message))
        };
        let mut lines: Vec<String> = self.errors.iter().map(field).collect();
        if self.status == 401 {
            lines.push("hint: set HERMES_API_KEY to a key of this server".to_owned());
        }
        if let Some(wait) = self.retry_after {
            lines.push(format!("hint: try again in {}", span(wait)));
        }
        if let Some(id) = &self.request_id {
            lines.push(format!("request id: {}", clean(id)));
        }
        lines
    }
}
