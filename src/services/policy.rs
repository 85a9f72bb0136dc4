//! The numbers and templates that the operator chose, as services need them.

use std::time::Duration;

use crate::domain::container::Limits;
use crate::domain::ids::SessionId;
use crate::domain::session::Lifetimes;

/// What the settings say, in one place.
#[derive(Debug, Clone)]
pub struct Policy {
    /// How long sessions live.
    pub lifetimes: Lifetimes,
    /// When containers sleep.
    pub limits: Limits,
    /// Containers awake at once (`HERMES_MAX_CONTAINERS`); 0 accepts and starts nothing.
    pub max_containers: usize,
    /// Where previews open, with `{sessionId}` in it (`PREVIEW_URL`).
    pub preview_url: String,
    /// How long raw mails are kept (`HERMES_MAIL_RETENTION`).
    pub mail_retention: Duration,
}

impl Policy {
    /// The preview of a session.
    pub fn preview_url(&self, id: &SessionId) -> String {
        self.preview_url.replace("{sessionId}", id.as_str())
    }
}
