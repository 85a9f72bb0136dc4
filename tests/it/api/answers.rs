//! Whole bodies, as clients have come to know them.

use std::time::Duration;

use hermes::domain::command::{CommandResult, CommandState};
use hermes::domain::event::{EventDraft, EventKind};
use hermes::ports::ledger::Write;
use insta::assert_json_snapshot;
use regex::Regex;
use serde_json::{Value, json};

use super::app::{TestApp, instruction};
use crate::support::records::id;

/// The same with a word for each id: they are different in every run of a service.
fn without_ids(all: &Value) -> Value {
    let mut text = all.to_string();
    for (id, word) in [
        ("ses-[0-9a-f-]{36}", "[session]"),
        ("cmd-[0-9a-f-]{36}", "[command]"),
        ("evt_[0-9a-f]{24}", "[event]"),
        ("msg-[0-9a-f]{32}", "[row]"),
        ("(?<key>\"threadId\":\")[a-z0-9]{20}", "${key}[thread]"),
        ("(?<key>\"containerId\":\")[a-z0-9-]+", "${key}[container]"),
        ("(?<key>\"requestId\":\")[a-z0-9-]+", "${key}[request]"),
    ] {
        text = Regex::new(id)
            .unwrap()
            .replace_all(&text, word)
            .into_owned();
    }
    serde_json::from_str(&text).unwrap()
}

/// Ends the newest command of a session, as the results of a worker do.
async fn succeed(app: &TestApp, session: &str) {
    let session = app.ports.sessions.get(&id(session)).await.unwrap().unwrap();
    let command = session.last_command.clone().unwrap();
    let mut command = app.ports.commands.get(&command).await.unwrap().unwrap();
    let now = app.ports.clock.now();
    command.state = CommandState::Succeeded;
    command.started_at = Some(now);
    command.ended_at = Some(now);
    command.result = Some(CommandResult {
        summary: Some("Opening hours are now 7-6".to_owned()),
        files_changed: vec!["contact.html".to_owned()],
        git_commit: Some("9f1c2e".to_owned()),
        deploy_success: Some(true),
        ..CommandResult::default()
    });
    let kind = EventKind::PreviewReady {
        preview_url: session.preview_url.clone(),
        git_commit: None,
    };
    let event = EventDraft::of(&session, now, kind);
    let writes = vec![Write::Command(Box::new(command)), Write::Event(event)];
    app.ports.ledger.commit(writes).await.unwrap();
}

#[tokio::test]
async fn a_session_from_its_beginning_to_its_end() {
    let app = TestApp::start();
    let mut request = instruction();
    request["metadata"] = json!({"any": ["thing"]});
    request["unknown"] = json!(1);
    let activated = app
        .post("/hermes/api/sessions/activate")
        .json(&request)
        .send()
        .await;
    let activated = activated.expect(201);
    let session = activated["sessionId"].as_str().unwrap();
    let at = |what: &str| format!("/hermes/api/sessions/{session}/{what}");
    succeed(&app, session).await;
    app.advance(Duration::from_mins(2));
    let status = app.get(&at("status")).send().await.expect(200);
    let kept = app.post(&at("keepalive")).send().await.expect(200);
    let list = app
        .get("/hermes/api/sessions/client/demo")
        .send()
        .await
        .expect(200);
    let commands = app.get(&at("commands")).send().await.expect(200);
    let command = format!(
        "/hermes/api/commands/{}",
        activated["commandId"].as_str().unwrap()
    );
    let command = app.get(&command).send().await.expect(200);
    assert_eq!(commands[0], command);
    let page = app.get(&at("events")).header("accept", "application/json");
    let events = page.send().await.expect(200);
    let message = app
        .post(&at("messages"))
        .json(&json!({"instruction": " and then? "}));
    let message = message.send().await.expect(202);
    let draining = app.post(&at("deactivate")).send().await.expect(202);
    let again = app.post(&at("deactivate")).send().await.expect(200);
    let all = json!({
        "activated": activated, "status": status, "kept": kept, "list": list, "commands": commands, "events": events,
        "message": message, "draining": draining, "again": again,
    });
    assert_json_snapshot!(without_ids(&all));
}

#[tokio::test]
async fn mail_and_the_journal() {
    let app = TestApp::start();
    let mail = "From: Test <test@example.com>\r\nTo: edit+demo@hermes.localhost\r\nSubject: Hours\r\n\
        Message-ID: <1@example.com>\r\nDate: Sat, 21 Nov 2026 14:00:00 +0000\r\n\r\nreplace 8 am with 7 am\r\n";
    let post = || app.post("/hermes/api/mail").body("message/rfc822", mail);
    let received = post().send().await.expect(202);
    let duplicate = post().send().await.expect(202);
    let list = app.get("/hermes/api/mail").send().await.expect(200);
    let row = format!(
        "/hermes/api/mail/{}",
        received["journalId"].as_str().unwrap()
    );
    assert_eq!(app.get(&row).send().await.expect(200), list[0]);
    let again = app.post(&format!("{row}/replay")).send().await;
    let again = again.is_problem(409, "has_command");
    let forced = app
        .post(&format!("{row}/replay?force=true"))
        .send()
        .await
        .expect(202);
    let all = json!({
        "received": received, "duplicate": duplicate, "list": list, "again": again, "forced": forced,
    });
    assert_json_snapshot!(without_ids(&all));
}
