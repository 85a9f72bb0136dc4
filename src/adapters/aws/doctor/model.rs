//! Access to the model.

use super::super::bedrock::BedrockInference;
use super::super::signed::reason;
use super::facts::Facts;
use crate::domain::check::Check;
use crate::domain::project::AgentChoice;
use crate::ports::inference::{Inference as _, InferenceError};

/// Asks for a word: access can't be seen in any other way that counts.
pub(super) async fn look(facts: &Facts) -> Vec<Check> {
    const FIX: &str = "ask for access to it (Bedrock, Model access) in each region of its inference profile, allow bedrock:InvokeModel, or set HERMES_MODEL to one of: aws bedrock list-inference-profiles";
    let name = format!("model {}", facts.settings().model);
    let inference = BedrockInference::new(&facts.clients, facts.settings());
    let Err(error) = inference.probe().await else {
        return vec![Check::ok(name, "answers")];
    };
    let text = if let InferenceError::Backend(fault) = &error {
        reason(fault)
    } else {
        error.to_string()
    };
    let needed = match facts.projects().await {
        Ok(projects) => projects
            .iter()
            .any(|project| project.agent == AgentChoice::Bedrock),
        Err(_) => true,
    };
    vec![if !needed {
        let detail = format!("not needed: no project has the agent bedrock; {text}");
        Check::unknown(name, detail, FIX)
    } else if error.is_transient() {
        Check::unknown(name, text, "ask again in a minute")
    } else {
        Check::wrong(name, text, FIX)
    }]
}
