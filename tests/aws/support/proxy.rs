//! A proxy between Hermes and AWS that counts what goes through and makes trouble.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use serde_json::Value;

use super::Served;

/// What happens to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// AWS says that it is too much.
    Throttle,
    /// AWS answers with this status and nothing a client could read.
    Status(u16),
    /// AWS does it, but its answer breaks off in the middle.
    Abort,
    /// AWS neither does it nor answers.
    Hang,
    /// AWS takes this long.
    Slow(Duration),
}

/// A message that a queue gave out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Receipt {
    pub(crate) queue_url: String,
    pub(crate) handle: String,
}

/// A running proxy; it ends when it is dropped.
pub(crate) struct Proxy {
    served: Served,
    shared: Arc<Shared>,
}

struct Shared {
    upstream: String,
    client: reqwest::Client,
    plan: Mutex<Plan>,
}

#[derive(Default)]
struct Plan {
    /// What the next calls of an operation meet, one after the other.
    next: BTreeMap<String, VecDeque<Trouble>>,
    /// What every call meets whose operation begins so.
    always: Vec<(String, Trouble)>,
    counts: BTreeMap<String, usize>,
    /// Messages that were given out.
    receipts: Vec<Receipt>,
}

impl Plan {
    fn meet(&mut self, operation: &str) -> Option<Trouble> {
        *self.counts.entry(operation.to_owned()).or_default() += 1;
        let next = self.next.get_mut(operation).and_then(VecDeque::pop_front);
        next.or_else(|| {
            let mut always = self.always.iter();
            let (_, trouble) = always.find(|(beginning, _)| operation.starts_with(beginning))?;
            Some(*trouble)
        })
    }
}

impl Proxy {
    /// Starts it in front of an endpoint, on a thread of its own: it answers while the test waits for a process.
    pub(crate) fn start(upstream: &str) -> Self {
        // plain HTTP only, but the client wants a provider; another test may have been first
        rustls::crypto::aws_lc_rs::default_provider()
            .install_default()
            .ok();
        let shared = Arc::new(Shared {
            upstream: upstream.trim_end_matches('/').to_owned(),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            plan: Mutex::default(),
        });
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&shared));
        Self {
            served: Served::start(router),
            shared,
        }
    }

    /// Where it listens: an `AWS_ENDPOINT_URL`.
    pub(crate) fn endpoint(&self) -> &str {
        self.served.endpoint()
    }

    fn plan<T>(&self, look: impl FnOnce(&mut Plan) -> T) -> T {
        look(&mut self.shared.plan.lock().unwrap())
    }

    /// The next calls of an operation, such as `SQS.SendMessage`, meet this.
    pub(crate) fn next(&self, operation: &str, troubles: impl IntoIterator<Item = Trouble>) {
        self.plan(|plan| {
            let next = plan.next.entry(operation.to_owned()).or_default();
            next.extend(troubles);
        });
    }

    /// Every call whose operation begins so, such as `DynamoDB.`, meets this.
    pub(crate) fn always(&self, beginning: &str, trouble: Trouble) {
        self.plan(|plan| plan.always.push((beginning.to_owned(), trouble)));
    }

    /// There is no trouble any more.
    pub(crate) fn mend(&self) {
        self.plan(|plan| {
            plan.next.clear();
            plan.always.clear();
        });
    }

    /// How many tries of each operation there were since this was last asked.
    pub(crate) fn counts(&self) -> BTreeMap<String, usize> {
        self.plan(|plan| std::mem::take(&mut plan.counts))
    }

    /// The messages that queues gave out since this was last asked, to whoever is not there any more, too.
    pub(crate) fn receipts(&self) -> Vec<Receipt> {
        self.plan(|plan| std::mem::take(&mut plan.receipts))
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let operation = operation(&request);
    let trouble = shared.plan.lock().unwrap().meet(&operation);
    match trouble {
        None => pass_on(&shared, request).await,
        Some(Trouble::Slow(by)) => {
            tokio::time::sleep(by).await;
            pass_on(&shared, request).await
        }
        Some(Trouble::Hang) => std::future::pending().await,
        Some(Trouble::Status(status)) => {
            let status = StatusCode::from_u16(status).unwrap();
            (status, "<html>upstream connect error</html>").into_response()
        }
        Some(Trouble::Throttle) => throttle(&operation),
        Some(Trouble::Abort) => abort(pass_on(&shared, request).await).await,
    }
}

/// The operation, as `Service.Operation`; reads what each protocol has of it.
fn operation(request: &Request) -> String {
    let (method, path) = (request.method(), request.uri().path());
    if let Some(target) = text(request.headers(), "x-amz-target") {
        let (service, operation) = target.split_once('.').unwrap_or(("", target));
        let service = match service {
            name if name.starts_with("DynamoDB") => "DynamoDB",
            name if name.starts_with("AmazonSQS") => "SQS",
            name if name.starts_with("AmazonEC2ContainerService") => "ECS",
            name if name.starts_with("Granite") => "CloudWatch",
            name => name,
        };
        return format!("{service}.{operation}");
    }
    let signed = text(request.headers(), "authorization").unwrap_or_default();
    let scope = signed.split("/aws4_request").next().unwrap_or_default();
    let service = scope.rsplit('/').next().unwrap_or_default();
    match service {
        "s3" => format!("S3.{}", object_operation(method, request)),
        "ses" if path == "/v2/email/outbound-emails" => "SES.SendEmail".to_owned(),
        "ses" => format!("SES.{method} {path}"),
        "monitoring" => "CloudWatch.PutMetricData".to_owned(),
        "bedrock" => "Bedrock.Converse".to_owned(),
        other => format!("{other}.{method} {path}"),
    }
}

fn object_operation(method: &Method, request: &Request) -> &'static str {
    let is_bucket = request.uri().path().trim_matches('/').find('/').is_none();
    let query = request.uri().query().unwrap_or_default();
    match (method.as_str(), is_bucket) {
        ("PUT", true) => "CreateBucket",
        ("PUT", false) if request.headers().contains_key("x-amz-copy-source") => "CopyObject",
        ("PUT", false) => "PutObject",
        ("GET", true) if query.contains("list-type") => "ListObjectsV2",
        ("GET", true) => "GetBucket",
        ("GET", false) => "GetObject",
        ("HEAD", true) => "HeadBucket",
        ("HEAD", false) => "HeadObject",
        ("DELETE", _) => "DeleteObject",
        ("POST", true) => "DeleteObjects",
        _ => "other",
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// As each service says it.
fn throttle(operation: &str) -> Response {
    let service = operation.split('.').next().unwrap_or_default();
    let json = |code: &str| {
        let body = serde_json::json!({ "__type": code, "message": "Rate exceeded" });
        let headers = [
            ("content-type", "application/x-amz-json-1.0"),
            ("x-amzn-errortype", code),
            ("x-amzn-requestid", "0000-throttled"),
        ];
        (StatusCode::BAD_REQUEST, headers, body.to_string()).into_response()
    };
    match service {
        "S3" => {
            let body = "<?xml version=\"1.0\"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>";
            (StatusCode::SERVICE_UNAVAILABLE, body).into_response()
        }
        "DynamoDB" => json("ProvisionedThroughputExceededException"),
        "SES" => json("TooManyRequestsException"),
        _ => json("ThrottlingException"),
    }
}

/// Half of the answer, and then nothing: its length says that there is more.
async fn abort(answer: Response) -> Response {
    let (mut head, body) = answer.into_parts();
    let body = axum::body::to_bytes(body, 64 << 20).await.unwrap();
    let half = body.slice(..body.len() / 2);
    let length = (body.len() + 16).into();
    head.headers.insert(header::CONTENT_LENGTH, length);
    let broken = std::io::Error::other("the answer breaks off");
    let parts: [Result<Bytes, std::io::Error>; 2] = [Ok(half), Err(broken)];
    Response::from_parts(head, Body::from_stream(stream::iter(parts)))
}

/// Passes a request on, and sees that through when the caller has gone: AWS would not hear of that either.
#[expect(clippy::disallowed_methods, reason = "a test has no supervisor")]
async fn pass_on(shared: &Arc<Shared>, request: Request) -> Response {
    let passed = tokio::spawn(exchange(Arc::clone(shared), request));
    passed.await.unwrap()
}

async fn exchange(shared: Arc<Shared>, request: Request) -> Response {
    let is_receive = operation(&request) == "SQS.ReceiveMessage";
    let (head, asked) = request.into_parts();
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let asked = axum::body::to_bytes(asked, 64 << 20).await;
    // the caller went away while it asked
    let Ok(asked) = asked else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let mut headers = head.headers;
    headers.remove(header::HOST);
    headers.remove(header::CONTENT_LENGTH);
    let passed = shared
        .client
        .request(head.method, format!("{}{path}", shared.upstream))
        .headers(headers)
        .body(asked.clone());
    let passed = async {
        let answer = passed.send().await?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        Ok::<_, reqwest::Error>((status, headers, answer.bytes().await?))
    };
    let (status, headers, said) = match passed.await {
        Ok(passed) => passed,
        Err(error) => return (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    };
    if is_receive {
        let receipts = receipts(&asked, &said);
        shared.plan.lock().unwrap().receipts.extend(receipts);
    }
    rebuilt(status, &headers, said)
}

fn receipts(asked: &[u8], said: &[u8]) -> Vec<Receipt> {
    let json = |text| serde_json::from_slice(text).unwrap_or(Value::Null);
    let (asked, said): (Value, Value) = (json(asked), json(said));
    let messages = said["Messages"].as_array().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    messages
        .map(|message| Receipt {
            queue_url: text(&asked["QueueUrl"]),
            handle: text(&message["ReceiptHandle"]),
        })
        .collect()
}

fn rebuilt(status: StatusCode, headers: &HeaderMap, body: Bytes) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    for (name, value) in headers {
        let is_of_the_connection = [
            header::TRANSFER_ENCODING,
            header::CONNECTION,
            header::CONTENT_LENGTH,
        ]
        .contains(name);
        if !is_of_the_connection {
            response.headers_mut().append(name, value.clone());
        }
    }
    response
}
