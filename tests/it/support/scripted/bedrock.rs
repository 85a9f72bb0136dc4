//! Bedrock's Converse with tool use, which no emulator has: answers by script, requests checked as the service checks them.

use axum::http::HeaderMap;
use hermes::adapters::aws::Clients;
use hermes::config::AwsSettings;
use serde_json::{Value, json};

use super::rest::{Reply, ScriptedRest};

/// What the model says.
#[derive(Debug, Clone)]
pub(crate) enum Says {
    /// Words, and that is all.
    Text(&'static str),
    /// Words, then a wish for a tool.
    ToolUse {
        words: &'static str,
        id: &'static str,
        name: &'static str,
        input: Value,
    },
    /// An answer as it stands.
    Raw(Value),
    /// Something that is no answer.
    Trouble(Reply),
}

impl Says {
    /// An error of Converse.
    pub(crate) fn error(status: u16, code: &'static str, message: &str) -> Self {
        Self::Trouble(Reply::error(status, code, message))
    }

    /// Bedrock's throttle.
    pub(crate) fn throttled() -> Self {
        let message = "Too many requests, please wait before trying again.";
        Self::error(429, "ThrottlingException", message)
    }

    fn reply(self) -> Reply {
        let (content, stop) = match self {
            Self::Text(text) => (json!([{"text": text}]), "end_turn"),
            Self::ToolUse {
                words,
                id,
                name,
                input,
            } => {
                let wish = json!({"toolUse": {"toolUseId": id, "name": name, "input": input}});
                (json!([{"text": words}, wish]), "tool_use")
            }
            Self::Raw(body) => return Reply::ok(body),
            Self::Trouble(reply) => return reply,
        };
        Reply::ok(json!({
            "output": {"message": {"role": "assistant", "content": content}},
            "stopReason": stop,
            "usage": {"inputTokens": 120, "outputTokens": 30, "totalTokens": 150, "cacheReadInputTokens": 100},
            "metrics": {"latencyMs": 12},
        }))
    }
}

/// The server.
pub(crate) struct ScriptedBedrock {
    rest: ScriptedRest,
}

/// One request of Converse.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// The model in the path.
    pub(crate) model: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl ScriptedBedrock {
    /// Starts it with its first answers.
    pub(crate) async fn start(says: impl IntoIterator<Item = Says>) -> Self {
        let rest = ScriptedRest::start(says.into_iter().map(Says::reply)).await;
        Self { rest }
    }

    /// Adds answers.
    pub(crate) fn next(&self, says: impl IntoIterator<Item = Says>) {
        self.rest.next(says.into_iter().map(Says::reply));
    }

    /// Settings that lead to it, and clients over them.
    pub(crate) async fn clients(&self) -> (Clients, AwsSettings) {
        self.rest.clients().await
    }

    /// The server below.
    pub(crate) fn rest(&self) -> &ScriptedRest {
        &self.rest
    }

    /// All requests so far, each one that Bedrock would take.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        let heard = self.rest.heard().into_iter();
        heard
            .map(|heard| {
                let path = heard.call.strip_prefix("POST /model/");
                let model = path.and_then(|path| path.strip_suffix("/converse"));
                let model = model.unwrap_or_else(|| panic!("no Converse: {}", heard.call));
                check(&heard.body);
                Asked {
                    model: model.replace("%3A", ":"),
                    headers: heard.headers,
                    body: heard.body,
                }
            })
            .collect()
    }
}

/// What Bedrock answers with `ValidationException`.
fn check(body: &Value) {
    let messages = body["messages"].as_array().expect("messages");
    let mut uses: Vec<&str> = Vec::new();
    for (n, message) in messages.iter().enumerate() {
        let role = if n % 2 == 0 { "user" } else { "assistant" };
        assert_eq!(message["role"], role, "roles alternate: {messages:?}");
        let content = message["content"].as_array().expect("content");
        assert!(!content.is_empty(), "no turn is empty");
        for block in content {
            if let Some(text) = block.get("text") {
                assert!(
                    !text.as_str().unwrap().trim().is_empty(),
                    "no text is blank"
                );
            }
            if let Some(wish) = block.get("toolUse") {
                assert!(wish["input"].is_object());
                uses.push(wish["toolUseId"].as_str().unwrap());
            }
            if let Some(result) = block.get("toolResult") {
                let id = result["toolUseId"].as_str().unwrap();
                assert!(uses.contains(&id), "a result belongs to a use: {id}");
                assert!(!result["content"].as_array().unwrap().is_empty());
            }
        }
    }
    assert!(messages.len() % 2 == 1, "the last turn is the user's");
    assert!(
        uses.is_empty() || body.get("toolConfig").is_some(),
        "tools that were used must be named"
    );
}
