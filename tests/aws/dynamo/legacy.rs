//! Rows that other tools write straight into the table of sessions.

use std::time::Duration;

use hermes::domain::session::{Keepalive, Lifetimes, MAX_LIFETIME, Session, SessionStatus};
use hermes::ports::ledger::Write;
use hermes::ports::session_store::SessionStore;
use serde_json::json;

use super::lab::{Lab, conflict, number, text, write};
use crate::support::records::*;

trials![
    a_row_of_another_tool_is_read_like_any_other,
    what_a_row_leaves_out_is_filled_in,
    times_and_states_are_read_however_they_are_written,
    rows_of_nobody_are_ignored,
    s3_a_legacy_row_is_kept_alive_and_keeps_what_is_not_ours,
    a_legacy_row_is_deactivated,
    s3_a_legacy_row_that_was_deleted_meanwhile_is_not_brought_back,
    our_rows_have_the_names_and_units_that_other_tools_read,
];

const LIFETIMES: Lifetimes = Lifetimes {
    idle: Duration::from_mins(30),
    max: MAX_LIFETIME,
};

/// As the service that came before wrote it a minute ago.
async fn a_legacy_row(lab: &Lab, id: &str) {
    let then = lab.now() - Duration::from_mins(1);
    lab.put_session(json!({
        "sessionId": id,
        "userId": "amelia@example.com",
        "clientId": "acme",
        "status": "active",
        "lastActivity": then.as_millis(),
        "ttl": (then + LIFETIMES.idle).as_secs(),
        "threadId": "thread9",
        "previewUrl": "https://edit.example.com/acme/",
        "editBranch": "edit/9",
        "fargateTaskArn": "arn:aws:ecs:us-west-2:1:task/1",
        "containerIp": "10.0.0.7",
    }))
    .await;
}

async fn listed(lab: &Lab) -> Vec<String> {
    let store = lab.store();
    let page = store
        .list_by_client(&id("acme"), lab.now(), 100, None)
        .await;
    let sessions = page.unwrap().items;
    sessions.iter().map(|s| s.session_id.to_string()).collect()
}

async fn get(lab: &Lab, name: &str) -> Option<Session> {
    SessionStore::get(&lab.store(), &id(name)).await.unwrap()
}

async fn a_row_of_another_tool_is_read_like_any_other() {
    let lab = Lab::new().await;
    a_legacy_row(&lab, "old-1").await;
    let session = get(&lab, "old-1").await.unwrap();
    assert_eq!(session.status_at(lab.now()), SessionStatus::Active);
    assert_eq!(session.thread_id, id("thread9"));
    assert_eq!(session.edit_branch, "edit/9");
    assert_eq!(session.preview_url, "https://edit.example.com/acme/");
    assert_eq!(session.open_commands, 0);
    assert_eq!(listed(&lab).await, ["old-1"]);
}

async fn what_a_row_leaves_out_is_filled_in() {
    let lab = Lab::new().await;
    let bare = json!({ "sessionId": "old-1", "userId": "u", "clientId": "acme" });
    lab.put_session(bare).await;
    let session = get(&lab, "old-1").await.unwrap();
    assert_eq!(session.thread_id, id("old-1"));
    assert_eq!(session.edit_branch, "thread-old-1");
    assert_eq!(session.project_id, id("default"));
    assert_eq!(session.status_at(lab.now()), SessionStatus::Expired); // nobody knows since when

    lab.put_session(json!({
        "sessionId": "old-2",
        "userId": "u",
        "clientId": "acme",
        "lastActivity": lab.now().as_millis(),
    }))
    .await;
    let session = get(&lab, "old-2").await.unwrap();
    assert_eq!(session.status_at(lab.now()), SessionStatus::Active);
    assert_eq!(session.ttl, lab.now() + LIFETIMES.idle);
    assert_eq!(session.created_at, lab.now());
    assert_eq!(listed(&lab).await, ["old-2"]);
}

async fn times_and_states_are_read_however_they_are_written() {
    let lab = Lab::new().await;
    let ttl = lab.now() + Duration::from_mins(5);
    for (name, written) in [
        ("old-1", json!(ttl.as_secs())),
        ("old-2", json!(ttl.as_millis())),
        ("old-3", json!(ttl.as_secs().to_string())),
        ("old-4", json!(ttl.rfc3339())),
    ] {
        lab.put_session(json!({
            "sessionId": name,
            "userId": "u",
            "clientId": "acme",
            "status": "ACTIVE",
            "lastActivity": lab.now().as_millis(),
            "createdAt": lab.now().rfc3339(),
            "ttl": written,
        }))
        .await;
        let session = get(&lab, name).await.unwrap();
        assert_eq!(
            (session.ttl, session.created_at),
            (ttl, lab.now()),
            "{name}"
        );
    }
    let mut all = listed(&lab).await;
    all.sort();
    assert_eq!(all, ["old-1", "old-2", "old-3", "old-4"]);
    lab.clock.advance(Duration::from_mins(5));
    assert!(listed(&lab).await.is_empty(), "now >= ttl (S4)");
}

async fn rows_of_nobody_are_ignored() {
    let lab = Lab::new().await;
    let now = lab.now();
    let at = now.as_millis();
    let rows = [
        json!({ "sessionId": "old-1", "userId": "*", "clientId": "acme", "lastActivity": at }),
        json!({ "sessionId": "old-2", "userId": "u", "lastActivity": at }),
        json!({ "sessionId": "old-3", "userId": "u", "clientId": "no id", "lastActivity": at }),
    ];
    for mut row in rows {
        row["ttl"] = json!(now.as_secs() + 60);
        lab.put_session(row).await;
    }
    for name in ["old-1", "old-2", "old-3"] {
        assert_eq!(get(&lab, name).await, None, "{name}");
    }
    assert!(listed(&lab).await.is_empty());

    a_legacy_row(&lab, "old-1").await; // beside the row of `*`
    let found = get(&lab, "old-1").await.unwrap();
    assert_eq!(found.user_id, id("amelia@example.com"));
}

async fn s3_a_legacy_row_is_kept_alive_and_keeps_what_is_not_ours() {
    let lab = Lab::new().await;
    a_legacy_row(&lab, "old-1").await;
    let session = get(&lab, "old-1").await.unwrap();
    let Keepalive::Extend(next) = session.keepalive(lab.now(), LIFETIMES) else {
        panic!("extends")
    };
    write(&lab.store(), [Write::Session(*next)]).await;

    let row = lab
        .session_row("old-1", "amelia@example.com")
        .await
        .unwrap();
    assert_eq!(number(&row, "ttl"), (lab.now() + LIFETIMES.idle).as_secs());
    assert_eq!(number(&row, "lastActivity"), lab.now().as_millis());
    assert_eq!(
        text(&row, "fargateTaskArn"),
        "arn:aws:ecs:us-west-2:1:task/1"
    );
    assert_eq!(text(&row, "containerIp"), "10.0.0.7");
    assert_eq!(text(&row, "status"), "active");
    assert_eq!(number(&row, "version"), 2);
    assert_eq!(lab.store().counts(lab.now()).await.unwrap().active, 1);
    conflict(&lab.store(), [Write::Session(session)]).await;
}

async fn a_legacy_row_is_deactivated() {
    let lab = Lab::new().await;
    a_legacy_row(&lab, "old-1").await;
    let mut session = get(&lab, "old-1").await.unwrap();
    session.end(lab.now(), "deactivated");
    write(&lab.store(), [Write::Session(session)]).await;
    let row = lab
        .session_row("old-1", "amelia@example.com")
        .await
        .unwrap();
    assert_eq!(text(&row, "status"), "expired");
    assert_eq!(number(&row, "ttl"), lab.now().as_secs());
    assert!(
        !row.contains_key("liveShard")
            && !row.contains_key("liveUntil")
            && !row.contains_key("liveIn")
    );
    assert!(listed(&lab).await.is_empty());
}

async fn s3_a_legacy_row_that_was_deleted_meanwhile_is_not_brought_back() {
    let lab = Lab::new().await;
    a_legacy_row(&lab, "old-1").await;
    let session = get(&lab, "old-1").await.unwrap();
    lab.delete_session("old-1", "amelia@example.com").await;
    conflict(&lab.store(), [Write::Session(session)]).await;
    assert_eq!(get(&lab, "old-1").await, None);
}

async fn our_rows_have_the_names_and_units_that_other_tools_read() {
    let lab = Lab::new().await;
    let session = a_session(1);
    write(&lab.store(), [Write::Session(session.clone())]).await;
    let row = lab
        .session_row("ses-1", "amelia@example.com")
        .await
        .unwrap();
    for (name, value) in [
        ("sessionId", "ses-1"),
        ("userId", "amelia@example.com"),
        ("clientId", "acme"),
        ("projectId", "site"),
        ("threadId", "thread1"),
        ("status", "active"),
        ("editBranch", "thread-thread1"),
        ("previewUrl", "http://ses-1.localhost:3000/"),
    ] {
        assert_eq!(text(&row, name), value);
    }
    assert_eq!(
        number(&row, "lastActivity"),
        session.last_activity.as_millis()
    );
    assert_eq!(number(&row, "ttl"), session.ttl.as_secs());
    assert_eq!(number(&row, "createdAt"), session.created_at.as_millis());
}
