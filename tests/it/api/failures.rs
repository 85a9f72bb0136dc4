//! What clients see when something behind the router fails, hangs or panics.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use hermes::ports::fault::{Fault, FaultKind};
use hermes::ports::preview_store::{Found, PreviewOf, PreviewStore};

use super::app::TestApp;
use super::client::Answer;

/// A store in which each session is a way of failing.
struct Failing;

#[async_trait]
impl PreviewStore for Failing {
    async fn publish(&self, _: &PreviewOf, _: &Path) -> Result<(), Fault> {
        Ok(())
    }

    async fn find(&self, preview: &PreviewOf, _: &str) -> Result<Found, Fault> {
        let fault = |kind| Fault::new("find a preview", kind, "the disk /dev/x is on fire");
        match preview.session.as_str() {
            "panics" => panic!("a bug"),
            "hangs" => std::future::pending().await,
            "elsewhere" => Ok(Found::Elsewhere("https://store.example/x/".to_owned())),
            "throttled" => Err(Fault {
                retry_after: Some(Duration::from_secs(7)),
                ..fault(FaultKind::Throttled)
            }),
            "broken" => Err(fault(FaultKind::Broken)),
            _ => Ok(Found::Unpublished),
        }
    }
}

async fn visit(app: &TestApp, session: &str) -> Answer {
    app.get(&format!("/hermes/preview/{session}/")).send().await
}

async fn app_with_sessions() -> TestApp {
    let app = TestApp::with_previews(Arc::new(Failing));
    for session in ["panics", "hangs", "elsewhere", "throttled", "broken"] {
        app.known(session).await;
    }
    app
}

#[tokio::test]
async fn failures_have_a_code_and_keep_their_reasons_to_themselves() {
    let app = app_with_sessions().await;
    for (session, status, code) in [
        ("throttled", 503, "unavailable"),
        ("broken", 500, "internal"),
        ("panics", 500, "internal"),
    ] {
        let answer = visit(&app, session).await;
        answer.is_problem(status, code);
        assert!(!answer.text().contains("fire") && !answer.text().contains("bug"));
    }
    assert_eq!(visit(&app, "throttled").await.header("retry-after"), "7");
    app.get("/health").send().await.expect(200);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_hangs_is_given_up_after_half_a_minute() {
    let app = app_with_sessions().await;
    let begun = tokio::time::Instant::now();
    visit(&app, "hangs").await.is_problem(504, "timeout");
    assert_eq!(begun.elapsed().as_secs(), 30);
}

#[tokio::test]
async fn a_preview_that_another_server_has_is_there() {
    let app = app_with_sessions().await;
    let answer = visit(&app, "elsewhere").await;
    assert_eq!(answer.status, 302);
    assert_eq!(answer.header("location"), "https://store.example/x/");
}
