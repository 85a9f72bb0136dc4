//! Whether requests should come here, and for operators why not.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;

use crate::domain::circuit::CircuitState;
use crate::domain::time::Timestamp;
use crate::http::caller::{Caller, ToOperate};
use crate::http::state::AppState;
use crate::services::health::{Dependency, Readiness, TaskHealth};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct ReadyBody {
    status: &'static str,
    timestamp: String,
    #[serde(flatten)]
    details: Option<Details>,
}

#[derive(Serialize)]
struct Details {
    dependencies: Vec<DependencyBody>,
    tasks: Vec<TaskBody>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    circuits: Vec<CircuitBody>,
    warnings: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DependencyBody {
    name: &'static str,
    status: &'static str,
    latency_ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TaskBody {
    name: &'static str,
    status: &'static str,
    last_tick: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// A circuit breaker: while it is open, what it guards is not asked.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CircuitBody {
    name: &'static str,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
}

/// `GET /hermes/health/ready`: anybody learns whether, operators also why.
pub(in crate::http) async fn ready(
    State(app): State<AppState>,
    operator: Option<Caller<ToOperate>>,
) -> (StatusCode, Json<ReadyBody>) {
    let readiness = app.health.ready().await;
    let (code, status) = match (readiness.ready, readiness.stopping) {
        (true, _) => (StatusCode::OK, "ready"),
        (false, true) => (StatusCode::SERVICE_UNAVAILABLE, "stopping"),
        (false, false) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
    };
    let body = ReadyBody {
        status,
        timestamp: app.health.uptime().0.rfc3339(),
        details: operator
            .is_some()
            .then(|| Details::new(readiness, app.inventory.circuits())),
    };
    (code, Json(body))
}

fn status_of(error: Option<&String>) -> &'static str {
    if error.is_none() { "ok" } else { "failing" }
}

impl Details {
    fn new(readiness: Readiness, circuits: Vec<(&'static str, CircuitState)>) -> Self {
        Self {
            circuits: circuits.into_iter().map(Into::into).collect(),
            dependencies: readiness.dependencies.into_iter().map(Into::into).collect(),
            tasks: readiness.tasks.into_iter().map(Into::into).collect(),
            warnings: readiness.warnings,
        }
    }
}

impl From<Dependency> for DependencyBody {
    fn from(dependency: Dependency) -> Self {
        Self {
            name: dependency.name,
            status: status_of(dependency.error.as_ref()),
            latency_ms: (dependency.latency.as_secs_f64() * 1e6).round() / 1e3,
            error: dependency.error,
        }
    }
}

impl From<(&'static str, CircuitState)> for CircuitBody {
    fn from((name, state): (&'static str, CircuitState)) -> Self {
        let until = match state {
            CircuitState::Open { until } => Some(until.rfc3339()),
            CircuitState::Closed | CircuitState::HalfOpen => None,
        };
        Self {
            name,
            state: state.as_str(),
            until,
        }
    }
}

impl From<TaskHealth> for TaskBody {
    fn from(task: TaskHealth) -> Self {
        Self {
            name: task.name,
            status: status_of(task.error.as_ref()),
            last_tick: task.last_tick.map(Timestamp::rfc3339),
            error: task.error,
        }
    }
}
