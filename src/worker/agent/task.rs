//! What an agent is given and what it answers.

use std::path::Path;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use crate::domain::wire::WorkContext;
use crate::worker::git::Worktree;

/// One instruction for an agent.
#[derive(Debug)]
pub(crate) struct AgentTask<'a> {
    /// In the sender's words.
    pub(crate) instruction: &'a str,
    /// The files; it may change anything in there and nothing outside.
    pub(crate) files: &'a Worktree<'a>,
    /// What was stopped for this, half done (C16), and the files that came with it.
    pub(crate) context: &'a WorkContext,
    /// The folder in the worktree where those files are, if there are any.
    pub(crate) inbox: Option<&'a Path>,
}

/// How an agent ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AgentOutcome {
    /// Files are changed as it says.
    Done { summary: String },
    /// There was nothing to change.
    Unchanged { summary: String },
    /// It cannot or may not do this, and has changed nothing; the message is for the sender.
    Refused { code: String, message: String },
    /// It broke down on the way; what it changed is not worth keeping.
    Failed { code: String, message: String },
    /// It was told to stop, and what it changed until then is kept.
    Interrupted,
}

impl AgentOutcome {
    pub(super) fn failed(code: &str, message: impl Into<String>) -> Self {
        Self::Failed {
            code: code.to_owned(),
            message: message.into(),
        }
    }
}

/// Carries out instructions. When `cancel` is called it ends soon, with [`AgentOutcome::Interrupted`].
#[async_trait]
pub(crate) trait Agent: Send + Sync {
    async fn run(&self, task: &AgentTask<'_>, cancel: &CancellationToken) -> AgentOutcome;
}
