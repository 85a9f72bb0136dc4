//! The outside of a worker: Hermes' socket on the same machine, or SQS, by the URL of its queue.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use secrecy::SecretString;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader, Stdin};
use tracing::warn;

use super::config::{optional, variable};
use crate::adapters::aws::Clients;
use crate::adapters::aws::s3::{S3Files, S3Previews};
use crate::adapters::aws::secrets::GitSecret;
use crate::adapters::aws::sqs::{OwnUrls, WorkerQueues};
use crate::adapters::folder::FolderPreviews;
use crate::adapters::socket::SocketQueues;
use crate::adapters::system::{SystemClock, SystemEntropy};
use crate::config::{AwsSettings, Environment, Pattern};
use crate::ports::git_credentials::GitCredentials;
use crate::ports::preview_store::PreviewStore;
use crate::worker::{WorkerConfig, WorkerPorts, close_to_others};

/// Longest token that is read from standard input.
const MAX_TOKEN: u64 = 1024;

/// A worker's ports, and what it is held by.
pub(super) struct Outside {
    pub(super) ports: WorkerPorts,
    pub(super) leash: Leash,
}

/// What keeps a worker at work beside signals.
pub(super) enum Leash {
    /// Standard input, which Hermes holds open: when it closes, Hermes is gone or wants us to go.
    Input(BufReader<Stdin>),
    /// Nothing: a container ends by a signal.
    None,
}

impl Leash {
    /// Completes when the worker is to go.
    pub(super) async fn let_go(self) {
        match self {
            Self::Input(input) => closed(input).await,
            Self::None => std::future::pending().await,
        }
    }
}

impl Outside {
    /// Reaches the queues that the environment names.
    pub(super) async fn open(
        environment: &Environment,
        config: &WorkerConfig,
    ) -> anyhow::Result<Self> {
        let url = variable(environment, "INPUT_QUEUE_URL")?;
        match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("unix") => Self::on_this_machine(environment, config).await,
            Some("http" | "https") => Self::on_aws(environment, config).await,
            _ => Err(anyhow!(
                "INPUT_QUEUE_URL is neither the URL of a queue on SQS nor Hermes' socket"
            )),
        }
    }

    async fn on_this_machine(
        environment: &Environment,
        config: &WorkerConfig,
    ) -> anyhow::Result<Self> {
        let socket = PathBuf::from(variable(environment, "HERMES_SOCKET")?);
        let previews = PathBuf::from(variable(environment, "HERMES_PREVIEW_PATH")?);
        let mut input = BufReader::new(tokio::io::stdin());
        let token = token(&mut input).await?;
        let queues = SocketQueues::new(&socket, token, config.container_id.clone())?;
        let queues = Arc::new(queues);
        Ok(Self {
            ports: WorkerPorts {
                files: Arc::<SocketQueues>::clone(&queues),
                queues,
                clock: Arc::new(SystemClock),
                previews: Arc::new(FolderPreviews::new(previews)),
                credentials: None,
            },
            leash: Leash::Input(input),
        })
    }

    async fn on_aws(environment: &Environment, config: &WorkerConfig) -> anyhow::Result<Self> {
        // what leads to the task's role stands in our environment, which the agent must not read
        close_to_others().context("cannot hide the environment from other processes")?;
        let settings = settings(environment)?;
        let clients = Clients::connect(&settings, None).await;
        let url = |name| variable(environment, name).map(str::to_owned);
        let urls = OwnUrls {
            input: url("INPUT_QUEUE_URL")?,
            output: url("OUTPUT_QUEUE_URL")?,
            dead: url("DLQ_URL")?,
        };
        let queues = WorkerQueues::new(&clients, config.container_id.clone(), urls);
        let secret = optional(environment, "HERMES_GIT_SECRET");
        let credentials = secret.map(|name| {
            let secret: Arc<dyn GitCredentials> = Arc::new(GitSecret::new(&clients, name));
            secret
        });
        Ok(Self {
            ports: WorkerPorts {
                queues: Arc::new(queues),
                files: Arc::new(S3Files::new(&clients)),
                clock: Arc::new(SystemClock),
                previews: previews(&clients, &settings, config)?,
                credentials,
            },
            leash: Leash::None,
        })
    }
}

/// What a worker needs of the settings; the task's environment has no more.
fn settings(environment: &Environment) -> anyhow::Result<AwsSettings> {
    let mut settings = AwsSettings::default();
    if let Some(region) = optional(environment, "AWS_REGION") {
        region.clone_into(&mut settings.region);
    }
    let endpoint = optional(environment, "AWS_ENDPOINT_URL");
    settings.endpoint_url = endpoint.map(|url| url.trim_end_matches('/').to_owned());
    if let Some(store) = optional(environment, "HERMES_PREVIEW_STORE") {
        let store = Pattern::of_store(store).map_err(|why| anyhow!("HERMES_PREVIEW_STORE {why}"));
        settings.preview_store = Some(store?);
    }
    Ok(settings)
}

fn previews(
    clients: &Clients,
    settings: &AwsSettings,
    config: &WorkerConfig,
) -> anyhow::Result<Arc<dyn PreviewStore>> {
    let entropy = Arc::new(SystemEntropy::open()?);
    let store = S3Previews::new(clients, settings, Arc::new(SystemClock), entropy);
    if let Some(store) = store {
        return Ok(Arc::new(store));
    }
    warn!("HERMES_PREVIEW_STORE is not set: nobody sees the previews");
    let folder = config.workspace.join("previews");
    Ok(Arc::new(FolderPreviews::new(folder)))
}

/// The first line of standard input; a token in the environment could be read by the agent.
async fn token(input: &mut (impl AsyncRead + Unpin)) -> anyhow::Result<SecretString> {
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

/// Completes when an input closes.
async fn closed(mut input: impl AsyncRead + Unpin) {
    tokio::io::copy(&mut input, &mut tokio::io::sink())
        .await
        .ok();
}
