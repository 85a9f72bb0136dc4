//! The embedded backend: one folder, worker processes, no account.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;

use crate::adapters::folder::{FolderMailer, FolderPreviews};
use crate::adapters::process::{FleetSettings, ProcessFleet};
use crate::adapters::smtp::SmtpMailer;
use crate::adapters::socket::{TokenRegistry, WorkerServer, WorkerSocket};
use crate::adapters::sqlite::SqliteStore;
use crate::adapters::system::{SystemClock, SystemEntropy};
use crate::config::{Environment, MailOut, Settings};
use crate::ports::Ports;
use crate::ports::clock::Clock;
use crate::ports::entropy::Entropy;
use crate::ports::mailer::Mailer;
use crate::services::nudge::{Nudges, NudgingLedger};

/// The ports, and what must be run beside them.
pub(super) struct Embedded {
    pub(super) ports: Ports,
    pub(super) fleet: Arc<ProcessFleet>,
    pub(super) server: WorkerServer,
    pub(super) socket: WorkerSocket,
}

/// Opens the data folder. Fails with a clear error when another Hermes has it.
pub(super) async fn open(
    settings: &Settings,
    environment: &Environment,
    nudges: &Nudges,
) -> anyhow::Result<Embedded> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy::open()?);
    let data = &settings.data_dir;
    let store = Arc::new(SqliteStore::open(data, Arc::clone(&clock))?);
    let tokens = Arc::new(TokenRegistry::new(Arc::clone(&entropy)));
    let socket =
        WorkerSocket::bind(data, entropy.as_ref()).context("cannot open the socket for workers")?;
    let results = Arc::clone(&nudges.results);
    let server = WorkerServer::new(
        Arc::<SqliteStore>::clone(&store),
        Arc::clone(&tokens),
        Arc::new(move |_container| results.notify_one()),
    );
    let previews = data.join("previews");
    let fleet = ProcessFleet::open(FleetSettings {
        program: own_binary()?,
        arguments: vec!["worker".into()],
        data: data.clone(),
        socket: socket.path().to_owned(),
        previews: previews.clone(),
        environment: environment.variables(),
        issue_token: Arc::new(move |container, generation| tokens.issue(container, generation)),
        clock: Arc::clone(&clock),
    });
    let fleet = Arc::new(
        fleet
            .await
            .context("cannot prepare the folder for workers")?,
    );
    let mailer: Arc<dyn Mailer> = match &settings.mail_out {
        MailOut::Folder(folder) => Arc::new(FolderMailer::open(folder.clone())?),
        MailOut::Smtp(server) => Arc::new(SmtpMailer::new(server.clone())?),
        MailOut::Ses => anyhow::bail!("HERMES_MAIL_OUT=ses needs HERMES_BACKEND=aws"),
    };
    let ports = Ports {
        clock,
        entropy,
        ledger: Arc::new(NudgingLedger::new(
            Arc::<SqliteStore>::clone(&store),
            nudges.clone(),
        )),
        sessions: Arc::<SqliteStore>::clone(&store),
        threads: Arc::<SqliteStore>::clone(&store),
        containers: Arc::<SqliteStore>::clone(&store),
        commands: Arc::<SqliteStore>::clone(&store),
        replies: Arc::<SqliteStore>::clone(&store),
        journal: Arc::<SqliteStore>::clone(&store),
        events: Arc::<SqliteStore>::clone(&store),
        claims: Arc::<SqliteStore>::clone(&store),
        archive: Arc::<SqliteStore>::clone(&store),
        retention: Arc::<SqliteStore>::clone(&store),
        queues: store,
        fleet: Arc::<ProcessFleet>::clone(&fleet),
        mailer,
        previews: Arc::new(FolderPreviews::new(previews)),
    };
    Ok(Embedded {
        ports,
        fleet,
        server,
        socket,
    })
}

/// The program that workers run: this one, even after its file was replaced by a newer version.
fn own_binary() -> anyhow::Result<PathBuf> {
    std::env::current_exe().context("cannot find the program's own file")
}
