//! Health, readiness, metrics and the page for people.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::http::Method;
use hermes::config::{mint_key, parse_scope};
use hermes::domain::circuit::CircuitState;
use hermes::domain::inference::{Answer, Prompt};
use hermes::domain::time::Timestamp;
use hermes::ports::clock::Clock as _;
use hermes::ports::inference::{Inference, InferenceError};
use hermes::services::aws_metrics::AwsResult;
use hermes::services::troubles::Trouble;
use secrecy::ExposeSecret as _;

use super::app::TestApp;

#[tokio::test]
async fn health_as_probes_see_it() {
    let app = TestApp::start();
    app.advance(Duration::from_secs(90));
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

/// A model whose breaker is open.
struct Failing(Timestamp);

#[async_trait]
impl Inference for Failing {
    async fn converse(&self, _: &Prompt) -> Result<Answer, InferenceError> {
        let retry_after = Duration::from_secs(30);
        Err(InferenceError::Resting { retry_after })
    }

    fn circuit(&self) -> CircuitState {
        CircuitState::Open { until: self.0 }
    }
}

#[tokio::test]
async fn a_breaker_and_what_holds_mail_up_are_seen_and_requests_still_come_here() {
    let app = TestApp::start();
    let until = app.clock.now() + Duration::from_secs(30);
    app.state
        .inventory
        .watch("bedrock", Arc::new(Failing(until)));
    let troubles = app.state.health.troubles();
    troubles.set(
        Trouble::Mail,
        Some("answers are kept: verify it".to_owned()),
    );
    let ready = app.get("/hermes/health/ready").send().await.expect(200);
    assert_eq!(
        ready["circuits"],
        serde_json::json!([{"name": "bedrock", "state": "open", "until": until.rfc3339()}])
    );
    assert_eq!(ready["warnings"][0], "answers are kept: verify it");
    let answer = app.get("/hermes/metrics").send().await;
    let text = answer.text();
    for line in [
        "hermes_circuits{circuit=\"bedrock\",state=\"open\"} 1",
        "hermes_circuits{circuit=\"bedrock\",state=\"closed\"} 0",
        "hermes_circuits{circuit=\"bedrock\",state=\"half_open\"} 0",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
}

#[tokio::test]
async fn calls_to_aws_are_counted_by_names_that_are_known() {
    let app = TestApp::start();
    let metrics = &app.state.metrics;
    let after = Duration::from_millis(20);
    metrics.aws_request("DynamoDB", "GetItem", AwsResult::Ok, after);
    metrics.aws_request("DynamoDB", "GetItem", AwsResult::Throttled, after);
    metrics.aws_request("Elsewhere", "acme@example.com", AwsResult::Error, after);
    let answer = app.get("/hermes/metrics").send().await;
    let text = answer.text();
    for line in [
        "hermes_aws_requests_total{service=\"dynamodb\",operation=\"GetItem\",result=\"ok\"} 1",
        "hermes_aws_requests_total{service=\"dynamodb\",operation=\"GetItem\",result=\"throttled\"} 1",
        "hermes_aws_requests_total{service=\"dynamodb\",operation=\"GetItem\",result=\"denied\"} 0",
        "hermes_aws_requests_total{service=\"other\",operation=\"other\",result=\"error\"} 1",
        "hermes_aws_request_duration_seconds_bucket{le=\"0.025\",service=\"dynamodb\",operation=\"GetItem\",result=\"ok\"} 1",
        "hermes_outcomes_total{outcome=\"kept\",channel=\"email\"} 0",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
}
