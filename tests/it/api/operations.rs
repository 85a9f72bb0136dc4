//! Health, readiness, metrics and the page for people.

use axum::http::Method;
use hermes::config::{mint_key, parse_scope};
use secrecy::ExposeSecret as _;

use super::app::TestApp;

#[tokio::test]
async fn health_as_probes_see_it() {
    let app = TestApp::start();
    app.advance(std::time::Duration::from_secs(90));
    let bare = app.get("/health").send().await.expect(200);
    insta::assert_json_snapshot!(bare);
    assert_eq!(app.get("/hermes/health").send().await.expect(200), bare);
    let head = app.call(Method::HEAD, "/health").send().await;
    assert_eq!(head.status, 200);
    assert!(head.body.is_empty());
}

#[tokio::test]
async fn readiness_says_why_to_operators_only() {
    let minted = mint_key(
        "ops",
        &parse_scope("*").unwrap(),
        "admin".parse().unwrap(),
        [1; 32],
    )
    .unwrap();
    let app = TestApp::with(&[("HERMES_API_KEYS", &minted.entry)]);
    let public = app.get("/hermes/health/ready").send().await.expect(200);
    let call = app
        .get("/hermes/health/ready")
        .key(minted.secret.expose_secret());
    let details = call.send().await.expect(200);
    insta::assert_json_snapshot!(serde_json::json!({"public": public, "details": details}), {
        ".details.dependencies[].latencyMs" => "[ms]",
    });
    app.stopping.send_replace(true);
    let stopping = app.get("/hermes/health/ready").send().await.expect(503);
    assert_eq!(stopping["status"], "stopping");
}

#[tokio::test]
async fn metrics_count_requests_by_template() {
    let app = TestApp::start();
    let session = app.session().await;
    for _ in 0..2 {
        app.get(&format!("/hermes/api/sessions/{session}/status/"))
            .send()
            .await
            .expect(200);
    }
    app.get("/nothing/at/all")
        .send()
        .await
        .is_problem(404, "not_found");
    let classic = app.get("/hermes/metrics").send().await;
    assert_eq!(
        classic.header("content-type"),
        "text/plain; version=0.0.4; charset=utf-8"
    );
    let text = classic.text();
    for line in [
        "http_server_request_duration_seconds_count{http_request_method=\"GET\",\
         http_route=\"/hermes/api/sessions/{sessionId}/status\",http_response_status_code=\"200\"} 2",
        "http_server_request_duration_seconds_count{http_request_method=\"GET\",http_route=\"none\",\
         http_response_status_code=\"404\"} 1",
        "http_server_active_requests{http_request_method=\"GET\"} 1",
        "hermes_build_info{version=\"1.2.3\",backend=\"embedded\"} 1",
        "hermes_sessions{status=\"initializing\"} 1",
        "hermes_containers{state=\"running\"} 0",
        "hermes_containers{state=\"failed\"} 0",
        "hermes_queue_messages{queue=\"input\",state=\"visible\"} 0",
        "hermes_auth_failures_total{reason=\"csrf\"} 0",
        "# TYPE hermes_mails_received_total counter",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    for name in [
        "process_resident_memory_bytes",
        "process_cpu_seconds_total",
        "process_open_fds",
        "hermes_task_last_tick_timestamp_seconds{task=\"reconciler\"} 1",
    ] {
        assert!(text.lines().any(|line| line.starts_with(name)), "{name}");
    }
    assert!(!text.contains("# EOF") && !text.contains(&session));
    let open = app
        .get("/hermes/metrics")
        .header("accept", "application/openmetrics-text");
    let open = open.send().await;
    assert!(
        open.header("content-type")
            .starts_with("application/openmetrics-text")
    );
    assert!(open.text().ends_with("# EOF\n"));
}

#[tokio::test]
async fn the_page_at_the_root_shows_the_first_message() {
    let app = TestApp::with(&[("HERMES_PUBLIC_URL", "https://hermes.example.com")]);
    for path in ["/", "/hermes", "/hermes/"] {
        let page = app.get(path).send().await;
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert!(
            page.header("content-security-policy")
                .contains("default-src 'none'")
        );
        let text = page.text();
        assert!(text.contains("curl https://hermes.example.com/hermes/api/sessions/activate"));
        assert!(text.contains("edit@hermes.localhost") && text.contains("Hermes 1.2.3"));
    }
}
