//! A conversation with a model that may use tools, in the words that every such service shares.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// We, with an instruction or with what tools gave.
    User,
    /// The model.
    Assistant,
}

/// A piece of what is said.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Content {
    /// Words.
    Text {
        /// The words; blank ones are left out when they are sent.
        text: String,
    },
    /// The model wants a tool to be used.
    ToolUse {
        /// Names this use in the conversation.
        id: String,
        /// The tool.
        name: String,
        /// What it is to be given, as its schema says, if the model keeps to it.
        input: Value,
    },
    /// What came of it.
    ToolResult {
        /// The use.
        id: String,
        /// What the tool gave, or why it did not work.
        text: String,
        /// Whether it worked.
        outcome: ToolOutcome,
    },
}

/// Whether a tool worked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ToolOutcome {
    /// It did.
    Success,
    /// It did not; the model may try otherwise.
    Error,
}

impl Content {
    /// Words.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }
}

impl fmt::Debug for Content {
    /// Without words: instructions and pages are not logged.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text { text } => write!(f, "Text({} bytes)", text.len()),
            Self::ToolUse { id, name, .. } => write!(f, "ToolUse({name}, {id})"),
            Self::ToolResult { id, outcome, .. } => write!(f, "ToolResult({id}, {outcome:?})"),
        }
    }
}

/// What one side says in its turn. Turns alternate, and ours comes first and last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// Who speaks.
    pub role: Role,
    /// What is said, in its order; not empty.
    pub content: Vec<Content>,
}

impl Turn {
    /// Our turn.
    pub fn user(content: Vec<Content>) -> Self {
        let role = Role::User;
        Self { role, content }
    }

    /// The model's turn.
    pub fn assistant(content: Vec<Content>) -> Self {
        let role = Role::Assistant;
        Self { role, content }
    }
}

/// A tool that the model may ask for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tool {
    /// Its name: 1 to 64 letters, digits, underscores and dashes.
    pub name: String,
    /// What it does and when to use it.
    pub description: String,
    /// JSON schema of its input: an object.
    pub input_schema: Value,
}

/// What one answer may take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InferenceLimits {
    /// Most tokens in the answer.
    pub max_tokens: u32,
    /// Randomness, 0 to 1; none: the model's own.
    pub temperature: Option<f32>,
    /// Longest wait for the answer.
    pub deadline: Duration,
}

impl Default for InferenceLimits {
    /// An answer of a few pages within five minutes, as exact as the model can.
    fn default() -> Self {
        Self {
            max_tokens: 8192,
            temperature: Some(0.0),
            deadline: Duration::from_mins(5),
        }
    }
}

/// Everything that the model is told: it remembers nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Prompt {
    /// Model or inference profile; none: the configured one.
    pub model: Option<String>,
    /// What holds for the whole conversation.
    pub system: Option<String>,
    /// The conversation so far.
    pub turns: Vec<Turn>,
    /// Tools; those of uses in the conversation must be among them.
    pub tools: Vec<Tool>,
    /// What the answer may take.
    pub limits: InferenceLimits,
}

/// Why an answer ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StopReason {
    /// All is said.
    EndTurn,
    /// It asks for tools: their results are the next turn.
    ToolUse,
    /// It has as many tokens as it may.
    MaxTokens,
    /// The conversation has become too long for the model.
    ContextFull,
    /// A filter took offence.
    Filtered,
    /// The model did not write what can be read; the same prompt may work another time.
    Malformed,
    /// Something else, as the service calls it.
    Other(String),
}

/// Tokens of one call; they are what it costs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as metrics name them")]
pub struct TokenUsage {
    pub input: u64,
    pub output: u64,
    pub cache_read: u64,
    pub cache_write: u64,
}

/// What the model says.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Words and wishes for tools, in their order; goes into the next prompt as its last turn but one.
    pub content: Vec<Content>,
    /// Why it ends.
    pub stop: StopReason,
    /// What it took.
    pub usage: TokenUsage,
}
