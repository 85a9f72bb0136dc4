//! The client: the queues as a worker sees them.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::RETRY_AFTER;
use reqwest::{Client, Response, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::protocol::{
    DELETE, DeleteRequest, MAX_WAIT_SECONDS, Problem, RECEIVE, ReceiptAnswer, ReceiveAnswer,
    ReceiveRequest, SEND, SendAnswer, SendRequest, VISIBILITY, VisibilityRequest,
};
use crate::domain::ids::ContainerId;
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::queues::{Delivery, Depth, Direction, QueueName, Queues, Receipt};

/// How long an answer may take beyond the wait that was asked for.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);

/// The input and output queue of one container, and the files of its commands, over Hermes' socket. While Hermes can't be reached its faults are
/// transient: trying again is the caller's.
#[derive(Debug)]
pub struct SocketQueues {
    client: Client,
    token: SecretString,
    container: ContainerId,
}

impl SocketQueues {
    /// The queues of `container` at the socket `path`, opened by the token that Hermes gave to this generation.
    pub fn new(path: &Path, token: SecretString, container: ContainerId) -> Result<Self, Fault> {
        let broken = |source: Box<dyn std::error::Error + Send + Sync>| {
            Fault::new("make a client", FaultKind::Broken, source)
        };
        // Nothing here is encrypted, but the client makes a TLS configuration: an empty one reads no certificates.
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        let tls = rustls::ClientConfig::builder_with_provider(Arc::new(provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| broken(error.into()))?
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        let client = Client::builder()
            .unix_socket(path)
            .tls_backend_preconfigured(tls)
            .no_proxy()
            .build()
            .map_err(|error| broken(error.into()))?;
        Ok(Self {
            client,
            token,
            container,
        })
    }

    /// Whether a queue may be used this way; the server would not even be told its name.
    fn check(&self, queue: &QueueName, direction: Direction) -> Result<(), Fault> {
        if queue.container == self.container && queue.direction == direction {
            return Ok(());
        }
        let detail = format!("{queue} is not open to this worker");
        Err(Fault::new("use a queue", FaultKind::Denied, detail))
    }

    async fn call<Q: Serialize + Sync, A: DeserializeOwned>(
        &self,
        operation: &'static str,
        path: &str,
        request: &Q,
        wait: Duration,
    ) -> Result<A, Fault> {
        let lost = |error: reqwest::Error| Fault::new(operation, FaultKind::Transient, error);
        let response = self.post(operation, path, request, wait).await?;
        if response.status() == StatusCode::OK {
            return response.json().await.map_err(lost);
        }
        Err(refused(operation, response).await)
    }

    /// Makes a request and takes any answer.
    pub(super) async fn post<Q: Serialize + Sync>(
        &self,
        operation: &'static str,
        path: &str,
        request: &Q,
        wait: Duration,
    ) -> Result<Response, Fault> {
        self.client
            .post(format!("http://hermes{path}"))
            .bearer_auth(self.token.expose_secret())
            .timeout(wait + ANSWER_WITHIN)
            .json(request)
            .send()
            .await
            .map_err(|error| Fault::new(operation, FaultKind::Transient, error))
    }
}

#[async_trait]
impl Queues for SocketQueues {
    async fn send(&self, queue: &QueueName, body: String) -> Result<(), Fault> {
        self.check(queue, Direction::Output)?;
        let request = SendRequest { body };
        let SendAnswer {} = self.call("send", SEND, &request, Duration::ZERO).await?;
        Ok(())
    }

    async fn receive(
        &self,
        queue: &QueueName,
        max: usize,
        wait: Duration,
    ) -> Result<Vec<Delivery>, Fault> {
        self.check(queue, Direction::Input)?;
        let wait = wait.min(Duration::from_secs(MAX_WAIT_SECONDS));
        let request = ReceiveRequest {
            max,
            wait_seconds: whole_seconds(wait),
        };
        let answer: ReceiveAnswer = self.call("receive", RECEIVE, &request, wait).await?;
        Ok(answer.messages.into_iter().map(Into::into).collect())
    }

    async fn delete(&self, queue: &QueueName, receipt: &Receipt) -> Result<bool, Fault> {
        self.check(queue, Direction::Input)?;
        let request = DeleteRequest {
            receipt: receipt.0.clone(),
        };
        let answer = self.call("delete", DELETE, &request, Duration::ZERO);
        let ReceiptAnswer { valid } = answer.await?;
        Ok(valid)
    }

    async fn set_visibility(
        &self,
        queue: &QueueName,
        receipt: &Receipt,
        visibility: Duration,
    ) -> Result<bool, Fault> {
        self.check(queue, Direction::Input)?;
        let request = VisibilityRequest {
            receipt: receipt.0.clone(),
            seconds: whole_seconds(visibility),
        };
        let answer = self.call("set visibility", VISIBILITY, &request, Duration::ZERO);
        let ReceiptAnswer { valid } = answer.await?;
        Ok(valid)
    }

    async fn depth(&self, _direction: Direction, _of: &[ContainerId]) -> Result<Depth, Fault> {
        let detail = "a worker sees its own messages only";
        Err(Fault::new("depth", FaultKind::Denied, detail))
    }
}

/// Rounds up: what was to be hidden is not shown too early.
fn whole_seconds(duration: Duration) -> u64 {
    let more = u64::from(duration.subsec_nanos() > 0);
    duration.as_secs().saturating_add(more)
}

pub(super) async fn refused(operation: &'static str, response: Response) -> Fault {
    let status = response.status();
    let kind = match status {
        StatusCode::SERVICE_UNAVAILABLE => FaultKind::Transient,
        StatusCode::TOO_MANY_REQUESTS => FaultKind::Throttled,
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => FaultKind::Denied,
        _ => FaultKind::Broken,
    };
    let wait = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok())
        .and_then(|seconds| seconds.parse().ok())
        .map(Duration::from_secs);
    let detail = match response.json::<Problem>().await {
        Ok(problem) => problem.detail,
        Err(_no_problem) => String::new(),
    };
    let mut fault = Fault::new(operation, kind, format!("answered {status}: {detail}"));
    fault.retry_after = wait;
    fault
}
