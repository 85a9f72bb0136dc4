//! Every way of asking wrongly gets a problem with a stable code.

use axum::http::Method;
use serde_json::json;

use super::app::{TestApp, instruction};

const ACTIVATE: &str = "/hermes/api/sessions/activate";

#[tokio::test]
async fn a_problem_as_clients_see_it() {
    let app = TestApp::start();
    let body = json!({"clientId": "", "userId": 7, "instruction": " ", "threadId": "a b", "metadata": "m"});
    let call = app
        .post(ACTIVATE)
        .header("idempotency-key", "a b")
        .json(&body);
    let answer = call.header("x-request-id", "mine-1").send().await;
    insta::assert_json_snapshot!(answer.is_problem(400, "validation_failed"));
}

#[tokio::test]
async fn bodies_that_cannot_be_read() {
    let app = TestApp::start();
    let large = "x".repeat(256 * 1024);
    for (kind, body, status, code) in [
        ("application/json", "{", 400, "invalid_json"),
        ("application/json", "", 400, "invalid_json"),
        ("application/json", "[]", 400, "validation_failed"),
        ("application/json", "{}", 400, "validation_failed"),
        ("text/plain", "{}", 415, "unsupported_media_type"),
        (
            "application/x-www-form-urlencoded",
            "a=b",
            415,
            "unsupported_media_type",
        ),
        (
            "application/json",
            &format!("{{\"a\":\"{large}\"}}"),
            413,
            "too_large",
        ),
    ] {
        let answer = app.post(ACTIVATE).body(kind, body).send().await;
        answer.is_problem(status, code);
    }
    let text = instruction().to_string();
    let charset = app
        .post(ACTIVATE)
        .body("Application/JSON; charset=utf-8", text);
    charset.send().await.expect(201);
    let unsized_body = format!("{{\"a\":\"{large}\"}}");
    let call = app.post(ACTIVATE).body("application/json", unsized_body);
    let answer = call.without("content-length").send().await;
    answer.is_problem(413, "too_large");
}

#[tokio::test]
async fn the_largest_instruction_fits_and_the_next_does_not() {
    let app = TestApp::start();
    for (length, status) in [(32 * 1024, 201), (32 * 1024 + 1, 400)] {
        let mut body = instruction();
        body["instruction"] = json!("x".repeat(length));
        app.post(ACTIVATE).json(&body).send().await.expect(status);
    }
}

#[tokio::test]
async fn addresses_and_methods_that_are_not_there() {
    let app = TestApp::start();
    for path in [
        "/nothing",
        "/hermes/api",
        "/hermes/api/sessions",
        "/hermes/api/sessions/a/b/c",
        "//",
    ] {
        let answer = app.get(path).send().await;
        answer.is_problem(404, "not_found");
    }
    for (method, path, allow) in [
        (Method::GET, ACTIVATE, "POST"),
        (Method::DELETE, "/hermes/api/mail", "GET,HEAD,POST"),
        (Method::POST, "/health", "GET,HEAD"),
        (Method::OPTIONS, "/hermes/api/sessions/x/status", "GET,HEAD"),
        (Method::PUT, "/hermes/preview/ses-1/", "GET,HEAD"),
    ] {
        let answer = app.call(method, path).send().await;
        answer.is_problem(405, "method_not_allowed");
        assert_eq!(answer.header("allow"), allow, "{path}");
    }
}

#[tokio::test]
async fn ids_that_cannot_be_are_unknown_like_any_other() {
    let app = TestApp::start();
    for (path, code) in [
        ("/hermes/api/sessions/a%20b/status", "unknown_session"),
        ("/hermes/api/sessions/ses-1/status", "unknown_session"),
        ("/hermes/api/sessions/ses-1/commands", "unknown_session"),
        ("/hermes/api/sessions/ses-1/events", "unknown_session"),
        ("/hermes/api/sessions/%FF/events", "unknown_session"),
        ("/hermes/api/commands/cmd-1", "unknown_command"),
        ("/hermes/api/commands/%00", "unknown_command"),
        ("/hermes/api/mail/msg-1", "unknown_message"),
        ("/hermes/api/mail/a%2Fb", "unknown_message"),
    ] {
        app.get(path).send().await.is_problem(404, code);
    }
    let replay = app.post("/hermes/api/mail/msg-1/replay").send().await;
    replay.is_problem(404, "unknown_message");
    let message = app.post("/hermes/api/sessions/ses-1/messages");
    let message = message.json(&json!({"instruction": "x"})).send().await;
    message.is_problem(404, "unknown_session");
}

#[tokio::test]
async fn queries_that_cannot_be() {
    let app = TestApp::start();
    let session = app.session().await;
    for path in [
        "/hermes/api/sessions/client/demo?limit=0".to_owned(),
        "/hermes/api/sessions/client/demo?limit=101".to_owned(),
        "/hermes/api/sessions/client/demo?limit=ten".to_owned(),
        "/hermes/api/sessions/client/demo?cursor=%20".to_owned(),
        "/hermes/api/sessions/client/a%20b?limit=0".to_owned(),
        format!("/hermes/api/sessions/{session}/commands?limit=-1"),
        format!("/hermes/api/sessions/{session}/events?after=x"),
        "/hermes/api/mail?limit=1000".to_owned(),
    ] {
        app.get(&path)
            .send()
            .await
            .is_problem(400, "validation_failed");
    }
    let events = app.get(&format!("/hermes/api/sessions/{session}/events"));
    let answer = events.header("last-event-id", "x").send().await;
    answer.is_problem(400, "validation_failed");
    let replay = app
        .post("/hermes/api/mail/msg-1/replay?force=maybe")
        .send()
        .await;
    replay.is_problem(400, "validation_failed");
}

#[tokio::test]
async fn slashes_at_the_end_do_not_matter() {
    let app = TestApp::start();
    app.get("/health/").send().await.expect(200);
    app.get("/hermes/health/ready/").send().await.expect(200);
    let session = app.session().await;
    app.get(&format!("/hermes/api/sessions/{session}/status/"))
        .send()
        .await
        .expect(200);
    app.post(&format!("/hermes/api/sessions/{session}/keepalive/"))
        .send()
        .await
        .expect(200);
    let answer = app
        .post("/hermes/api/sessions/activate/")
        .json(&instruction())
        .send()
        .await;
    answer.expect(201);
}

#[tokio::test]
async fn every_answer_names_its_request() {
    let app = TestApp::start();
    let theirs = app
        .get("/health")
        .header("x-request-id", "Root=1-67")
        .send()
        .await;
    assert_eq!(theirs.header("x-request-id"), "Root=1-67");
    let ours = app
        .get("/health")
        .header("x-request-id", "a b")
        .send()
        .await;
    assert!(!ours.header("x-request-id").is_empty() && ours.header("x-request-id") != "a b");
    assert_eq!(ours.header("x-content-type-options"), "nosniff");
    assert_eq!(ours.header("cache-control"), "no-store");
}
