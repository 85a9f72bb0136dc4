//! Threads: conversations, which never expire, and the pointers that lead to them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ids::{ClientId, ContainerId, ProjectId, SessionId, ThreadId, UserId, hash_parts, hex};
use super::mail::{Language, ReplyToken};
use super::time::Timestamp;

/// One conversation of a user about a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    missing_docs,
    reason = "the undocumented fields are the ids of their types"
)]
pub struct Thread {
    pub thread_id: ThreadId,
    pub session_id: SessionId,
    pub client_id: ClientId,
    pub project_id: ProjectId,
    pub user_id: UserId,
    pub container_id: ContainerId,
    /// The git branch, `thread-<threadId>` (T12).
    pub edit_branch: String,
    /// In the Reply-To of every answer (T10); a capability, so never logged.
    pub reply_token: ReplyToken,
    /// The subject of its first mail, normalised (T7).
    pub subject: Option<String>,
    /// What its first mail was written in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// When it began.
    pub created_at: Timestamp,
    /// Counts the writes of this record.
    pub version: u64,
}

impl Thread {
    /// The branch of a thread (T12: never text of a user).
    pub fn branch_of(id: &ThreadId) -> String {
        format!("thread-{id}")
    }
}

/// Names something that leads to a thread.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PointerKey(String);

impl PointerKey {
    /// A Message-ID seen in a project (T5); hashed, because ids of others are long and arbitrary.
    pub fn message(project: &ProjectId, message_id: &str) -> Self {
        let hash = hash_parts(&[project.as_str().as_bytes(), message_id.as_bytes()]);
        Self(format!("ref#{}", hex(&hash)))
    }

    /// The mark of a letter of ours that a mail quotes, where nothing else of the conversation is left.
    pub fn mark(project: &ProjectId, mark: &str) -> Self {
        let hash = hash_parts(&[project.as_str().as_bytes(), mark.as_bytes()]);
        Self(format!("mark#{}", hex(&hash)))
    }

    /// A reply token (T10); hashed, so that reading the table does not give the capability.
    pub fn token(token: &ReplyToken) -> Self {
        Self(format!(
            "tok#{}",
            hex(&hash_parts(&[token.as_str().as_bytes()]))
        ))
    }

    /// A session.
    pub fn session(id: &SessionId) -> Self {
        Self(format!("ses#{id}"))
    }

    /// The key's text form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PointerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Leads from a key to a thread, for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pointer {
    /// From where.
    pub key: PointerKey,
    /// To which thread.
    pub thread_id: ThreadId,
}
