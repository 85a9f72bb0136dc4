//! The aws backend: `DynamoDB`, SQS, ECS, SES and an object store.
//!
//! Any number of replicas run over the same tables and queues, without a leader: what must happen once is a conditional
//! write or a client token. Workers outlive Hermes here, so a stop leaves them alone.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use async_trait::async_trait;
use tokio::sync::watch;

use super::cloud::{self, AwsRequests};
use super::opened::{Cadence, Opened, ResultsLoop};
use super::projects::{LocalProjects, ProjectsReader, ReadProjects};
use super::services::Services;
use crate::adapters::aws::Clients;
use crate::adapters::aws::dynamo::DynamoStore;
use crate::adapters::aws::ecs::{EcsFleet, QueueUrls};
use crate::adapters::aws::names::Names;
use crate::adapters::aws::s3::{S3Archive, S3Document, S3Mails, S3Previews};
use crate::adapters::aws::ses::SesMailer;
use crate::adapters::aws::sqs::{SqsMail, SqsQueues};
use crate::adapters::folder::FolderMailer;
use crate::adapters::smtp::SmtpMailer;
use crate::adapters::system::{SystemClock, SystemEntropy};
use crate::config::{MailOut, Mode, ProjectsSource, Settings, parse_projects};
use crate::domain::project::Project;
use crate::ports::Ports;
use crate::ports::clock::Clock;
use crate::ports::entropy::Entropy;
use crate::ports::mail_objects::MailObjects;
use crate::ports::mail_queue::MailQueue;
use crate::ports::mailer::Mailer;
use crate::runtime::{Periodic, Spawner, Stage};
use crate::services::inbox::Inbox;
use crate::services::metrics::Metrics;
use crate::services::nudge::{Nudges, NudgingLedger};
use crate::services::orphans::Orphans;

/// Every look is a few calls that cost money; what this replica does itself, it is nudged to look at.
const CADENCE: Cadence = Cadence {
    reconcile: Duration::from_secs(5),
    results: ResultsLoop::Listen,
    replies: Duration::from_secs(10),
    sweep: Duration::from_secs(30),
};

/// Between two looks for tasks that no record wants (C13).
const ORPHANS: Duration = Duration::from_mins(5);

/// Connects to AWS; nothing is asked of it before the first call.
pub(super) async fn open(
    settings: &Settings,
    nudges: &Nudges,
    metrics: &Arc<Metrics>,
) -> anyhow::Result<Opened> {
    let aws = &settings.aws;
    let requests = Arc::new(AwsRequests(Arc::clone(metrics)));
    let clients = Clients::connect(aws, Some(requests)).await;
    let names = Names::new(aws);
    let mail_store = aws.mail_store.as_ref();
    let mail_store = mail_store.context("HERMES_MAIL_STORE is not set")?;
    let queue = Arc::new(SqsMail::new(&clients, &names));
    let mail = MailIn {
        queue: Arc::<SqsMail>::clone(&queue),
        objects: Arc::new(S3Mails::new(&clients, mail_store)),
    };
    let projects = projects(settings, &clients)?;
    let ports = ports(settings, &clients, names, nudges)?;
    let (aws, opened) = (aws.clone(), ports.clone());
    Ok(Opened {
        ports,
        cadence: CADENCE,
        projects,
        beside: Box::new(move |spawner, services| {
            spawn_inbox(spawner, services, &opened, mail);
            spawn_orphans(spawner, services, &opened);
            cloud::spawn(spawner, services, &clients, &opened);
            let inference = cloud::inference(&clients, &aws, &opened);
            services.inventory.watch("bedrock", inference);
            services.inventory.watch_mail(queue);
        }),
    })
}

fn ports(
    settings: &Settings,
    clients: &Clients,
    names: Names,
    nudges: &Nudges,
) -> anyhow::Result<Ports> {
    let aws = &settings.aws;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy::open()?);
    let dynamo = clients.dynamodb.clone();
    let store = Arc::new(DynamoStore::new(dynamo, &names, Arc::clone(&clock)));
    let queues = Arc::new(SqsQueues::new(clients, names));
    let urls: Arc<dyn QueueUrls> = Arc::<SqsQueues>::clone(&queues);
    let fleet = EcsFleet::new(clients.ecs.clone(), aws, urls, Arc::clone(&clock));
    let mailer: Arc<dyn Mailer> = match &settings.mail_out {
        MailOut::Ses => Arc::new(SesMailer::new(clients, aws)),
        MailOut::Smtp(server) => Arc::new(SmtpMailer::new(server.clone())?),
        MailOut::Folder(folder) => Arc::new(FolderMailer::open(folder.clone())?),
    };
    let mail_store = aws.mail_store.as_ref();
    let mail_store = mail_store.context("HERMES_MAIL_STORE is not set")?;
    let previews = S3Previews::new(clients, aws, Arc::clone(&clock), Arc::clone(&entropy));
    Ok(Ports {
        ledger: Arc::new(NudgingLedger::new(
            Arc::<DynamoStore>::clone(&store),
            nudges.clone(),
        )),
        sessions: Arc::<DynamoStore>::clone(&store),
        threads: Arc::<DynamoStore>::clone(&store),
        containers: Arc::<DynamoStore>::clone(&store),
        commands: Arc::<DynamoStore>::clone(&store),
        replies: Arc::<DynamoStore>::clone(&store),
        journal: Arc::<DynamoStore>::clone(&store),
        events: Arc::<DynamoStore>::clone(&store),
        claims: Arc::<DynamoStore>::clone(&store),
        notes: Arc::<DynamoStore>::clone(&store),
        archive: Arc::new(S3Archive::new(clients, mail_store)),
        retention: store,
        queues,
        fleet: Arc::new(fleet),
        mailer,
        previews: Arc::new(previews.context("HERMES_PREVIEW_STORE is not set")?),
        clock,
        entropy,
    })
}

fn projects(settings: &Settings, clients: &Clients) -> anyhow::Result<ProjectsReader> {
    let mode = settings.mode;
    Ok(match &settings.projects {
        ProjectsSource::ObjectStore(url) => Arc::new(StoredProjects {
            url: url.clone(),
            document: S3Document::at(clients, url)?,
            mode,
        }),
        local @ (ProjectsSource::BuiltIn | ProjectsSource::File(_)) => Arc::new(LocalProjects {
            source: local.clone(),
            mode,
        }),
    })
}

/// The list of projects in an object store.
struct StoredProjects {
    url: String,
    document: S3Document,
    mode: Mode,
}

#[async_trait]
impl ReadProjects for StoredProjects {
    async fn read(&self) -> anyhow::Result<Vec<Project>> {
        let text = self.document.read().await;
        let text = text.with_context(|| format!("cannot read HERMES_PROJECTS {}", self.url))?;
        Ok(parse_projects(&self.url, &text, Path::new("/"), self.mode)?)
    }
}

/// Where mail comes in.
struct MailIn {
    queue: Arc<dyn MailQueue>,
    objects: Arc<dyn MailObjects>,
}

fn spawn_inbox(spawner: &Spawner, services: &Services, ports: &Ports, mail: MailIn) {
    let inbox = Arc::new(Inbox::new(
        mail.queue,
        mail.objects,
        Arc::clone(&services.intake),
        Arc::clone(&services.metrics),
        Arc::clone(&ports.entropy),
    ));
    let stopping = spawner.stopping();
    spawner.spawn_periodic(Stage::Intake, Periodic::without_pause("inbox"), move || {
        let (inbox, stopping) = (Arc::clone(&inbox), stopping.clone());
        async move { inbox.tick_until(is_true(stopping)).await.map(drop) }
    });
}

fn spawn_orphans(spawner: &Spawner, services: &Services, ports: &Ports) {
    let orphans = Arc::new(Orphans::new(
        Arc::clone(&ports.fleet),
        Arc::clone(&ports.containers),
        Arc::clone(&services.metrics),
    ));
    spawner.spawn_periodic(
        Stage::Intake,
        Periodic::every("orphans", ORPHANS),
        move || {
            let orphans = Arc::clone(&orphans);
            async move { orphans.tick().await }
        },
    );
}

/// Completes when the switch turns true; also when nobody can turn it any more.
async fn is_true(mut switch: watch::Receiver<bool>) {
    // an error says that the supervisor is gone
    switch.wait_for(|on| *on).await.ok();
}
