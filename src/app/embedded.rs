//! The embedded backend: one folder, worker processes, no account.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::sync::watch;
use tracing::error;

use super::opened::{Cadence, Opened, ResultsLoop};
use super::projects::LocalProjects;
use super::services::Services;

use crate::adapters::folder::{FolderMailer, FolderPreviews};
use crate::adapters::process::{FleetSettings, ProcessFleet};
use crate::adapters::smtp::SmtpMailer;
use crate::adapters::socket::{TokenRegistry, WorkerFiles, WorkerServer, WorkerSocket};
use crate::adapters::sqlite::SqliteStore;
use crate::adapters::system::{SystemClock, SystemEntropy};
use crate::config::{Environment, MailOut, Settings};
use crate::ports::Ports;
use crate::ports::clock::Clock;
use crate::ports::entropy::Entropy;
use crate::ports::mailer::Mailer;
use crate::runtime::{Spawner, Stage};
use crate::services::nudge::{Nudges, NudgingLedger};

/// SQLite is read in microseconds.
const CADENCE: Cadence = Cadence {
    reconcile: Duration::from_secs(1),
    results: ResultsLoop::Look(Duration::from_secs(1)),
    replies: Duration::from_secs(2),
    sweep: Duration::from_secs(5),
};
/// For running commands to end when Hermes stops, and then for their work to be saved; together with the time that
/// requests get, within the supervisor's 25 s.
const WORKERS: Duration = Duration::from_secs(8);
/// For what still runs then.
const FORCED: Duration = Duration::from_secs(6);

/// Opens the data folder. Fails with a clear error when another Hermes has it.
pub(super) async fn open(
    settings: &Settings,
    environment: &Environment,
    nudges: &Nudges,
) -> anyhow::Result<Opened> {
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
        WorkerFiles::new(
            Arc::<SqliteStore>::clone(&store),
            Arc::<SqliteStore>::clone(&store),
        ),
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
        notes: Arc::<SqliteStore>::clone(&store),
        archive: Arc::<SqliteStore>::clone(&store),
        retention: Arc::<SqliteStore>::clone(&store),
        queues: store,
        fleet: Arc::<ProcessFleet>::clone(&fleet),
        mailer,
        previews: Arc::new(FolderPreviews::new(previews)),
    };
    Ok(Opened {
        ports,
        cadence: CADENCE,
        projects: Arc::new(LocalProjects {
            source: settings.projects.clone(),
            mode: settings.mode,
        }),
        beside: Box::new(move |spawner, services| {
            run_workers(spawner, services, fleet, server, socket);
        }),
    })
}

/// Serves workers, nudges the reconciler when one ends, and ends them all when Hermes stops.
fn run_workers(
    spawner: &Spawner,
    services: &Services,
    fleet: Arc<ProcessFleet>,
    server: WorkerServer,
    socket: WorkerSocket,
) {
    let workers_gone = WorkersGone::default();
    let gone = workers_gone.0.subscribe();
    spawner.spawn_task("worker socket", Stage::Finishing, move |stop| async move {
        let shutdown = async move {
            stop.requested().await;
            until(gone).await;
        };
        server.serve(socket, shutdown).await.map_err(Into::into)
    });
    watch_workers(spawner, services, fleet, workers_gone);
}

/// Nudges the reconciler when a worker ends, and ends them all when Hermes stops.
fn watch_workers(
    spawner: &Spawner,
    services: &Services,
    fleet: Arc<ProcessFleet>,
    gone: WorkersGone,
) {
    let reconcile = Arc::clone(&services.nudges.reconcile);
    let (reconciler, results, replies) = (
        Arc::clone(&services.reconciler),
        Arc::clone(&services.results),
        Arc::clone(&services.replies),
    );
    spawner.spawn_task("workers", Stage::Serving, move |stop| async move {
        loop {
            tokio::select! {
                () = stop.requested() => break,
                exited = fleet.exited() => {
                    exited?;
                    reconcile.notify_one();
                }
            }
        }
        reconciler.send_all_home().await?;
        fleet.let_finish(WORKERS).await?;
        fleet.stop_all(FORCED).await?;
        results.tick().await?;
        replies.tick().await?;
        gone.0.send_replace(true);
        Ok(())
    });
}

/// Turns true when no worker is left, so that the socket can close.
struct WorkersGone(watch::Sender<bool>);

impl Default for WorkersGone {
    fn default() -> Self {
        Self(watch::Sender::new(false))
    }
}

async fn until(mut gone: watch::Receiver<bool>) {
    if let Err(error) = gone.wait_for(|gone| *gone).await {
        error!(%error, "the watch over workers has ended");
    }
}

/// The program that workers run: this one, even after its file was replaced by a newer version.
fn own_binary() -> anyhow::Result<PathBuf> {
    std::env::current_exe().context("cannot find the program's own file")
}
