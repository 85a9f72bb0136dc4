//! Models that answer, and may ask for tools.

use std::time::Duration;

use async_trait::async_trait;

use super::fault::Fault;
use crate::domain::circuit::CircuitState;
use crate::domain::inference::{Answer, Content, InferenceLimits, Prompt, Turn};

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum InferenceError {
    /// We ask too much: of the model, or of our quota.
    #[error("the model is asked too often")]
    Throttled {
        /// How long the other side asked us to wait.
        retry_after: Option<Duration>,
    },
    /// No answer within the prompt's deadline. It may be paid for all the same.
    #[error("the model did not answer within {} s", .0.as_secs())]
    Timeout(Duration),
    /// This model is not ours to ask: no access, no such model here. The text says what an operator does about it.
    #[error("the model cannot be used: {0}")]
    ModelDenied(String),
    /// The prompt cannot be answered as it is: malformed, or too long for the model. The same again fails again.
    #[error("the model does not take this: {0}")]
    Invalid(String),
    /// It has failed too often of late and is not asked for a while.
    #[error("the model has failed too often and is not asked for {} s", retry_after.as_secs())]
    Resting {
        /// How long.
        retry_after: Duration,
    },
    /// The backend failed.
    #[error("the model failed")]
    Backend(#[from] Fault),
}

impl InferenceError {
    /// Whether trying again later may help.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Throttled { .. } | Self::Timeout(_) | Self::Resting { .. } => true,
            Self::ModelDenied(_) | Self::Invalid(_) => false,
            Self::Backend(fault) => fault.is_transient(),
        }
    }
}

/// Asks models.
#[async_trait]
pub trait Inference: Send + Sync {
    /// Asks once, and waits for the whole answer. Whoever drops the call gives it up: nothing goes on behind it.
    async fn converse(&self, prompt: &Prompt) -> Result<Answer, InferenceError>;

    /// Asks for a word, the least that proves that the configured model answers us.
    async fn probe(&self) -> Result<(), InferenceError> {
        let prompt = Prompt {
            model: None,
            system: None,
            turns: vec![Turn::user(vec![Content::text("Say: ok")])],
            tools: Vec::new(),
            limits: InferenceLimits {
                max_tokens: 4,
                temperature: None,
                deadline: Duration::from_secs(30),
            },
        };
        self.converse(&prompt).await.map(drop)
    }

    /// Whether calls are let through at this time; closed where nothing stands in front of the model.
    fn circuit(&self) -> CircuitState {
        CircuitState::Closed
    }
}
