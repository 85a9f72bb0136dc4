//! Asks models on Bedrock.

use async_trait::async_trait;
use aws_sdk_bedrockruntime::config::timeout::TimeoutConfig;
use aws_sdk_bedrockruntime::error::BuildError;
use aws_sdk_bedrockruntime::{Client, Config};

use super::trouble::Asked;
use super::{request, response};
use crate::adapters::aws::Clients;
use crate::config::AwsSettings;
use crate::domain::inference::{Answer, Prompt};
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::inference::{Inference, InferenceError};

/// Converse with tool use.
#[derive(Debug, Clone)]
pub struct BedrockInference {
    client: Client,
    model: String,
    region: String,
}

impl BedrockInference {
    /// Asks the settings' model, unless a prompt names another.
    pub fn new(clients: &Clients, settings: &AwsSettings) -> Self {
        Self {
            client: clients.bedrock.clone(),
            model: settings.model.clone(),
            region: settings.region.clone(),
        }
    }
}

#[async_trait]
impl Inference for BedrockInference {
    async fn converse(&self, prompt: &Prompt) -> Result<Answer, InferenceError> {
        let model = prompt.model.as_deref().unwrap_or(&self.model);
        let deadline = prompt.limits.deadline;
        let messages = request::messages(&prompt.turns).map_err(|error| not_built(&error))?;
        let tools = request::tools(&prompt.tools).map_err(|error| not_built(&error))?;
        // one deadline for the first try and for all: what has thought for minutes is not asked to think again
        let timeouts = TimeoutConfig::builder()
            .operation_attempt_timeout(deadline)
            .operation_timeout(deadline)
            .build();
        let asked = Asked {
            model,
            region: &self.region,
            deadline,
        };
        let output = self
            .client
            .converse()
            .model_id(model)
            .set_messages(Some(messages))
            .set_system(request::system(prompt.system.as_deref()))
            .set_tool_config(tools)
            .inference_config(request::limits(prompt.limits))
            .customize()
            .config_override(Config::builder().timeout_config(timeouts))
            .send()
            .await
            .map_err(|error| asked.explain(error))?;
        response::answer(output).ok_or_else(|| {
            let nothing = "Bedrock answered without a message";
            Fault::new("bedrock.converse", FaultKind::Transient, nothing).into()
        })
    }
}

fn not_built(error: &BuildError) -> InferenceError {
    InferenceError::Invalid(error.to_string())
}
