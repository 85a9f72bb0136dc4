//! `hermes worker`: an edit worker as a process, told by its environment what it is.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use secrecy::SecretString;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::runtime::Builder;
use tokio_util::sync::CancellationToken;
use tracing::info;

use super::run::{Stopped, telemetry};
use crate::adapters::folder::FolderPreviews;
use crate::adapters::socket::SocketQueues;
use crate::adapters::system::SystemClock;
use crate::config::{Environment, LogFormat};
use crate::domain::project::AgentChoice;
use crate::domain::wire::WorkerProject;
use crate::runtime::Signals;
use crate::worker::{Timings, WorkerConfig, WorkerPorts, run as work};

/// Longest token that is read from standard input.
const MAX_TOKEN: u64 = 1024;

/// What git may see beside an empty environment: how to reach and prove itself to a repository.
const GIT_ENVIRONMENT: [&str; 4] = ["SSH_AUTH_SOCK", "HTTPS_PROXY", "https_proxy", "NO_PROXY"];

/// Works until its standard input closes, it is asked to end, or a later generation has taken over.
pub(super) fn run(environment: &Environment) -> Result<ExitCode, Stopped> {
    let text = |name: &str| environment.value(name).and_then(|value| value.to_str());
    let format = if text("LOG_FORMAT") == Some("json") {
        LogFormat::Json
    } else {
        LogFormat::Pretty
    };
    telemetry(format, text("RUST_LOG").unwrap_or("warn,hermes=info"))?;
    let one_thread = Builder::new_current_thread().enable_all().build();
    let one_thread = one_thread.map_err(|error| Stopped::failed(&error.into()))?;
    one_thread.block_on(start(environment))?;
    one_thread.shutdown_background();
    Ok(ExitCode::SUCCESS)
}

async fn start(environment: &Environment) -> anyhow::Result<()> {
    let config = config(environment)?;
    let socket = PathBuf::from(variable(environment, "HERMES_SOCKET")?);
    let previews = PathBuf::from(variable(environment, "HERMES_PREVIEW_PATH")?);
    let mut input = BufReader::new(tokio::io::stdin());
    let token = token(&mut input).await?;
    let queues = SocketQueues::new(&socket, token, config.container_id.clone())?;
    let ports = WorkerPorts {
        queues: Arc::new(queues),
        clock: Arc::new(SystemClock),
        previews: Arc::new(FolderPreviews::new(previews)),
    };
    let stop = CancellationToken::new();
    let mut signals = Signals::of_process()?;
    let until_told = async {
        tokio::select! {
            () = closed(input) => {}
            _ = signals.recv() => {}
        }
        stop.cancel();
        std::future::pending::<()>().await;
    };
    let (container, generation) = (config.container_id.clone(), config.generation);
    info!(container.id = %container, generation, "worker of {container} is at work");
    tokio::select! {
        ended = work(config, ports, stop.clone()) => info!(container.id = %container, "worker has ended: {ended:?}"),
        () = until_told => {}
    }
    Ok(())
}

/// The first line of standard input; a token in the environment could be read by the agent.
async fn token(input: &mut (impl AsyncRead + Unpin)) -> anyhow::Result<SecretString> {
    use tokio::io::AsyncReadExt as _;
    let mut line = String::new();
    let mut limited = BufReader::with_capacity(1, input.take(MAX_TOKEN));
    limited
        .read_line(&mut line)
        .await
        .context("cannot read the token from standard input")?;
    let token = line.trim();
    if token.is_empty() {
        return Err(anyhow!(
            "no token on standard input: the service starts workers, people do not"
        ));
    }
    Ok(SecretString::from(token.to_owned()))
}

/// Completes when standard input closes: then Hermes is gone, or wants us to go.
async fn closed(mut input: impl AsyncRead + Unpin) {
    tokio::io::copy(&mut input, &mut tokio::io::sink())
        .await
        .ok();
}

fn variable<'a>(environment: &'a Environment, name: &str) -> anyhow::Result<&'a str> {
    let value = environment.value(name).and_then(|value| value.to_str());
    value.ok_or_else(|| anyhow!("{name} is not set: the service starts workers, people do not"))
}

fn config(environment: &Environment) -> anyhow::Result<WorkerConfig> {
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
        timings: Timings::default(),
    })
}
