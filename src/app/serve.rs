//! Running the service: what is started, in which order, and how it stops.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tracing::{error, info, warn};

use super::embedded::{self, Embedded};
use super::services::Services;
use crate::adapters::process::ProcessFleet;
use crate::adapters::system::SystemClock;
use crate::config::{Backend, Environment, Mode, ProjectsSource, Settings, load_projects};
use crate::domain::time::Timestamp;
use crate::http::{self, AppState, Wiring};
use crate::ports::clock::Clock as _;
use crate::runtime::{Outcome, Periodic, Signals, Spawner, Stage, Supervisor, TaskBoard};
use crate::services::health::{ProcessHealth, TaskHealth};
use crate::services::nudge::Nudges;
use crate::services::projects::Projects;
use crate::services::sessions::Sessions;

/// Between two looks of the reconciler when nobody nudges it.
const RECONCILE: Duration = Duration::from_secs(1);
/// Between two looks at the output queues when nobody nudges.
const RESULTS: Duration = Duration::from_secs(1);
/// Between two looks for replies to try again.
const REPLIES: Duration = Duration::from_secs(2);
/// Between two looks for sessions that have expired.
const SWEEP: Duration = Duration::from_secs(5);
/// Between two deletions of what has been kept long enough.
const PURGE: Duration = Duration::from_mins(10);
/// Between two looks at the projects file (`design.md` section 5).
const PROJECTS: Duration = Duration::from_mins(1);
/// For running commands to end when Hermes stops, and then for their work to be saved; together with the time that
/// requests get, within the supervisor's 25 s.
const WORKERS: Duration = Duration::from_secs(8);
/// For what still runs then.
const FORCED: Duration = Duration::from_secs(6);

/// A running service, as the demo sees it.
pub(super) struct Running {
    /// Where it listens.
    pub(super) address: SocketAddr,
    /// Where people reach it.
    pub(super) url: String,
    pub(super) sessions: Arc<Sessions>,
    pub(super) projects: Arc<Projects>,
    pub(super) nudges: Nudges,
}

/// Runs the service until it is stopped. `ready` hears where it listens.
pub(super) async fn serve(
    settings: Settings,
    environment: &Environment,
    signals: Signals,
    ready: oneshot::Sender<Running>,
) -> anyhow::Result<Outcome> {
    match settings.backend {
        Backend::Embedded => {}
        Backend::Aws => anyhow::bail!(
            "HERMES_BACKEND=aws is not in this version yet; leave it out, or set it to embedded"
        ),
    }
    let projects = projects_of(&settings)?;
    let listener = listen(&settings).await?;
    let address = listener.local_addr().context("cannot tell the port")?;
    let nudges = Nudges::default();
    let Embedded {
        ports,
        fleet,
        server,
        socket,
    } = embedded::open(&settings, environment, &nudges).await?;
    let supervisor = Supervisor::new();
    let spawner = supervisor.spawner().clone();
    let process: Arc<dyn ProcessHealth> = Arc::new(Process {
        stopping: spawner.stopping(),
        board: spawner.board(),
    });
    let services = Services::new(&ports, nudges, &settings, address.port(), projects, process)?;

    let url = settings.public_url(address.port());
    let state = state(
        &services,
        &settings,
        &ports.entropy,
        &url,
        address.port(),
        spawner.stopping(),
    );
    spawner.spawn_task("http", Stage::Serving, move |stop| async move {
        http::serve(listener, state, async move { stop.requested().await })
            .await
            .map_err(Into::into)
    });
    let workers_gone = WorkersGone::default();
    let gone = workers_gone.0.subscribe();
    spawner.spawn_task("worker socket", Stage::Finishing, move |stop| async move {
        let shutdown = async move {
            stop.requested().await;
            until(gone).await;
        };
        server.serve(socket, shutdown).await.map_err(Into::into)
    });
    background(&spawner, &services, &fleet, workers_gone);
    spawn_projects(
        &spawner,
        &services,
        settings.projects.clone(),
        settings.mode,
    );
    info!(version = env!("CARGO_PKG_VERSION"), backend = "embedded", data = %settings.data_dir.display(), "listening on {address}: {url}");
    // an error only says that nobody waits for it
    let Services {
        sessions,
        projects,
        nudges,
        ..
    } = services;
    ready
        .send(Running {
            address,
            url,
            sessions,
            projects,
            nudges,
        })
        .ok();
    Ok(supervisor.run_until_stopped(signals).await)
}

/// Reads the projects; a bad file at start is an error, later only a warning.
fn projects_of(settings: &Settings) -> anyhow::Result<Vec<crate::domain::project::Project>> {
    if let ProjectsSource::ObjectStore(url) = &settings.projects {
        anyhow::bail!(
            "HERMES_PROJECTS={url}: object stores come with the aws backend; name a file"
        );
    }
    Ok(load_projects(&settings.projects, settings.mode)?)
}

async fn listen(settings: &Settings) -> anyhow::Result<TcpListener> {
    let address = settings.listen_on();
    TcpListener::bind(address).await.map_err(|error| {
        let advice = if error.kind() == ErrorKind::AddrInUse {
            ": stop the program that has it, or choose another with PORT=<number> or --port"
        } else if error.kind() == ErrorKind::PermissionDenied {
            ": ports below 1024 need rights; choose another with PORT=<number> or --port"
        } else {
            " (HOST, PORT)"
        };
        anyhow::anyhow!(
            "cannot listen on port {} of {}: {error}{advice}",
            address.port(),
            address.ip()
        )
    })
}

fn state(
    services: &Services,
    settings: &Settings,
    entropy: &Arc<dyn crate::ports::entropy::Entropy>,
    url: &str,
    port: u16,
    stopping: watch::Receiver<bool>,
) -> AppState {
    AppState::new(Wiring {
        activation: Arc::clone(&services.activation),
        sessions: Arc::clone(&services.sessions),
        deactivation: Arc::clone(&services.deactivation),
        intake: Arc::clone(&services.intake),
        journal: Arc::clone(&services.journal),
        previews: Arc::clone(&services.previews),
        health: Arc::clone(&services.health),
        metrics: Arc::clone(&services.metrics),
        nudges: services.nudges.clone(),
        inventory: Arc::clone(&services.inventory),
        access: settings.access.clone(),
        public_url: url.to_owned(),
        preview_url: settings.preview_url.clone(),
        port,
        mail_address: settings.mail_address.clone(),
        version: env!("CARGO_PKG_VERSION"),
        backend: "embedded",
        data_dir: settings.data_dir.clone(),
        seed: entropy.bits(),
        stopping,
    })
}

/// Starts what acts on the records.
fn background(
    spawner: &Spawner,
    services: &Services,
    fleet: &Arc<ProcessFleet>,
    workers_gone: WorkersGone,
) {
    let nudges = &services.nudges;
    let reconciler = Arc::clone(&services.reconciler);
    spawner.spawn_periodic(
        Stage::Intake,
        Periodic::every("reconciler", RECONCILE).nudged_by(Arc::clone(&nudges.reconcile)),
        move || {
            let reconciler = Arc::clone(&reconciler);
            async move { reconciler.tick().await }
        },
    );
    let results = Arc::clone(&services.results);
    spawner.spawn_periodic(
        Stage::Finishing,
        Periodic::every("results", RESULTS).nudged_by(Arc::clone(&nudges.results)),
        move || {
            let results = Arc::clone(&results);
            async move { results.tick().await }
        },
    );
    let replies = Arc::clone(&services.replies);
    spawner.spawn_periodic(
        Stage::Finishing,
        Periodic::every("replies", REPLIES).nudged_by(Arc::clone(&nudges.replies)),
        move || {
            let replies = Arc::clone(&replies);
            async move { replies.tick().await }
        },
    );
    let sweeper = Arc::clone(&services.sweeper);
    spawner.spawn_periodic(
        Stage::Intake,
        Periodic::every("sweeper", SWEEP),
        move || {
            let sweeper = Arc::clone(&sweeper);
            async move { sweeper.end_overdue().await }
        },
    );
    let sweeper = Arc::clone(&services.sweeper);
    spawner.spawn_periodic(Stage::Intake, Periodic::every("purge", PURGE), move || {
        let sweeper = Arc::clone(&sweeper);
        async move { sweeper.purge().await }
    });
    watch_workers(spawner, services, fleet, workers_gone);
}

/// Nudges the reconciler when a worker ends, and ends them all when Hermes stops.
fn watch_workers(
    spawner: &Spawner,
    services: &Services,
    fleet: &Arc<ProcessFleet>,
    gone: WorkersGone,
) {
    let fleet = Arc::clone(fleet);
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

/// Reads the projects again every minute; a bad file keeps the old ones and shows in readiness.
fn spawn_projects(spawner: &Spawner, services: &Services, source: ProjectsSource, mode: Mode) {
    let (projects, health) = (Arc::clone(&services.projects), Arc::clone(&services.health));
    let mut last_problem = None;
    spawner.spawn_periodic(
        Stage::Intake,
        Periodic::every("projects", PROJECTS),
        move || {
            let problem = match load_projects(&source, mode) {
                Ok(list) => {
                    projects.replace(list);
                    None
                }
                Err(errors) => Some(format!(
                    "the projects file is not used until it is mended: {errors}"
                )),
            };
            if problem != last_problem
                && let Some(problem) = &problem
            {
                warn!("{problem}");
            }
            last_problem.clone_from(&problem);
            health.projects_file(problem);
            async { Ok::<(), std::io::Error>(()) }
        },
    );
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

/// The supervisor's board, in the words of health.
struct Process {
    stopping: watch::Receiver<bool>,
    board: TaskBoard,
}

impl ProcessHealth for Process {
    fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    fn tasks(&self) -> Vec<TaskHealth> {
        let now: Timestamp = SystemClock.now();
        let row = |status: crate::runtime::TaskStatus| TaskHealth {
            name: status.name.to_owned(),
            last_tick: status.since_last_tick.map(|ago| now - ago),
            error: status
                .last_error
                .filter(|_| status.consecutive_failures > 0),
        };
        self.board.snapshot().into_iter().map(row).collect()
    }
}
