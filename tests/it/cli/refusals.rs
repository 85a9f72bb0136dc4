//! What the server refuses, what it fails at, and what is no Hermes at all.

use axum::http::HeaderValue;
use axum::http::header::{LOCATION, RETRY_AFTER};
use hermes::config::cli::Exit;
use insta::assert_snapshot;

use super::scripted::{Scripted, answer, json, problem};

const STATUS: [&str; 3] = ["session", "status", "ses-1"];

#[tokio::test]
async fn a_refusal_says_its_detail_its_fields_and_its_code() {
    let wrong = r#"{"type":"about:blank","title":"Bad Request","status":400,"detail":"not as it must be: limit\u001b[2J",
        "code":"validation_failed","requestId":"req-7","errors":[{"field":"limit","message":"must be 1 to 100"}]}"#;
    let server = Scripted::start([problem(400, wrong), problem(400, wrong)]).await;
    assert_snapshot!(server.asked(&STATUS).await, @r"
    ---- Refused
    error: not as it must be: limit [2J (validation_failed)
      limit: must be 1 to 100
    request id: req-7
    ");
    let said = server
        .asked(&["session", "status", "ses-1", "--json"])
        .await;
    assert_eq!(said.exit, Exit::Refused);
    let printed: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(printed["errors"][0]["field"], "limit");
    assert!(said.err.starts_with("error: not as it must be"), "{said}");
}

#[tokio::test]
async fn every_kind_of_refusal_has_one_exit_code() {
    let statuses = [400, 401, 403, 404, 409, 410, 413, 415, 422, 429];
    let body = r#"{"code":"some_code","detail":"no"}"#;
    let server = Scripted::start(statuses.map(|status| problem(status, body))).await;
    for status in statuses {
        let said = server.asked(&STATUS).await;
        assert_eq!(said.exit, Exit::Refused, "{status}");
        assert!(said.err.starts_with("error: no (some_code)\n"), "{said}");
        assert_eq!(said.err.contains("HERMES_API_KEY"), status == 401, "{said}");
    }
}

#[tokio::test]
async fn a_failure_of_the_server_is_no_refusal() {
    let mut busy = problem(
        503,
        r#"{"code":"unavailable","detail":"this can't be done right now; try again"}"#,
    );
    busy.headers_mut()
        .insert(RETRY_AFTER, HeaderValue::from_static("3"));
    let server = Scripted::start([busy, answer(502, "text/html", "<h1>Bad gateway</h1>")]).await;
    assert_snapshot!(server.asked(&STATUS).await, @r"
    ---- Failed
    error: this can't be done right now; try again (unavailable)
    hint: try again in 3 s
    ");
    assert_snapshot!(server.asked(&["session", "status", "ses-1", "--json"]).await, @r#"
    {"status":502,"title":"502 Bad Gateway"}
    ---- Failed
    error: the server answered 502
    "#);
}

#[tokio::test]
async fn what_is_no_hermes_is_told_from_a_refusal() {
    let mut elsewhere = answer(302, "text/html", "");
    let to = HeaderValue::from_static("https://login.example.com/");
    elsewhere.headers_mut().insert(LOCATION, to);
    let answers = [
        answer(404, "text/html", "<h1>Not found</h1>"),
        answer(200, "text/html", "<h1>Welcome</h1>"),
        json(200, r#"{"status":"active"}"#),
        elsewhere,
    ];
    let server = Scripted::start(answers).await;
    for said in [
        "answered 404 Not Found",
        "answered something that is not JSON",
        "answered in a way this version does not understand",
        "it sends callers to https://login.example.com/",
    ] {
        let told = server.asked(&STATUS).await;
        assert_eq!(told.exit, Exit::Unreachable, "{told}");
        assert!(
            told.err.contains(said) && told.err.contains("http://SERVER"),
            "{told}"
        );
        assert!(told.err.contains("hint: check --server"), "{told}");
    }
    assert_eq!(
        server.heard().len(),
        4,
        "a redirect is not followed: it would get the key"
    );
}

#[tokio::test]
async fn a_proxy_that_asks_for_a_key_of_its_own_is_a_refusal() {
    let server = Scripted::start([answer(403, "text/html", "<h1>Forbidden</h1>")]).await;
    let said = server.asked(&STATUS).await;
    assert_eq!(
        (said.exit, said.err.as_str()),
        (Exit::Refused, "error: the server answered 403\n")
    );
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let endless =
        futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 1 << 16]));
    let body = axum::body::Body::from_stream(endless);
    let server = Scripted::start([answer(200, "application/json", body)]).await;
    let said = server.asked(&STATUS).await;
    assert!(said.err.contains("answered more than 16 MB"), "{said}");
}
