//! What doctor and provision found: a row for each thing they looked at.
//!
//! A row that is not as it should be always says what mends it.

use std::fmt;

use serde::Serialize;

/// How a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckState {
    /// As it should be.
    Ok,
    /// Not so; Hermes fails, costs more or does less because of it.
    Wrong,
    /// Nobody could tell.
    Unknown,
}

impl fmt::Display for CheckState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ok => "ok",
            Self::Wrong => "wrong",
            Self::Unknown => "unknown",
        })
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was looked at, such as `table webordinary-edit-sessions`.
    pub name: String,
    /// How it is.
    pub state: CheckState,
    /// What was found, in one sentence without a full stop. Never a secret.
    pub detail: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

impl Check {
    /// As it should be.
    pub fn ok(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            state: CheckState::Ok,
            detail: detail.into(),
            fix: None,
        }
    }

    /// Not as it should be.
    pub fn wrong(
        name: impl Into<String>,
        detail: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            state: CheckState::Wrong,
            fix: Some(fix.into()),
            ..Self::ok(name, detail)
        }
    }

    /// Nobody could tell; `fix` is what makes it known.
    pub fn unknown(
        name: impl Into<String>,
        detail: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            state: CheckState::Unknown,
            fix: Some(fix.into()),
            ..Self::ok(name, detail)
        }
    }
}

/// What became of a thing that was to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// It was not there, and is now; or a part of it.
    Made,
    /// It was there as it should be.
    WasThere,
    /// It is there and not as it should be, and is not changed for you.
    Differs,
    /// It could not be looked at or made.
    Failed,
}

impl fmt::Display for StepState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Made => "made",
            Self::WasThere => "was there",
            Self::Differs => "differs",
            Self::Failed => "failed",
        })
    }
}

/// One thing that was to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What, such as `queue webordinary-email-queue`.
    pub name: String,
    /// What became of it.
    pub state: StepState,
    /// More about it, in one sentence without a full stop; empty when the state says it all.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// What to do when it differs or failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

impl Step {
    /// It was made.
    pub fn made(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            state: StepState::Made,
            detail: detail.into(),
            fix: None,
        }
    }

    /// It was there.
    pub fn was_there(name: impl Into<String>) -> Self {
        Self {
            state: StepState::WasThere,
            ..Self::made(name, "")
        }
    }

    /// It differs.
    pub fn differs(
        name: impl Into<String>,
        detail: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            state: StepState::Differs,
            fix: Some(fix.into()),
            ..Self::made(name, detail)
        }
    }

    /// It failed.
    pub fn failed(
        name: impl Into<String>,
        detail: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            state: StepState::Failed,
            fix: Some(fix.into()),
            ..Self::made(name, detail)
        }
    }
}
