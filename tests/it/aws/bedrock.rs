//! Converse with tool use, over the real SDK.

use std::time::{Duration, Instant};

use hermes::adapters::aws::bedrock::BedrockInference;
use hermes::domain::inference::{
    Content, InferenceLimits, Prompt, StopReason, TokenUsage, Tool, ToolOutcome, Turn,
};
use hermes::ports::fault::FaultKind;
use hermes::ports::inference::{Inference as _, InferenceError};
use serde_json::{Value, json};

use crate::support::scripted::bedrock::{Says, ScriptedBedrock};
use crate::support::scripted::rest::Reply;

async fn model(bedrock: &ScriptedBedrock) -> BedrockInference {
    let (clients, settings) = bedrock.clients().await;
    BedrockInference::new(&clients, &settings)
}

fn a_tool() -> Tool {
    Tool {
        name: "read_file".to_owned(),
        description: "Reads a file of the website.".to_owned(),
        input_schema: json!({
            "type": "object",
            "properties": {"path": {"type": "string"}, "lines": {"type": "integer"}},
            "required": ["path"],
        }),
    }
}

fn a_prompt(text: &str) -> Prompt {
    Prompt {
        model: None,
        system: Some("You edit websites.".to_owned()),
        turns: vec![Turn::user(vec![Content::text(text)])],
        tools: vec![a_tool()],
        limits: InferenceLimits::default(),
    }
}

#[tokio::test]
async fn a_tool_is_asked_for_used_and_answered() {
    let input =
        json!({"path": "index.html", "lines": 3, "ratio": -1.5, "deep": [{"a": null}, true]});
    let wish = Says::ToolUse {
        words: "I look at it.",
        id: "tooluse_1",
        name: "read_file",
        input: input.clone(),
    };
    let bedrock = ScriptedBedrock::start([wish, Says::Text("Done.")]).await;
    let model = model(&bedrock).await;
    let mut prompt = a_prompt("Change the title");

    let answer = model.converse(&prompt).await.unwrap();
    assert_eq!(answer.stop, StopReason::ToolUse);
    let usage = TokenUsage {
        input: 120,
        output: 30,
        cache_read: 100,
        cache_write: 0,
    };
    assert_eq!(answer.usage, usage);
    let wanted = Content::ToolUse {
        id: "tooluse_1".to_owned(),
        name: "read_file".to_owned(),
        input: input.clone(),
    };
    assert_eq!(answer.content, [Content::text("I look at it."), wanted]);

    prompt.turns.push(Turn::assistant(answer.content));
    let result = |id: &str, text: &str, outcome| Content::ToolResult {
        id: id.to_owned(),
        text: text.to_owned(),
        outcome,
    };
    prompt.turns.push(Turn::user(vec![
        result("tooluse_1", "", ToolOutcome::Error),
        Content::text(" \n"),
    ]));
    let answer = model.converse(&prompt).await.unwrap();
    assert_eq!(
        (answer.stop, answer.content),
        (StopReason::EndTurn, vec![Content::text("Done.")])
    );

    let asked = bedrock.asked();
    assert_eq!(
        asked[0].model,
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
    );
    assert!(
        asked[0].headers.get("authorization").is_some(),
        "it is signed"
    );
    let body = &asked[1].body;
    assert_eq!(body["system"], json!([{"text": "You edit websites."}]));
    assert_eq!(
        body["inferenceConfig"],
        json!({"maxTokens": 8192, "temperature": 0.0})
    );
    let specification = &body["toolConfig"]["tools"][0]["toolSpec"];
    assert_eq!(specification["inputSchema"]["json"], a_tool().input_schema);
    let wish = &body["messages"][1]["content"][1]["toolUse"];
    assert_eq!(
        wish["input"], input,
        "what the model wrote comes back to it as it was"
    );
    let result = &body["messages"][2]["content"];
    assert_eq!(
        *result,
        json!([{"toolResult": {"toolUseId": "tooluse_1", "content": [{"text": "(nothing)"}], "status": "error"}}]),
        "blank texts are left out"
    );
}

#[tokio::test]
async fn every_reason_to_stop_is_told_apart() {
    let answer = |stop: &str| {
        Says::Raw(json!({
            "output": {"message": {"role": "assistant", "content": [
                {"reasoningContent": {"reasoningText": {"text": "hm", "signature": "s"}}},
                {"text": "part"},
            ]}},
            "stopReason": stop,
        }))
    };
    for (stop, expected) in [
        ("end_turn", StopReason::EndTurn),
        ("stop_sequence", StopReason::EndTurn),
        ("max_tokens", StopReason::MaxTokens),
        ("model_context_window_exceeded", StopReason::ContextFull),
        ("guardrail_intervened", StopReason::Filtered),
        ("content_filtered", StopReason::Filtered),
        ("malformed_tool_use", StopReason::Malformed),
        ("a_new_one", StopReason::Other("a_new_one".to_owned())),
    ] {
        let bedrock = ScriptedBedrock::start([answer(stop)]).await;
        let answer = model(&bedrock)
            .await
            .converse(&a_prompt("x"))
            .await
            .unwrap();
        assert_eq!(answer.stop, expected);
        assert_eq!(
            answer.content,
            [Content::text("part")],
            "thoughts are left out"
        );
        assert_eq!(answer.usage, TokenUsage::default());
    }
}

#[tokio::test]
async fn a_prompt_may_name_another_model() {
    let bedrock = ScriptedBedrock::start([Says::Text("ok")]).await;
    let mut prompt = a_prompt("x");
    prompt.model = Some("amazon.nova-lite-v1:0".to_owned());
    prompt.tools.clear();
    prompt.system = None;
    model(&bedrock).await.converse(&prompt).await.unwrap();
    let asked = bedrock.asked();
    assert_eq!(asked[0].model, "amazon.nova-lite-v1:0");
    let fields: Vec<&String> = asked[0].body.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["inferenceConfig", "messages"]);
}

#[tokio::test]
async fn a_throttle_is_waited_out_and_four_in_a_row_are_told() {
    let bedrock = ScriptedBedrock::start([Says::throttled(), Says::Text("ok")]).await;
    let model = model(&bedrock).await;
    model.converse(&a_prompt("x")).await.unwrap();
    assert_eq!(bedrock.asked().len(), 2);

    let patience = Reply::Error(
        429,
        "ThrottlingException",
        "Too many tokens".to_owned(),
        vec![("retry-after", "7")],
    );
    bedrock.next([
        Says::throttled(),
        Says::throttled(),
        Says::Trouble(patience),
    ]);
    let error = model.converse(&a_prompt("x")).await.unwrap_err();
    let InferenceError::Throttled { retry_after } = error else {
        panic!("{error:?}");
    };
    assert_eq!(retry_after, Some(Duration::from_secs(7)));
    assert_eq!(bedrock.asked().len(), 5);
}

type Is = fn(&InferenceError) -> bool;

#[tokio::test]
async fn errors_say_who_can_help() {
    let long = "The model returned the following errors: Input is too long for requested model.";
    let profile = "Invocation of model ID x with on-demand throughput isn\u{2019}t supported.";
    let denied: Is =
        |error| matches!(error, InferenceError::ModelDenied(why) if why.contains("HERMES_MODEL"));
    let invalid: Is =
        |error| matches!(error, InferenceError::Invalid(why) if why.contains("too long"));
    let timeout: Is = |error| matches!(error, InferenceError::Timeout(_));
    let transient: Is =
        |error| matches!(error, InferenceError::Backend(fault) if fault.is_transient());
    let no_rights: Is =
        |error| matches!(error, InferenceError::Backend(fault) if fault.kind == FaultKind::Denied);
    let cases: [(u16, &str, &str, Is); 7] = [
        (
            403,
            "AccessDeniedException",
            "You don't have access to the model.",
            denied,
        ),
        (
            404,
            "ResourceNotFoundException",
            "Model use case details have not been submitted",
            denied,
        ),
        (400, "ValidationException", profile, denied),
        (400, "ValidationException", long, invalid),
        (408, "ModelTimeoutException", "too long", timeout),
        (424, "ModelErrorException", "failed", transient),
        (
            403,
            "UnrecognizedClientException",
            "The security token is invalid.",
            no_rights,
        ),
    ];
    for (status, code, message, is) in cases {
        let trouble = Says::error(status, code, message);
        let bedrock = ScriptedBedrock::start([trouble.clone(), trouble.clone(), trouble]).await;
        let error = model(&bedrock)
            .await
            .converse(&a_prompt("x"))
            .await
            .unwrap_err();
        assert!(is(&error), "{code} {message}: {error:?}");
    }
}

#[tokio::test]
async fn a_model_that_hangs_is_given_up_at_the_deadline_and_not_asked_again() {
    let bedrock = ScriptedBedrock::start([Says::Trouble(Reply::Hang)]).await;
    let mut prompt = a_prompt("x");
    prompt.limits.deadline = Duration::from_millis(200);
    let begin = Instant::now();
    let error = model(&bedrock).await.converse(&prompt).await.unwrap_err();
    assert!(matches!(error, InferenceError::Timeout(_)), "{error:?}");
    assert!(begin.elapsed() < Duration::from_secs(20));
    bedrock.rest().given_up(1).await;
    assert_eq!(bedrock.asked().len(), 1);
}

#[tokio::test]
async fn a_call_that_is_dropped_is_dropped_on_the_wire_too() {
    let bedrock = ScriptedBedrock::start([Says::Trouble(Reply::Hang), Says::Text("ok")]).await;
    let model = model(&bedrock).await;
    let prompt = a_prompt("x");
    tokio::select! {
        answer = model.converse(&prompt) => panic!("{answer:?}"),
        () = bedrock.rest().begun(1) => {}
    }
    bedrock.rest().given_up(1).await;
    model.converse(&prompt).await.unwrap();
}

#[tokio::test]
async fn a_probe_asks_for_a_word() {
    let bedrock = ScriptedBedrock::start([Says::Text("ok")]).await;
    model(&bedrock).await.probe().await.unwrap();
    let body: Value = bedrock.asked()[0].body.clone();
    assert_eq!(body["inferenceConfig"], json!({"maxTokens": 4}));
}
