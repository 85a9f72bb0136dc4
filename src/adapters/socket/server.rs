//! The server: the queues of one container for whoever holds its token.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, FromRef, FromRequest, FromRequestParts, State};
use axum::http::header::{AUTHORIZATION, RETRY_AFTER};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;

use super::files::WorkerFiles;
use super::listener::WorkerSocket;
use super::protocol::{
    DELETE, DeleteRequest, FILE, FileRequest, MAX_BODY, MAX_MESSAGES, MAX_VISIBILITY_SECONDS,
    MAX_WAIT_SECONDS, Problem, RECEIVE, ReceiptAnswer, ReceiveAnswer, ReceiveRequest, SEND,
    SendAnswer, SendRequest, VISIBILITY, VisibilityRequest,
};
use super::tokens::{Grant, TokenRegistry};
use crate::domain::ids::ContainerId;
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::queues::{QueueName, Queues, Receipt};

/// Called after each message of a worker, so that it can be looked at once.
pub type OnOutput = Arc<dyn Fn(&ContainerId) + Send + Sync>;

/// Serves queues to workers.
#[derive(Clone)]
pub struct WorkerServer {
    queues: Arc<dyn Queues>,
    tokens: Arc<TokenRegistry>,
    files: WorkerFiles,
    on_output: OnOutput,
    /// Ends the waits of receives, which else would hold up the stop.
    stopping: CancellationToken,
}

impl WorkerServer {
    /// A server of `queues` and `files` for the holders of `tokens`.
    pub fn new(
        queues: Arc<dyn Queues>,
        files: WorkerFiles,
        tokens: Arc<TokenRegistry>,
        on_output: OnOutput,
    ) -> Self {
        Self {
            queues,
            tokens,
            files,
            on_output,
            stopping: CancellationToken::new(),
        }
    }

    /// Serves until `shutdown` completes, and then until the requests under way are answered; then the socket is gone.
    pub async fn serve(
        self,
        socket: WorkerSocket,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        let stopping = self.stopping.clone();
        let router = Router::new()
            .route(RECEIVE, post(receive))
            .route(DELETE, post(delete))
            .route(VISIBILITY, post(set_visibility))
            .route(SEND, post(send))
            .route(FILE, post(file))
            .layer(DefaultBodyLimit::max(MAX_BODY))
            .with_state(self);
        let WorkerSocket {
            listener,
            place: _removed_at_the_end,
        } = socket;
        axum::serve(listener, router)
            .with_graceful_shutdown(async move {
                shutdown.await;
                stopping.cancel();
            })
            .await
    }
}

impl fmt::Debug for WorkerServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkerServer").finish_non_exhaustive()
    }
}

async fn receive(
    State(server): State<WorkerServer>,
    Worker(grant): Worker,
    Body(request): Body<ReceiveRequest>,
) -> Result<Json<ReceiveAnswer>, Refusal> {
    let queue = QueueName::input(grant.container);
    let max = request.max.clamp(1, MAX_MESSAGES);
    let wait = Duration::from_secs(request.wait_seconds.min(MAX_WAIT_SECONDS));
    let received = server.queues.receive(&queue, max, wait);
    // A wait that a later generation has made void takes no message away from it.
    let received = grant.revoked.run_until_cancelled(received);
    let deliveries = match server.stopping.run_until_cancelled(received).await {
        None => Vec::new(),
        Some(None) => return Err(Refusal::UnknownToken),
        Some(Some(received)) => received?,
    };
    let messages = deliveries.into_iter().map(Into::into).collect();
    Ok(Json(ReceiveAnswer { messages }))
}

async fn delete(
    State(server): State<WorkerServer>,
    Worker(grant): Worker,
    Body(request): Body<DeleteRequest>,
) -> Result<Json<ReceiptAnswer>, Refusal> {
    let queue = QueueName::input(grant.container);
    let receipt = Receipt(request.receipt);
    let valid = server.queues.delete(&queue, &receipt).await?;
    Ok(Json(ReceiptAnswer { valid }))
}

async fn set_visibility(
    State(server): State<WorkerServer>,
    Worker(grant): Worker,
    Body(request): Body<VisibilityRequest>,
) -> Result<Json<ReceiptAnswer>, Refusal> {
    let queue = QueueName::input(grant.container);
    let receipt = Receipt(request.receipt);
    let visibility = Duration::from_secs(request.seconds.min(MAX_VISIBILITY_SECONDS));
    let changed = server.queues.set_visibility(&queue, &receipt, visibility);
    let valid = changed.await?;
    Ok(Json(ReceiptAnswer { valid }))
}

async fn send(
    State(server): State<WorkerServer>,
    Worker(grant): Worker,
    Body(request): Body<SendRequest>,
) -> Result<Json<SendAnswer>, Refusal> {
    let queue = QueueName::output(grant.container);
    server.queues.send(&queue, request.body).await?;
    (server.on_output)(&queue.container);
    Ok(Json(SendAnswer {}))
}

async fn file(
    State(server): State<WorkerServer>,
    Worker(grant): Worker,
    Body(request): Body<FileRequest>,
) -> Result<Bytes, Refusal> {
    let FileRequest { command_id, sha256 } = request;
    let found = server
        .files
        .of(&grant.container, &command_id, &sha256)
        .await?;
    found.ok_or(Refusal::NoSuchFile)
}

/// What the token of the request opens. Checked before the body is read.
struct Worker(Grant);

impl<S: Send + Sync> FromRequestParts<S> for Worker
where
    WorkerServer: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let header = parts.headers.get(AUTHORIZATION);
        let token = header
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "));
        let server = WorkerServer::from_ref(state);
        let grant = token.and_then(|token| server.tokens.grant_of(token));
        grant.map(Worker).ok_or(Refusal::UnknownToken)
    }
}

/// A JSON body.
struct Body<T>(T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: axum::extract::Request, state: &S) -> Result<Self, Refusal> {
        let Json(body) = Json::<T>::from_request(request, state).await?;
        Ok(Self(body))
    }
}

/// Why a request is not carried out.
enum Refusal {
    /// No token, a wrong one, or one of an earlier generation.
    UnknownToken,
    /// No command of its container has this file, or it is gone.
    NoSuchFile,
    /// Not what the protocol says.
    Malformed(JsonRejection),
    /// The queues failed.
    Queues(Fault),
}

impl From<JsonRejection> for Refusal {
    fn from(rejection: JsonRejection) -> Self {
        Self::Malformed(rejection)
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Queues(fault)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, detail) = match &self {
            Self::UnknownToken => (StatusCode::UNAUTHORIZED, "unknown token".to_owned()),
            Self::NoSuchFile => (StatusCode::NOT_FOUND, "no such file".to_owned()),
            Self::Malformed(rejection) => (rejection.status(), rejection.body_text()),
            Self::Queues(fault) => {
                tracing::warn!(error = %fault, source = %fault.source, "a worker's request failed");
                let status = match fault.kind {
                    FaultKind::Transient => StatusCode::SERVICE_UNAVAILABLE,
                    FaultKind::Throttled => StatusCode::TOO_MANY_REQUESTS,
                    FaultKind::Denied => StatusCode::FORBIDDEN,
                    FaultKind::Broken => StatusCode::INTERNAL_SERVER_ERROR,
                };
                (status, fault.to_string())
            }
        };
        let mut response = (status, Json(Problem { detail })).into_response();
        if let Self::Queues(Fault {
            retry_after: Some(wait),
            ..
        }) = self
        {
            let seconds = HeaderValue::from(wait.as_secs().max(1));
            response.headers_mut().insert(RETRY_AFTER, seconds);
        }
        response
    }
}
