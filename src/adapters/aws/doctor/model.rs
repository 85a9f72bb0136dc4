//! Access to the model.

use aws_sdk_bedrockruntime::types::{
    ContentBlock, ConversationRole, InferenceConfiguration, Message,
};

use super::super::fault::fault;
use super::facts::{Facts, Reason};
use crate::domain::check::Check;
use crate::domain::project::AgentChoice;
use crate::ports::fault::FaultKind;

/// Asks for one token: access can't be seen in any other way that counts.
pub(super) async fn look(facts: &Facts) -> Vec<Check> {
    let model = &facts.settings().model;
    let name = format!("model {model}");
    let needed = match facts.projects().await {
        Ok(projects) => projects
            .iter()
            .any(|project| project.agent == AgentChoice::Bedrock),
        Err(_) => true,
    };
    match ask(facts).await {
        Ok(()) => vec![Check::ok(name, "answers")],
        Err(reason) if !needed => vec![Check::unknown(
            name,
            format!("no project has the agent bedrock; {}", reason.text),
            fix(&reason),
        )],
        Err(reason) => vec![match reason.kind {
            FaultKind::Denied | FaultKind::Broken => {
                Check::wrong(name, reason.text.clone(), fix(&reason))
            }
            FaultKind::Transient | FaultKind::Throttled => {
                reason.unknown(name, "bedrock:InvokeModel")
            }
        }],
    }
}

fn fix(reason: &Reason) -> &'static str {
    match reason.kind {
        FaultKind::Denied => {
            "allow bedrock:InvokeModel on the profile and its models, and ask for access to the model (Bedrock, Model access) in each region of the profile"
        }
        FaultKind::Broken => {
            "set HERMES_MODEL to a model or inference profile of this region: aws bedrock list-inference-profiles"
        }
        FaultKind::Transient | FaultKind::Throttled => "ask again in a minute",
    }
}

async fn ask(facts: &Facts) -> Result<(), Reason> {
    let broken = |error: aws_smithy_types::error::operation::BuildError| Reason {
        kind: FaultKind::Broken,
        text: error.to_string(),
    };
    let message = Message::builder()
        .role(ConversationRole::User)
        .content(ContentBlock::Text("Say ok.".to_owned()))
        .build()
        .map_err(broken)?;
    let question = facts.clients.bedrock.converse();
    let answer = question
        .model_id(&facts.settings().model)
        .messages(message)
        .inference_config(InferenceConfiguration::builder().max_tokens(1).build())
        .send()
        .await;
    match answer {
        Ok(_) => Ok(()),
        Err(error) => Err(fault("bedrock.converse")(error).into()),
    }
}
