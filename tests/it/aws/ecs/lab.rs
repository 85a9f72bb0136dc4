//! A fleet over a scripted ECS.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_ecs::config::{Credentials, SharedCredentialsProvider};
use hermes::adapters::aws::Clients;
use hermes::adapters::aws::ecs::{EcsFleet, QueueUrls};
use hermes::adapters::aws::names::Names;
use hermes::config::AwsSettings;
use hermes::domain::container::TaskRef;
use hermes::domain::project::{AgentChoice, Project, ProjectRepo};
use hermes::ports::fault::Fault;
use hermes::ports::fleet::{Fleet as _, Launch, TaskState};
use hermes::ports::queues::QueueName;

use crate::support::ManualClock;
use crate::support::scripted::ecs::{EcsScript, Pace, ScriptedEcs, WorkerProgram};

/// One fleet, its cluster and its clock.
pub(crate) struct Lab {
    pub(crate) ecs: ScriptedEcs,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) settings: AwsSettings,
    pub(crate) fleet: EcsFleet,
}

impl Lab {
    pub(crate) fn start() -> Self {
        Self::with(EcsScript::default(), |_| {})
    }

    /// With what the operator has set.
    pub(crate) fn with(script: EcsScript, set: impl FnOnce(&mut AwsSettings)) -> Self {
        let ecs = ScriptedEcs::start(script);
        let mut settings = AwsSettings {
            endpoint_url: Some(ecs.endpoint().to_owned()),
            ..AwsSettings::default()
        };
        set(&mut settings);
        let clock = Arc::new(ManualClock::default());
        let fleet = fleet(&settings, &clock);
        Self {
            ecs,
            clock,
            settings,
            fleet,
        }
    }

    /// Another replica of Hermes over the same cluster.
    pub(crate) fn replica(&self) -> EcsFleet {
        fleet(&self.settings, &self.clock)
    }

    /// A replica with other settings.
    pub(crate) fn replica_with(&self, set: impl FnOnce(&mut AwsSettings)) -> EcsFleet {
        let mut settings = self.settings.clone();
        set(&mut settings);
        fleet(&settings, &self.clock)
    }

    /// Starts a task that must start.
    pub(crate) async fn started(&self, container: &str, generation: u64) -> TaskRef {
        let launch = launch(container, generation);
        self.fleet.start(launch).await.expect("starts")
    }

    /// What is seen of a task once ECS is asked again.
    pub(crate) async fn state(&self, task: &TaskRef) -> TaskState {
        self.clock.advance(Duration::from_secs(5));
        let states = self.fleet.observe(std::slice::from_ref(task)).await;
        states.expect("is described")[0].clone()
    }
}

/// A lab in which tasks run a shell script, and the folder of their disk.
pub(crate) fn with_processes(script: &str, stop_timeout: Duration) -> (Lab, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = std::env::var_os("PATH").unwrap().into_string().unwrap();
    let program = WorkerProgram {
        program: "/bin/sh".into(),
        arguments: vec!["-c".to_owned(), script.to_owned()],
        environment: vec![
            ("PATH".to_owned(), path),
            ("AWS_REGION".to_owned(), "overridden".to_owned()),
        ],
        folder: folder.path().to_owned(),
        stop_timeout,
    };
    let script = EcsScript {
        pace: Pace::Every(Duration::from_millis(1)),
        workers: Some(program),
        forward_to: None,
    };
    (Lab::with(script, |_| {}), folder)
}

/// A fleet of its own over the cluster of these settings.
pub(crate) fn fleet(settings: &AwsSettings, clock: &Arc<ManualClock>) -> EcsFleet {
    let clients = Clients::new(&sdk(settings), settings, None);
    let queues = Queues(Names::new(settings));
    EcsFleet::new(
        clients.ecs,
        settings,
        Arc::new(queues),
        Arc::<ManualClock>::clone(clock),
    )
}

fn sdk(settings: &AwsSettings) -> SdkConfig {
    let credentials = Credentials::new("123456789012", "secret", None, None, "test");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(settings.region.clone()))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(settings.endpoint_url.clone().expect("is set"))
        .retry_config(
            aws_config::retry::RetryConfig::standard()
                .with_initial_backoff(Duration::from_millis(1)),
        )
        .build()
}

/// Queues that are where they ought to be.
struct Queues(Names);

#[async_trait]
impl QueueUrls for Queues {
    async fn url(&self, queue: &QueueName) -> Result<String, Fault> {
        Ok(format!(
            "https://sqs.us-west-2.amazonaws.com/123456789012/{}",
            self.0.queue(queue)
        ))
    }
}

/// One life of a container of `acme`.
pub(crate) fn launch(container: &str, generation: u64) -> Launch {
    Launch {
        container_id: container.parse().unwrap(),
        client_id: "acme".parse().unwrap(),
        project_id: "site".parse().unwrap(),
        user_id: "ann@example.com".parse().unwrap(),
        generation,
        project: project(),
    }
}

pub(crate) fn project() -> Project {
    Project {
        id: "site".parse().unwrap(),
        client: "acme".parse().unwrap(),
        open: false,
        repo: ProjectRepo::Url("https://git.example.com/acme/site.git".to_owned()),
        branch: "main".to_owned(),
        build: Some(vec!["npm".to_owned(), "run".to_owned(), "build".to_owned()]),
        output: "dist".into(),
        addresses: Vec::new(),
        agent: AgentChoice::Literal,
        command_timeout: Duration::from_mins(30),
        members: Vec::new(),
        mail: hermes::domain::project::MailOptions::default(),
    }
}
