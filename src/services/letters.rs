//! What answers say.

use crate::domain::command::{Command, MailOrigin};
use crate::domain::session::Session;
use crate::domain::thread::Thread;
use crate::domain::time::Timestamp;

/// Writes letters.
#[derive(Debug, Clone)]
pub struct Letters {}

impl Letters {
    /// The answer to a command that has ended.
    pub fn outcome(
        &self,
        _command: &Command,
        _mail: &MailOrigin,
        _session: Option<&Session>,
        _thread: Option<&Thread>,
        _now: Timestamp,
    ) -> serde_json::Value {
        serde_json::Value::Null
    }
}
