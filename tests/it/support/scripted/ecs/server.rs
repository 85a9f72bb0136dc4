//! The server, and what a test may ask of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::support::Served;

use super::cluster::{Answer, Cluster, Run};
use super::life::live;
use super::operations::{self, Outcome, Refusal};
use super::process::{WorkerProgram, signal};
use super::run_task::{fail, run_task};
use super::task::{Status, StopScript, Task, TaskView};

/// The protocol's name of the service.
const TARGET: &str = "AmazonEC2ContainerServiceV20141113.";

/// Longest wait for anything; far above what a slow machine needs.
const PATIENCE: Duration = Duration::from_mins(1);

/// How tasks go on.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) enum Pace {
    /// Only when the test says.
    #[default]
    Manual,
    /// By themselves, after this long in each status.
    Every(Duration),
}

/// How the server behaves.
#[derive(Debug, Default)]
pub(crate) struct EcsScript {
    /// How tasks go on.
    pub(crate) pace: Pace,
    /// The processes that running tasks are; needs [`Pace::Every`].
    pub(crate) workers: Option<WorkerProgram>,
    /// Where requests go that are not for ECS: the endpoint of an emulator.
    pub(crate) forward_to: Option<String>,
}

/// A running server. It ends, and its workers with it, when it is dropped.
pub(crate) struct ScriptedEcs {
    served: Served,
    shared: Arc<Shared>,
}

pub(super) struct Shared {
    cluster: Mutex<Cluster>,
    /// Counts changes, for those that wait for one.
    changes: watch::Sender<u64>,
    script: EcsScript,
    passing_on: reqwest::Client,
}

impl Shared {
    pub(super) fn cluster<T>(&self, look: impl FnOnce(&mut Cluster) -> T) -> T {
        let answer = look(&mut self.cluster.lock().unwrap());
        self.changes.send_modify(|count| *count += 1);
        answer
    }

    pub(super) fn with<T>(&self, arn: &str, look: impl FnOnce(&mut Task) -> T) -> T {
        self.cluster(|cluster| look(cluster.tasks.get_mut(arn).expect("the task was started")))
    }
}

impl ScriptedEcs {
    /// Starts it on a free port, on a thread of its own: it answers while the test waits for a process.
    pub(crate) fn start(script: EcsScript) -> Self {
        // plain HTTP only, but the client wants a provider; another test may have been first
        rustls::crypto::aws_lc_rs::default_provider()
            .install_default()
            .ok();
        let workspace = script.workers.as_ref().map(WorkerProgram::workspace);
        let cluster = Cluster {
            workspace: workspace.unwrap_or_else(|| "/workspace".to_owned()),
            ..Cluster::default()
        };
        let shared = Arc::new(Shared {
            cluster: Mutex::new(cluster),
            changes: watch::Sender::new(0),
            script,
            passing_on: reqwest::Client::builder().no_proxy().build().unwrap(),
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

    /// Every `RunTask` that was answered with a task, in order.
    pub(crate) fn runs(&self) -> Vec<Run> {
        self.shared.cluster(|cluster| cluster.runs.clone())
    }

    /// Generations of containers of which more than one task was started: there must be none.
    pub(crate) fn started_twice(&self) -> Vec<(String, u64)> {
        let mut started: BTreeMap<(String, u64), usize> = BTreeMap::new();
        for run in self.runs().into_iter().filter(|run| run.started) {
            *started.entry((run.container, run.generation)).or_default() += 1;
        }
        let twice = started.into_iter().filter(|(_, count)| *count > 1);
        twice.map(|(life, _)| life).collect()
    }

    /// All tasks, in the order of their starts.
    pub(crate) fn tasks(&self) -> Vec<TaskView> {
        self.shared
            .cluster(|cluster| cluster.tasks.values().map(Task::view).collect())
    }

    /// One task.
    pub(crate) fn task(&self, arn: &str) -> TaskView {
        self.shared.with(arn, |task| task.view())
    }

    /// How many tasks run.
    pub(crate) fn running(&self) -> usize {
        self.tasks()
            .iter()
            .filter(|task| task.status == "RUNNING")
            .count()
    }

    /// Waits until the tasks are as wanted.
    pub(crate) async fn until(
        &self,
        what: &str,
        wanted: impl Fn(&[TaskView]) -> bool + Send + Sync,
    ) {
        let mut changes = self.shared.changes.subscribe();
        let look = async {
            loop {
                changes.borrow_and_update();
                let tasks = self
                    .shared
                    .cluster
                    .lock()
                    .unwrap()
                    .tasks
                    .values()
                    .map(Task::view)
                    .collect::<Vec<_>>();
                if wanted(&tasks) {
                    return;
                }
                changes.changed().await.unwrap();
            }
        };
        let looked = tokio::time::timeout(PATIENCE, look).await;
        looked.unwrap_or_else(|_| panic!("waited in vain for {what}: {:#?}", self.tasks()));
    }

    /// Moves a task on to its next status.
    pub(crate) fn move_on(&self, arn: &str) {
        self.shared
            .with(arn, |task| task.status = task.status.next(task.is_to_stop));
    }

    /// Lets a task run.
    pub(crate) fn run(&self, arn: &str) {
        self.shared.with(arn, |task| task.status = Status::Running);
    }

    /// Ends a task.
    pub(crate) fn end(&self, arn: &str, stop: &StopScript) {
        self.shared.with(arn, |task| {
            task.is_to_stop = true;
            task.status = Status::Stopped;
            task.stop_code = stop.code.map(ToOwned::to_owned);
            task.stopped_reason = stop.reason.map(ToOwned::to_owned);
            task.container_reason = stop.container_reason.map(ToOwned::to_owned);
            task.exit_code = stop.exit_code;
        });
    }

    /// Kills the process of a task at once, with all that it has started.
    pub(crate) fn kill_worker(&self, arn: &str) {
        let pid = self.shared.with(arn, |task| task.pid);
        signal(pid.expect("the task runs a process"), Signal::KILL);
    }

    /// Forgets a task, as ECS does an hour after its end.
    pub(crate) fn forget(&self, arn: &str) {
        self.shared.with(arn, |task| task.is_forgotten = true);
    }

    /// New tasks are missing when they are asked for, so often (C11).
    pub(crate) fn lag(&self, times: usize) {
        self.shared.cluster(|cluster| cluster.lag = times);
    }

    /// The next call of an operation is answered so; several are answered in order.
    pub(crate) fn next(&self, operation: &str, answer: Answer) {
        self.shared.cluster(|cluster| {
            let answers = cluster.answers.entry(operation.to_owned()).or_default();
            answers.push_back(answer);
        });
    }

    /// The service runs tasks on these capacity providers, by equal weights.
    pub(crate) fn providers(&self, names: &[&'static str]) {
        self.shared
            .cluster(|cluster| cluster.providers = names.to_vec());
    }

    /// There is no Spot capacity, or there is again.
    pub(crate) fn no_spot(&self, is_so: bool) {
        self.shared.cluster(|cluster| cluster.has_no_spot = is_so);
    }

    /// A start without a task uses its client token up.
    pub(crate) fn failures_bind(&self) {
        self.shared.cluster(|cluster| cluster.failures_bind = true);
    }

    /// There is no edit service.
    pub(crate) fn no_service(&self) {
        self.shared.cluster(|cluster| cluster.has_no_service = true);
    }

    /// Tasks on a page of `ListTasks`.
    pub(crate) fn page(&self, tasks: usize) {
        self.shared.cluster(|cluster| cluster.page = Some(tasks));
    }

    /// What calls of an operation have asked for.
    pub(crate) fn calls(&self, operation: &str) -> Vec<Value> {
        self.shared.cluster(|cluster| {
            let calls = cluster.calls.iter().filter(|(name, _)| name == operation);
            calls.map(|(_, body)| body.clone()).collect()
        })
    }
}

impl Drop for ScriptedEcs {
    fn drop(&mut self) {
        self.served.stop();
        // no lock: a test that failed may have poisoned it
        if let Ok(cluster) = self.shared.cluster.lock() {
            for pid in cluster.tasks.values().filter_map(|task| task.pid) {
                signal(pid, Signal::KILL);
            }
        }
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let target = request
        .headers()
        .get("x-amz-target")
        .and_then(|value| value.to_str().ok());
    let Some(operation) = target
        .and_then(|target| target.strip_prefix(TARGET))
        .map(ToOwned::to_owned)
    else {
        return pass_on(&shared, request).await;
    };
    let body = axum::body::to_bytes(request.into_body(), 1 << 20)
        .await
        .unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    let planned = shared.cluster(|cluster| {
        cluster.calls.push((operation.clone(), body.clone()));
        cluster.take_answer(&operation)
    });
    match planned {
        None => respond(carry_out(&shared, &operation, &body)),
        Some(Answer::Failures(reasons)) => {
            respond(Ok(shared.cluster(|cluster| fail(cluster, &body, &reasons))))
        }
        Some(Answer::Lost) => {
            drop(carry_out(&shared, &operation, &body));
            let mut refusal = Refusal::new("ServerException", "An internal error occurred");
            refusal.status = 500;
            respond(Err(refusal))
        }
        Some(Answer::Error(status, code, message)) => {
            let mut refusal = Refusal::new(code, message);
            refusal.status = status;
            respond(Err(refusal))
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a test has no supervisor")]
fn carry_out(shared: &Arc<Shared>, operation: &str, body: &Value) -> Outcome {
    let (outcome, started) = shared.cluster(|cluster| match operation {
        "RunTask" => run_task(cluster, body),
        "StopTask" => (operations::stop_task(cluster, body), None),
        "DescribeTasks" => (operations::describe_tasks(cluster, body), None),
        "ListTasks" => (operations::list_tasks(cluster, body), None),
        "DescribeServices" => (operations::describe_services(cluster, body), None),
        "DescribeTaskDefinition" => (operations::describe_task_definition(cluster, body), None),
        other => panic!("nothing is scripted for {other}"),
    });
    if let (Some(arn), Pace::Every(step)) = (started, shared.script.pace) {
        let workers = shared.script.workers.clone();
        drop(tokio::spawn(live(Arc::clone(shared), arn, step, workers)));
    }
    outcome
}

fn respond(outcome: Outcome) -> Response {
    let (status, document) = match outcome {
        Ok(document) => (200, document),
        Err(refusal) => {
            let mut document = json!({ "__type": refusal.code, "message": refusal.message });
            for (name, value) in refusal.extra.as_object().into_iter().flatten() {
                document[name] = value.clone();
            }
            (refusal.status, document)
        }
    };
    let headers = [
        ("content-type", "application/x-amz-json-1.1"),
        ("x-amzn-requestid", "7e1f0001"),
    ];
    (
        StatusCode::from_u16(status).unwrap(),
        headers,
        document.to_string(),
    )
        .into_response()
}

/// Passes a request on to the emulator, and its answer back.
async fn pass_on(shared: &Shared, request: Request) -> Response {
    let Some(endpoint) = &shared.script.forward_to else {
        return (StatusCode::NOT_IMPLEMENTED, "only ECS is scripted here").into_response();
    };
    let (head, body) = request.into_parts();
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let body = axum::body::to_bytes(body, 64 << 20).await.unwrap();
    let mut headers = head.headers;
    headers.remove("host");
    headers.remove("content-length");
    let url = format!("{}{path}", endpoint.trim_end_matches('/'));
    let passed = shared
        .passing_on
        .request(head.method, url)
        .headers(headers)
        .body(body);
    let passed = async {
        let answer = passed.send().await?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        Ok::<_, reqwest::Error>((status, headers, answer.bytes().await?))
    };
    match passed.await {
        Ok((status, headers, body)) => rebuilt(status, &headers, body),
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}

fn rebuilt(status: StatusCode, headers: &reqwest::header::HeaderMap, body: Bytes) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    for (name, value) in headers {
        if name != "transfer-encoding" && name != "connection" && name != "content-length" {
            response.headers_mut().append(name, value.clone());
        }
    }
    response
}
