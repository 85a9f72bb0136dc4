//! A service of AWS that answers by script, whatever it is asked, and remembers what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use aws_config::{BehaviorVersion, Region};
use aws_credential_types::Credentials;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::response::Response;
use hermes::adapters::aws::Clients;
use hermes::config::AwsSettings;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// What the server does with one request.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// Answers with this status and body.
    Json(u16, Value),
    /// Answers with this error, as restJson services say it, and headers.
    Error(u16, &'static str, String, Vec<(&'static str, &'static str)>),
    /// Never answers.
    Hang,
}

impl Reply {
    /// A good answer.
    pub(crate) fn ok(body: Value) -> Self {
        Self::Json(200, body)
    }

    /// An error of this code.
    pub(crate) fn error(status: u16, code: &'static str, message: &str) -> Self {
        Self::Error(status, code, message.to_owned(), Vec::new())
    }
}

/// One request.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    /// Method and path.
    pub(crate) call: String,
    pub(crate) headers: HeaderMap,
    /// Its body, or null if it is no JSON.
    pub(crate) body: Value,
}

/// A running server; it ends when it is dropped.
pub(crate) struct ScriptedRest {
    endpoint: String,
    heard: Arc<Mutex<Vec<Heard>>>,
    answers: Arc<Mutex<VecDeque<Reply>>>,
    /// Requests that were begun, and those that their client gave up.
    begun: watch::Receiver<usize>,
    given_up: watch::Receiver<usize>,
    _task: JoinSet<()>,
}

/// Says so when a request is dropped before its answer.
struct UnderWay(watch::Sender<usize>, bool);

impl Drop for UnderWay {
    fn drop(&mut self) {
        if !self.1 {
            self.0.send_modify(|count| *count += 1);
        }
    }
}

impl ScriptedRest {
    /// Starts it with its first answers. When it has none left, it answers 500.
    pub(crate) async fn start(answers: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let answers: VecDeque<Reply> = answers.into_iter().collect();
        let answers = Arc::new(Mutex::new(answers));
        let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let (starts, begun) = watch::channel(0);
        let (drops, given_up) = watch::channel(0);
        let (memory, script) = (Arc::clone(&heard), Arc::clone(&answers));
        let play = async move |request: Request| {
            let mut under_way = UnderWay(drops, false);
            let (parts, body) = request.into_parts();
            let body = to_bytes(body, 64 << 20).await.unwrap();
            memory.lock().unwrap().push(Heard {
                call: format!("{} {}", parts.method, parts.uri.path()),
                headers: parts.headers,
                body: serde_json::from_slice(&body).unwrap_or(Value::Null),
            });
            let next = script.lock().unwrap().pop_front();
            starts.send_modify(|count| *count += 1);
            let answer = play(next).await;
            under_way.1 = true;
            answer
        };
        let router = Router::new().fallback(play);
        let mut task = JoinSet::new();
        task.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            endpoint,
            heard,
            answers,
            begun,
            given_up,
            _task: task,
        }
    }

    /// Adds answers.
    pub(crate) fn next(&self, answers: impl IntoIterator<Item = Reply>) {
        self.answers.lock().unwrap().extend(answers);
    }

    /// All requests so far.
    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    /// Waits until so many requests have begun.
    pub(crate) async fn begun(&self, count: usize) {
        self.begun
            .clone()
            .wait_for(|begun| *begun >= count)
            .await
            .unwrap();
    }

    /// Waits until so many requests were given up by their client.
    pub(crate) async fn given_up(&self, count: usize) {
        let mut given_up = self.given_up.clone();
        given_up
            .wait_for(|given_up| *given_up >= count)
            .await
            .unwrap();
    }

    /// Where it listens.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Settings that lead to it, and clients over them.
    pub(crate) async fn clients(&self) -> (Clients, AwsSettings) {
        let settings = AwsSettings {
            endpoint_url: Some(self.endpoint.clone()),
            ..AwsSettings::default()
        };
        (clients(&settings).await, settings)
    }
}

async fn play(reply: Option<Reply>) -> Response {
    match reply {
        Some(Reply::Json(status, body)) => Response::builder()
            .status(status)
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))
            .unwrap(),
        Some(Reply::Error(status, code, message, headers)) => {
            let mut answer = Response::builder()
                .status(status)
                .header("content-type", "application/json")
                .header("x-amzn-errortype", code)
                .header("x-amzn-requestid", "req-1");
            for (name, value) in headers {
                answer = answer.header(name, value);
            }
            answer
                .body(Body::from(json!({"message": message}).to_string()))
                .unwrap()
        }
        Some(Reply::Hang) => std::future::pending().await,
        None => Response::builder().status(500).body(Body::empty()).unwrap(),
    }
}

/// Clients with made-up credentials and short waits between tries.
pub(crate) async fn clients(settings: &AwsSettings) -> Clients {
    let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
    let retries = aws_config::retry::RetryConfig::standard()
        .with_initial_backoff(std::time::Duration::from_millis(1));
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .credentials_provider(credentials)
        .region(Region::new(settings.region.clone()))
        .retry_config(retries);
    if let Some(url) = &settings.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    Clients::new(&loader.load().await, settings, None)
}
