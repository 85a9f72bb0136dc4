//! What Converse answers, in our words.

use aws_sdk_bedrockruntime::operation::converse::ConverseOutput;
use aws_sdk_bedrockruntime::types::{
    ContentBlock, ConverseOutput as Said, StopReason as SdkStop, TokenUsage as SdkUsage,
};

use super::document::value;
use crate::domain::inference::{Answer, Content, StopReason, TokenUsage};

/// `None` when there is nothing in it.
pub(super) fn answer(output: ConverseOutput) -> Option<Answer> {
    let Some(Said::Message(message)) = output.output else {
        return None;
    };
    Some(Answer {
        content: message.content.into_iter().filter_map(content).collect(),
        stop: stop(&output.stop_reason),
        usage: output.usage.as_ref().map(usage).unwrap_or_default(),
    })
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the SDK adds kinds with each version"
)]
/// We ask for words and tools only; what a model thinks to itself is not sent back to it, and is not asked for either.
fn content(block: ContentBlock) -> Option<Content> {
    match block {
        ContentBlock::Text(text) => Some(Content::Text { text }),
        ContentBlock::ToolUse(wish) => Some(Content::ToolUse {
            id: wish.tool_use_id,
            name: wish.name,
            input: value(&wish.input),
        }),
        other => {
            let kind = format!("{other:?}");
            let kind = kind.split('(').next().unwrap_or_default();
            tracing::debug!("a model's answer has a part of the kind {kind}, which is left out");
            None
        }
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the SDK adds reasons with each version"
)]
fn stop(reason: &SdkStop) -> StopReason {
    match reason {
        SdkStop::EndTurn | SdkStop::StopSequence => StopReason::EndTurn,
        SdkStop::ToolUse => StopReason::ToolUse,
        SdkStop::MaxTokens => StopReason::MaxTokens,
        SdkStop::ModelContextWindowExceeded => StopReason::ContextFull,
        SdkStop::ContentFiltered | SdkStop::GuardrailIntervened => StopReason::Filtered,
        SdkStop::MalformedModelOutput | SdkStop::MalformedToolUse => StopReason::Malformed,
        other => StopReason::Other(other.as_str().to_owned()),
    }
}

fn usage(usage: &SdkUsage) -> TokenUsage {
    let count = |tokens: i32| u64::try_from(tokens).unwrap_or(0);
    TokenUsage {
        input: count(usage.input_tokens),
        output: count(usage.output_tokens),
        cache_read: usage.cache_read_input_tokens.map(count).unwrap_or_default(),
        cache_write: usage
            .cache_write_input_tokens
            .map(count)
            .unwrap_or_default(),
    }
}
