//! `hermes session`, but for watching, and `hermes health`.

use hermes::config::cli::Exit;
use insta::assert_snapshot;

use super::scripted::{Scripted, ask, json, problem};

const ACTIVATED: &str = r#"{"sessionId":"ses-1","previewUrl":"http://ses-1.localhost:3000/","status":"initializing",
    "threadId":"7k2m","containerId":"box-1","commandId":"cmd-1","ttl":1795273061,"createdAt":"2026-11-21T14:27:41Z"}"#;
const STATUS: &str = r#"{"sessionId":"ses-1","clientId":"demo","userId":"ann@example.com","projectId":"site","threadId":"7k2m",
    "status":"active","container":"running","containerIp":"10.0.0.5","lastActivity":"2026-11-21T14:26:41.602Z",
    "previewUrl":"http://ses-1.localhost:3000/","ttl":1795273061,
    "command":{"commandId":"cmd-1","state":"succeeded","summary":"Opening hours\nare now 9-5"}}"#;

#[tokio::test]
async fn a_session_starts_with_an_instruction() {
    let server = Scripted::start([json(201, ACTIVATED)]).await;
    let said = server
        .asked(&[
            "session",
            "activate",
            "--client",
            "demo",
            "--user",
            "ann@example.com",
            "--project",
            "site",
            " Change the title ",
        ])
        .await;
    assert_snapshot!(said, @r"
    Session started
    session  ses-1
    status   initializing, expires 2026-11-21T14:57:41Z (in 30 min)
    preview  http://ses-1.localhost:3000/
    thread   7k2m
    command  cmd-1
    ---- Done
    next: hermes session watch ses-1 --server http://SERVER
    ");
    let heard = server.only();
    assert_eq!(heard.call, "POST /hermes/api/sessions/activate");
    assert_eq!(heard.header("content-type"), "application/json");
    let body = r#"{"clientId":"demo","instruction":"Change the title","projectId":"site","userId":"ann@example.com"}"#;
    assert_eq!(heard.body, body);
}

#[tokio::test]
async fn an_instruction_can_come_from_standard_input_and_go_to_an_open_thread() {
    let server = Scripted::start([json(200, ACTIVATED), json(200, ACTIVATED)]).await;
    let arguments = [
        "session", "activate", "--client", "demo", "--user", "u", "--thread", "7k2m", "-",
    ];
    let said = ask(&server.url, &arguments, "Change the title\n").await;
    assert!(
        said.out.starts_with("Added to a session that is open\n"),
        "{said}"
    );
    let body: serde_json::Value = serde_json::from_str(&server.only().body).unwrap();
    assert_eq!(
        (&body["instruction"], &body["threadId"]),
        (&"Change the title".into(), &"7k2m".into())
    );
    let json = [&["--json"], arguments.as_slice()].concat();
    let said = ask(&server.url, &json, "Change the title\n").await;
    assert!(said.out.starts_with(r#"{"commandId":"cmd-1","#), "{said}");
}

#[tokio::test]
async fn an_empty_instruction_is_not_sent() {
    let server = Scripted::start([]).await;
    let activate = ["session", "activate", "--client", "c", "--user", "u"];
    for (instruction, input) in [("  ", ""), ("-", " \n"), ("-", "")] {
        let said = ask(
            &server.url,
            &[&activate[..], &[instruction]].concat(),
            input,
        )
        .await;
        assert_eq!(said.exit, Exit::Usage);
        assert!(said.err.contains("empty"), "{said}");
    }
    assert!(server.heard().is_empty());
}

#[tokio::test]
async fn a_status_is_shown_with_its_times() {
    let asleep = r#"{"sessionId":"ses-1","clientId":"demo","userId":"u","status":"expired","container":"stopped",
        "lastActivity":"2026-11-20T14:27:41Z","previewUrl":"http://p/","ttl":1795271201,"reason":"idle"}"#;
    let server = Scripted::start([json(200, STATUS), json(200, asleep), json(200, STATUS)]).await;
    let said = server.asked(&["session", "status", "ses-1"]).await;
    assert_snapshot!(said, @r"
    session        ses-1
    status         active, expires 2026-11-21T14:57:41Z (in 30 min)
    container      running at 10.0.0.5
    client         demo
    user           ann@example.com
    project        site
    thread         7k2m
    last activity  2026-11-21T14:26:41Z (1 min ago)
    preview        http://ses-1.localhost:3000/
    command        cmd-1: succeeded: Opening hours are now 9-5
    ---- Done
    ");
    assert_eq!(server.only().call, "GET /hermes/api/sessions/ses-1/status");
    let said = server.asked(&["session", "status", "ses-1"]).await;
    assert_snapshot!(said, @r"
    session        ses-1
    status         expired 2026-11-21T14:26:41Z (1 min ago)
    reason         idle
    container      stopped
    client         demo
    user           u
    last activity  2026-11-20T14:27:41Z (1 d ago)
    preview        http://p/
    ---- Done
    ");
    let said = server
        .asked(&["session", "status", "ses-1", "--json"])
        .await;
    assert_eq!((said.exit, said.out.lines().count()), (Exit::Done, 1));
}

#[tokio::test]
async fn a_keepalive_says_until_when() {
    let kept = r#"{"ttl":1795273061,"status":"active","expiresAt":"x","maxExpiresAt":"y"}"#;
    let clamped =
        r#"{"ttl":1795271321,"status":"active","expiresAt":"x","maxExpiresAt":"y","clamped":true}"#;
    let gone = r#"{"type":"about:blank","title":"Gone","status":"expired","ttl":0,"detail":"the session has expired",
        "code":"session_expired","requestId":"req-9"}"#;
    let answers = [
        json(200, kept),
        json(200, clamped),
        problem(410, gone),
        json(200, kept),
    ];
    let server = Scripted::start(answers).await;
    assert_snapshot!(server.asked(&["session", "keepalive", "ses-1"]).await, @r"
    ses-1 is active, expires 2026-11-21T14:57:41Z (in 30 min)
    ---- Done
    ");
    let heard = server.only();
    assert_eq!(
        (heard.call.as_str(), heard.body.as_str()),
        ("POST /hermes/api/sessions/ses-1/keepalive", "")
    );
    assert_snapshot!(server.asked(&["session", "keepalive", "ses-1"]).await, @r"
    ses-1 is active, expires 2026-11-21T14:28:41Z (in 59 s)
    That is the longest it can be kept: only a new message extends it
    ---- Done
    ");
    assert_snapshot!(server.asked(&["session", "keepalive", "ses-1"]).await, @r"
    ---- Refused
    error: the session has expired (session_expired)
    request id: req-9
    ");
    assert_eq!(
        server
            .asked(&["session", "keepalive", "ses-1", "--json"])
            .await
            .out
            .trim(),
        kept
    );
}

#[tokio::test]
async fn a_deactivation_says_what_happens_now() {
    let draining = r#"{"status":"draining","message":"Session deactivation initiated"}"#;
    let server = Scripted::start([json(202, draining), json(200, draining)]).await;
    let said = server.asked(&["session", "deactivate", "ses-1"]).await;
    assert_snapshot!(said, @r"
    ses-1 is draining: Session deactivation initiated
    ---- Done
    ");
    assert_eq!(
        server.only().call,
        "POST /hermes/api/sessions/ses-1/deactivate"
    );
    let said = server
        .asked(&["session", "deactivate", "ses-1", "--json"])
        .await;
    assert_eq!(said.out.trim(), draining);
}

#[tokio::test]
async fn live_sessions_are_listed() {
    let rows = r#"[{"sessionId":"ses-1","userId":"ann@example.com","status":"active","previewUrl":"http://ses-1.localhost:3000/",
        "lastActivity":"2026-11-21T14:26:41Z"},
        {"sessionId":"ses-22","userId":"u","status":"initializing","previewUrl":"http://ses-22.localhost:3000/",
        "lastActivity":"2026-11-21T12:20:00Z","new":"field"}]"#;
    let server = Scripted::start([json(200, rows), json(200, "[]"), json(200, rows)]).await;
    let list = ["session", "list", "--client", "demo"];
    assert_snapshot!(server.asked(&list).await, @r"
    LAST ACTIVITY                         STATUS        USER             SESSION  PREVIEW
    2026-11-21T14:26:41Z (1 min ago)      active        ann@example.com  ses-1    http://ses-1.localhost:3000/
    2026-11-21T12:20:00Z (2 h 8 min ago)  initializing  u                ses-22   http://ses-22.localhost:3000/
    ---- Done
    ");
    assert_eq!(
        server.only().call,
        "GET /hermes/api/sessions/client/demo?limit=20"
    );
    assert_snapshot!(server.asked(&list).await, @r"
    No live sessions of demo
    ---- Done
    ");
    let said = server.asked(&[&list[..], &["--json"]].concat()).await;
    let page: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(
        (&page["items"][1]["sessionId"], &page["next"]),
        (&"ses-22".into(), &serde_json::Value::Null)
    );
}

#[tokio::test]
async fn a_healthy_server_is_healthy() {
    let healthy = r#"{"status":"healthy","timestamp":"2026-11-21T14:27:41Z","service":"hermes","version":"0.1.0",
        "backend":"embedded","uptimeSeconds":7500.25}"#;
    let ill = r#"{"status":"unhealthy"}"#;
    let answers = [
        json(200, healthy),
        json(200, healthy),
        json(200, ill),
        json(503, ill),
    ];
    let server = Scripted::start(answers).await;
    assert_snapshot!(server.asked(&["health"]).await, @r"
    healthy
    server   http://SERVER
    version  0.1.0
    backend  embedded
    uptime   2 h 5 min
    ---- Done
    ");
    assert_eq!(server.only().call, "GET /hermes/health");
    assert!(
        server
            .asked(&["health", "--json"])
            .await
            .out
            .contains(r#""version":"0.1.0""#)
    );
    assert_eq!(server.asked(&["health"]).await.exit, Exit::Failed);
    assert_eq!(server.asked(&["health"]).await.exit, Exit::Failed);
}
