//! The agent `literal`, off the threads that serve the worker.

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use super::task::{Agent, AgentOutcome, AgentTask};

/// Exact edits in plain words; see [`crate::worker::literal`].
pub(super) struct Literal;

#[async_trait]
impl Agent for Literal {
    async fn run(&self, _task: &AgentTask<'_>, _cancel: &CancellationToken) -> AgentOutcome {
        AgentOutcome::failed(
            "agent_unavailable",
            "The literal editor is not part of this build.",
        )
    }
}
