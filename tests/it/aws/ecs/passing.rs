//! The scripted ECS before an emulator: one endpoint for everything.

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use reqwest::Method;
use tokio::net::TcpListener;

use crate::support::scripted::ecs::{EcsScript, ScriptedEcs};

/// A server that answers what it was asked, as 418. It ends with the test's runtime.
#[expect(clippy::disallowed_methods, reason = "a test has no supervisor")]
async fn echo() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let answer = |request: Request| async move {
        let (head, body) = request.into_parts();
        let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        let target = head.headers["x-amz-target"].to_str().unwrap();
        let text = format!("{} {} {target} {}", head.method, head.uri, body.len());
        (StatusCode::IM_A_TEAPOT, [("x-amzn-requestid", "42")], text)
    };
    let router = Router::new().fallback(answer);
    drop(tokio::spawn(
        async move { axum::serve(listener, router).await },
    ));
    endpoint
}

#[tokio::test]
async fn what_is_not_for_ecs_is_passed_on_as_it_is() {
    let ecs = ScriptedEcs::start(EcsScript {
        forward_to: Some(echo().await),
        ..EcsScript::default()
    });
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for (method, body) in [
        (Method::POST, "x".repeat(100_000)),
        (Method::GET, String::new()),
    ] {
        let url = format!("{}/queue/a?b=c%20d", ecs.endpoint());
        let request = client
            .request(method.clone(), url)
            .header("x-amz-target", "AmazonSQS.SendMessage");
        let length = body.len();
        let answer = request.body(body).send().await.unwrap();
        assert_eq!(answer.status(), 418);
        assert_eq!(answer.headers()["x-amzn-requestid"], "42");
        let expected = format!("{method} /queue/a?b=c%20d AmazonSQS.SendMessage {length}");
        assert_eq!(answer.text().await.unwrap(), expected);
    }
}
