//! What a worker is, as its environment says.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, anyhow};

use crate::config::Environment;
use crate::domain::project::AgentChoice;
use crate::domain::wire::WorkerProject;
use crate::worker::{Timings, WorkerConfig};

/// What git may see beside an empty environment: how to reach and prove itself to a repository.
const GIT_ENVIRONMENT: [&str; 5] = [
    "SSH_AUTH_SOCK",
    "HTTPS_PROXY",
    "https_proxy",
    "NO_PROXY",
    "GIT_SSL_CAINFO",
];

/// A variable that must be there.
pub(super) fn variable<'a>(environment: &'a Environment, name: &str) -> anyhow::Result<&'a str> {
    let value = environment.value(name).and_then(|value| value.to_str());
    value.ok_or_else(|| anyhow!("{name} is not set: the service starts workers, people do not"))
}

/// A variable that may be there; a blank one is not.
pub(super) fn optional<'a>(environment: &'a Environment, name: &str) -> Option<&'a str> {
    let value = environment.value(name).and_then(|value| value.to_str());
    value.map(str::trim).filter(|value| !value.is_empty())
}

/// Reads what the service has said.
pub(super) fn read(environment: &Environment) -> anyhow::Result<WorkerConfig> {
    let text = |name| variable(environment, name);
    let project: WorkerProject =
        serde_json::from_str(text("HERMES_PROJECT")?).context("HERMES_PROJECT")?;
    let agent = match project.agent.as_str() {
        "literal" => AgentChoice::Literal,
        "claude" => AgentChoice::Claude,
        "bedrock" => AgentChoice::Bedrock,
        "program" => {
            AgentChoice::Program(project.program.context("HERMES_PROJECT has no program")?)
        }
        other => return Err(anyhow!("HERMES_PROJECT names an unknown agent: {other}")),
    };
    let git_environment = GIT_ENVIRONMENT
        .iter()
        .filter_map(|name| Some(((*name).into(), environment.value(name)?.to_owned())));
    Ok(WorkerConfig {
        container_id: text("CONTAINER_ID")?.parse().context("CONTAINER_ID")?,
        client_id: text("CLIENT_ID")?.parse().context("CLIENT_ID")?,
        project_id: text("PROJECT_ID")?.parse().context("PROJECT_ID")?,
        user_id: text("USER_ID")?.parse().context("USER_ID")?,
        generation: text("HERMES_GENERATION")?
            .parse()
            .context("HERMES_GENERATION")?,
        workspace: PathBuf::from(text("WORKSPACE_PATH")?),
        repo_url: text("REPO_URL")?.to_owned(),
        default_branch: project.branch,
        build: project.build,
        output: PathBuf::from(project.output),
        agent,
        command_timeout: Duration::from_secs(project.command_timeout_seconds),
        hermes: std::env::current_exe().context("cannot find the program's own file")?,
        path: environment
            .value("PATH")
            .map(ToOwned::to_owned)
            .unwrap_or_default(),
        git_environment: git_environment.collect(),
        timings: timings(text("INPUT_QUEUE_URL")?),
    })
}

/// SQS goes on with a poll whose worker is gone. So polls are shorter there, and a worker that ends waits for its last.
fn timings(input: &str) -> Timings {
    const POLL: Duration = Duration::from_secs(10);
    if input.starts_with("unix:") {
        return Timings::default();
    }
    Timings {
        poll: POLL,
        farewell: POLL + Duration::from_secs(2),
        ..Timings::default()
    }
}
