//! Which agent a project has.

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use super::literal::Literal;
use super::program::Program;
use super::task::{Agent, AgentOutcome, AgentTask};
use crate::domain::project::AgentChoice;
use crate::worker::config::WorkerConfig;

/// The agent that a project has chosen.
pub(crate) fn choose(config: &WorkerConfig) -> Box<dyn Agent> {
    match &config.agent {
        AgentChoice::Literal => Box::new(Literal),
        AgentChoice::Program(argv) => Box::new(Program::new(config, argv)),
        AgentChoice::Claude | AgentChoice::Bedrock => Box::new(Unavailable(config.agent.name())),
    }
}

/// An agent that this version of Hermes does not have. It says so instead of guessing.
struct Unavailable(&'static str);

#[async_trait]
impl Agent for Unavailable {
    async fn run(&self, _task: &AgentTask<'_>, _cancel: &CancellationToken) -> AgentOutcome {
        AgentOutcome::Refused {
            code: "agent_unavailable".to_owned(),
            message: format!(
                "The agent \"{}\" of this project is not available here.",
                self.0
            ),
        }
    }
}
