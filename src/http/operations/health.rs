//! Whether the process answers. Touches no dependency, so that a slow store restarts nothing.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use crate::http::state::AppState;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct HealthBody {
    status: &'static str,
    timestamp: String,
    service: &'static str,
    version: &'static str,
    backend: &'static str,
    uptime_seconds: u64,
}

/// `GET /health`.
pub(in crate::http) async fn health(State(app): State<AppState>) -> Json<HealthBody> {
    let (now, uptime) = app.health.uptime();
    Json(HealthBody {
        status: "healthy",
        timestamp: now.rfc3339(),
        service: "hermes",
        version: app.version,
        backend: app.backend,
        uptime_seconds: uptime.as_secs(),
    })
}
