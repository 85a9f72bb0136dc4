//! A prompt as Converse takes it.

use aws_sdk_bedrockruntime::error::BuildError;
use aws_sdk_bedrockruntime::types::{
    ContentBlock, ConversationRole, InferenceConfiguration, Message, SystemContentBlock,
    Tool as SdkTool, ToolConfiguration, ToolInputSchema, ToolResultBlock, ToolResultContentBlock,
    ToolResultStatus, ToolSpecification, ToolUseBlock,
};

use super::document::document;
use crate::domain::inference::{Content, InferenceLimits, Role, Tool, ToolOutcome, Turn};

pub(super) fn messages(turns: &[Turn]) -> Result<Vec<Message>, BuildError> {
    turns.iter().map(message).collect()
}

fn message(turn: &Turn) -> Result<Message, BuildError> {
    let role = match turn.role {
        Role::User => ConversationRole::User,
        Role::Assistant => ConversationRole::Assistant,
    };
    let content = turn
        .content
        .iter()
        .filter_map(|content| block(content).transpose());
    Message::builder()
        .role(role)
        .set_content(Some(content.collect::<Result<_, _>>()?))
        .build()
}

/// Converse refuses blank texts.
fn block(content: &Content) -> Result<Option<ContentBlock>, BuildError> {
    Ok(Some(match content {
        Content::Text { text } if text.trim().is_empty() => return Ok(None),
        Content::Text { text } => ContentBlock::Text(text.clone()),
        Content::ToolUse { id, name, input } => ContentBlock::ToolUse(
            ToolUseBlock::builder()
                .tool_use_id(id)
                .name(name)
                .input(document(input))
                .build()?,
        ),
        Content::ToolResult { id, text, outcome } => {
            let status = match outcome {
                ToolOutcome::Success => ToolResultStatus::Success,
                ToolOutcome::Error => ToolResultStatus::Error,
            };
            ContentBlock::ToolResult(
                ToolResultBlock::builder()
                    .tool_use_id(id)
                    .content(ToolResultContentBlock::Text(spoken(text)))
                    .status(status)
                    .build()?,
            )
        }
    }))
}

/// A tool that gives nothing gives a word all the same.
fn spoken(text: &str) -> String {
    if text.trim().is_empty() {
        "(nothing)".to_owned()
    } else {
        text.to_owned()
    }
}

pub(super) fn system(text: Option<&str>) -> Option<Vec<SystemContentBlock>> {
    let text = text.filter(|text| !text.trim().is_empty())?;
    Some(vec![SystemContentBlock::Text(text.to_owned())])
}

pub(super) fn tools(tools: &[Tool]) -> Result<Option<ToolConfiguration>, BuildError> {
    if tools.is_empty() {
        return Ok(None);
    }
    let mut configuration = ToolConfiguration::builder();
    for tool in tools {
        let specification = ToolSpecification::builder()
            .name(&tool.name)
            .description(&tool.description)
            .input_schema(ToolInputSchema::Json(document(&tool.input_schema)))
            .build()?;
        configuration = configuration.tools(SdkTool::ToolSpec(specification));
    }
    configuration.build().map(Some)
}

pub(super) fn limits(limits: InferenceLimits) -> InferenceConfiguration {
    InferenceConfiguration::builder()
        .max_tokens(i32::try_from(limits.max_tokens).unwrap_or(i32::MAX))
        .set_temperature(limits.temperature)
        .build()
}
