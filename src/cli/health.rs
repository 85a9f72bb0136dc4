//! `hermes health`: whether the service is up, for people and for container health checks.

use std::time::Duration;

use serde::Deserialize;

use crate::config::cli::Exit;

use super::screen::{Details, Style, Terminal, clean, span};
use super::server::{Failure, Route, Server};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Health {
    status: String,
    #[serde(default)]
    version: Option<String>,
    #[serde(default)]
    backend: Option<String>,
    #[serde(default)]
    uptime_seconds: Option<f64>,
}

pub(super) async fn run(server: &Server, terminal: &mut Terminal<'_>) -> Result<Exit, Failure> {
    let route = Route {
        steps: &["health"],
        query: &[],
    };
    let answer = server.get(route).await?;
    let health: Health = answer.read()?;
    let (exit, style) = if health.status == "healthy" {
        (Exit::Done, Style::Good)
    } else {
        (Exit::Failed, Style::Bad)
    };
    if terminal.json {
        terminal.json(&answer.json)?;
        return Ok(exit);
    }
    terminal.line(terminal.paint(style, &clean(&health.status)))?;
    let uptime = health
        .uptime_seconds
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let mut details = Details::default();
    details.push("server", server.url());
    details.push_some("version", health.version);
    details.push_some("backend", health.backend);
    details.push_some("uptime", uptime.map(span));
    details.print(terminal)?;
    Ok(exit)
}
