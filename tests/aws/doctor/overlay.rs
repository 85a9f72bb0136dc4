//! A server before the emulator, for answers that the emulator has not: what no script matches is passed on.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;

use crate::support::Served;

/// One answer of ours.
struct Script {
    /// Stands in the request's first line, its target or its body.
    marker: String,
    status: u16,
    body: String,
}

struct Shared {
    scripts: Mutex<Vec<Script>>,
    forward_to: String,
    client: reqwest::Client,
}

/// A running server; it ends when it is dropped.
pub(crate) struct Overlay {
    served: Served,
    shared: Arc<Shared>,
}

impl Overlay {
    pub(crate) fn before(emulator: &str) -> Self {
        // plain HTTP only, but the client wants a provider; another test may have been first
        rustls::crypto::aws_lc_rs::default_provider()
            .install_default()
            .ok();
        let shared = Arc::new(Shared {
            scripts: Mutex::default(),
            forward_to: emulator.to_owned(),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
        });
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&shared));
        Self {
            served: Served::start(router),
            shared,
        }
    }

    pub(crate) fn endpoint(&self) -> &str {
        self.served.endpoint()
    }

    /// From now on, what has `marker` is answered like this; a later script goes before an earlier one.
    pub(crate) fn answer(&self, marker: &str, status: u16, body: &str) {
        let script = Script {
            marker: marker.to_owned(),
            status,
            body: body.to_owned(),
        };
        self.shared.scripts.lock().unwrap().insert(0, script);
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let target = head.headers.get("x-amz-target");
    let target = target.and_then(|target| target.to_str().ok());
    let told = format!(
        "{} {path} {} {}",
        head.method,
        target.unwrap_or_default(),
        String::from_utf8_lossy(&body)
    );
    let scripted = {
        let scripts = shared.scripts.lock().unwrap();
        let script = scripts.iter().find(|script| told.contains(&script.marker));
        script.map(|script| (script.status, script.body.clone()))
    };
    if let Some((status, body)) = scripted {
        let kind = if body.starts_with('<') {
            "text/xml"
        } else {
            "application/json"
        };
        return Response::builder()
            .status(status)
            .header("content-type", kind)
            .body(Body::from(body))
            .unwrap();
    }
    let mut headers = head.headers.clone();
    headers.remove("host");
    headers.remove("content-length");
    let passed = shared
        .client
        .request(head.method.clone(), format!("{}{path}", shared.forward_to))
        .headers(headers)
        .body(body)
        .send()
        .await;
    let Ok(passed) = passed else {
        let mut lost = Response::new(Body::empty());
        *lost.status_mut() = StatusCode::BAD_GATEWAY;
        return lost;
    };
    let mut response = Response::builder().status(passed.status());
    for (name, value) in passed.headers() {
        if name != "transfer-encoding" && name != "connection" && name != "content-length" {
            response = response.header(name, value);
        }
    }
    response
        .body(Body::from(passed.bytes().await.unwrap()))
        .unwrap()
}
