//! Sessions: what each call does and answers, beside the bodies that `answers` holds.

use std::time::Duration;

use hermes::ports::clock::Clock as _;
use serde_json::json;

use super::app::{TestApp, instruction};
use crate::support::ManualClock;

const ACTIVATE: &str = "/hermes/api/sessions/activate";

fn at(session: &str, what: &str) -> String {
    format!("/hermes/api/sessions/{session}/{what}")
}

#[tokio::test]
async fn a_thread_that_is_live_answers_200_and_the_same_session() {
    let app = TestApp::start();
    let first = app.activate().await;
    let mut more = instruction();
    more["threadId"] = first["threadId"].clone();
    let second = app.post(ACTIVATE).json(&more).send().await.expect(200);
    assert_eq!(second["sessionId"], first["sessionId"]);
    assert_eq!(second["status"], "initializing");
    assert_ne!(second["commandId"], first["commandId"]);
}

#[tokio::test]
async fn a_thread_that_drains_is_activated_again_under_its_id() {
    let app = TestApp::start();
    let first = app.activate().await;
    let session = first["sessionId"].as_str().unwrap();
    app.post(&at(session, "deactivate"))
        .send()
        .await
        .expect(202);
    let mut more = instruction();
    more["threadId"] = first["threadId"].clone();
    let woken = app.post(ACTIVATE).json(&more).send().await.expect(201);
    assert_eq!(woken["sessionId"], first["sessionId"]);
    assert_eq!(woken["status"], "initializing");
}

#[tokio::test]
async fn a_thread_of_somebody_else_or_of_nobody_is_unknown() {
    let app = TestApp::start();
    let first = app.activate().await;
    let mut foreign = instruction();
    foreign["threadId"] = first["threadId"].clone();
    foreign["clientId"] = json!("other");
    let answer = app.post(ACTIVATE).json(&foreign).send().await;
    answer.is_problem(404, "unknown_thread");
    let mut made_up = instruction();
    made_up["threadId"] = json!("my-own-thread");
    let answer = app.post(ACTIVATE).json(&made_up).send().await;
    answer.is_problem(404, "unknown_thread");
}

#[tokio::test]
async fn projects_decide_who_may_activate() {
    let app = TestApp::start();
    for (client, user, project, status, code) in [
        (
            "acme",
            "ann@example.com",
            Some("nowhere"),
            404,
            "unknown_project",
        ),
        // the open project takes any client, so acme has three
        ("acme", "ann@example.com", None, 400, "project_required"),
        ("acme", "bob@example.com", Some("shop"), 403, "not_a_member"),
        ("acme", "u-look", Some("shop"), 403, "viewer_only"),
        (
            "other",
            "ann@example.com",
            Some("shop"),
            404,
            "unknown_project",
        ),
    ] {
        let body =
            json!({"clientId": client, "userId": user, "instruction": "x", "projectId": project});
        let answer = app.post(ACTIVATE).json(&body).send().await;
        answer.is_problem(status, code);
    }
}

#[tokio::test]
async fn an_idempotency_key_gives_the_first_answer_for_a_day() {
    let app = TestApp::start();
    let post = |body| {
        app.post(ACTIVATE)
            .header("idempotency-key", "k-1")
            .json(body)
    };
    let same = instruction();
    let first = post(&same).send().await.expect(201);
    app.advance(Duration::from_mins(5));
    assert_eq!(post(&same).send().await.expect(201), first);
    let mut other = instruction();
    other["instruction"] = json!("something else");
    let answer = post(&other).send().await;
    answer.is_problem(422, "idempotency_key_reused");
    app.advance(Duration::from_hours(24));
    assert_ne!(
        post(&other).send().await.expect(201)["sessionId"],
        first["sessionId"]
    );
}

#[tokio::test]
async fn s3_keepalive_extends_and_is_no_activity_of_the_container() {
    let app = TestApp::start();
    let session = app.session().await;
    let path = at(&session, "keepalive");
    let first = app.post(&path).send().await.expect(200);
    app.advance(Duration::from_mins(10));
    let later = app.post(&path).json(&json!({})).send().await.expect(200);
    assert_eq!(
        later["ttl"].as_i64().unwrap() - first["ttl"].as_i64().unwrap(),
        600
    );
    let status = app.get(&at(&session, "status")).send().await.expect(200);
    assert_eq!(
        (&status["container"], &status["ttl"]),
        (&json!("stopped"), &later["ttl"])
    );
}

#[tokio::test]
async fn s3_keepalive_of_what_is_over_says_so_in_status_words() {
    let app = TestApp::start();
    let session = ended_session(&app).await;
    for (path, status, code) in [
        (at(&session, "keepalive"), 410, "session_expired"),
        (at("ses-unknown", "keepalive"), 404, "unknown_session"),
        (at("not%20an%20id", "keepalive"), 404, "unknown_session"),
    ] {
        let problem = app.post(&path).send().await.is_problem(status, code);
        assert_eq!(
            (&problem["ttl"], &problem["status"]),
            (&json!(0), &json!("expired"))
        );
    }
}

/// A session whose only command was cancelled: an empty container is what `succeed` in a worker leaves behind.
async fn ended_session(app: &TestApp) -> String {
    use crate::support::records::{a_session, id};
    use hermes::ports::ledger::Write;
    let session = a_session(1);
    app.ports
        .ledger
        .commit(vec![Write::Session(session)])
        .await
        .unwrap();
    app.advance(Duration::from_mins(30));
    let id: hermes::domain::ids::SessionId = id("ses-1");
    id.to_string()
}

#[tokio::test]
async fn s3_keepalive_while_draining_is_told_when_to_come_again() {
    let app = TestApp::start();
    let session = app.session().await;
    app.post(&at(&session, "deactivate"))
        .send()
        .await
        .expect(202);
    let answer = app.post(&at(&session, "keepalive")).send().await;
    answer.is_problem(409, "session_draining");
    assert_eq!(answer.header("retry-after"), "5");
}

#[tokio::test]
async fn s9_deactivating_what_has_ended_is_no_error() {
    let app = TestApp::start();
    let session = ended_session(&app).await;
    let answer = app
        .post(&at(&session, "deactivate"))
        .send()
        .await
        .expect(200);
    assert_eq!(answer["status"], "expired");
    let answer = app.post(&at("ses-unknown", "deactivate")).send().await;
    answer.is_problem(404, "unknown_session");
}

#[tokio::test]
async fn an_expired_session_says_so_until_its_row_is_gone() {
    let app = TestApp::start();
    let session = ended_session(&app).await;
    let status = app.get(&at(&session, "status")).send().await.expect(200);
    assert_eq!(status["status"], "expired");
    let list = app
        .get("/hermes/api/sessions/client/acme")
        .send()
        .await
        .expect(200);
    assert_eq!(list, json!([]));
}

#[tokio::test]
async fn s10_a_list_goes_on_where_its_link_says() {
    let app = TestApp::start();
    let mut sessions = Vec::new();
    for _ in 0..5 {
        sessions.insert(0, app.session().await);
        app.advance(Duration::from_secs(1));
    }
    let mut path = "/hermes/api/sessions/client/demo?limit=2".to_owned();
    let mut seen = Vec::new();
    for page in 1..=3 {
        let answer = app.get(&path).send().await;
        let rows = answer.expect(200);
        seen.extend(
            rows.as_array()
                .unwrap()
                .iter()
                .map(|row| row["sessionId"].as_str().unwrap().to_owned()),
        );
        let link = answer.header("link");
        if page == 3 {
            assert_eq!(link, "");
        } else {
            let (next, rel) = link[1..].split_once('>').unwrap();
            assert_eq!(rel, "; rel=\"next\"");
            next.clone_into(&mut path);
        }
    }
    assert_eq!(seen, sessions, "last active first, each once");
}

#[tokio::test]
async fn s10_a_client_that_nobody_knows_has_no_sessions() {
    let app = TestApp::start();
    for client in ["nobody", "not%20an%20id", "%FF"] {
        let path = format!("/hermes/api/sessions/client/{client}");
        assert_eq!(
            app.get(&path).send().await.expect(200),
            json!([]),
            "{client}"
        );
    }
}

#[tokio::test]
async fn asking_is_no_activity() {
    let app = TestApp::start();
    let session = app.session().await;
    app.advance(Duration::from_mins(5));
    let status = app.get(&at(&session, "status")).send().await.expect(200);
    assert_eq!(status["lastActivity"], ManualClock::START.rfc3339());
    assert!(app.clock.now() > ManualClock::START);
}
