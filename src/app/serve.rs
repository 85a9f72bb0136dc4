//! Running the service: what is started, in which order, and how it stops.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tracing::info;

use super::services::{Ground, Services};
use super::{aws, background, embedded, projects};
use crate::adapters::system::SystemClock;
use crate::config::{Backend, Environment, Settings};
use crate::domain::time::Timestamp;
use crate::http::{self, AppState, Wiring};
use crate::ports::clock::Clock as _;
use crate::runtime::{Outcome, Signals, Stage, Supervisor, TaskBoard};
use crate::services::health::{ProcessHealth, TaskHealth};
use crate::services::metrics::Metrics;
use crate::services::nudge::Nudges;
use crate::services::projects::Projects;
use crate::services::sessions::Sessions;

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
    let listener = listen(&settings).await?;
    let address = listener.local_addr().context("cannot tell the port")?;
    let nudges = Nudges::default();
    let metrics = Arc::new(Metrics::new(
        env!("CARGO_PKG_VERSION"),
        settings.backend.as_str(),
    ));
    let opened = match settings.backend {
        Backend::Embedded => embedded::open(&settings, environment, &nudges).await?,
        Backend::Aws => aws::open(&settings, &nudges, &metrics).await?,
    };
    let list = opened.projects.read().await?;
    let supervisor = Supervisor::new();
    let spawner = supervisor.spawner().clone();
    let process: Arc<dyn ProcessHealth> = Arc::new(Process {
        stopping: spawner.stopping(),
        board: spawner.board(),
    });
    let services = Services::new(Ground {
        ports: &opened.ports,
        settings: &settings,
        port: address.port(),
        projects: list,
        nudges,
        metrics,
        process,
    })?;

    let url = settings.public_url(address.port());
    let state = state(
        &services,
        &settings,
        &opened.ports.entropy,
        &url,
        address.port(),
        spawner.stopping(),
    );
    spawner.spawn_task("http", Stage::Serving, move |stop| async move {
        http::serve(listener, state, async move { stop.requested().await })
            .await
            .map_err(Into::into)
    });
    background::spawn(&spawner, &services, opened.cadence);
    projects::spawn(&spawner, &services, opened.projects);
    (opened.beside)(&spawner, &services);
    info!(version = env!("CARGO_PKG_VERSION"), backend = %settings.backend, data = %settings.data_dir.display(), "listening on {address}: {url}");
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
        backend: settings.backend.as_str(),
        data_dir: settings.data_dir.clone(),
        seed: entropy.bits(),
        stopping,
    })
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
            name: status.name,
            last_tick: status.since_last_tick.map(|ago| now - ago),
            error: status
                .last_error
                .filter(|_| status.consecutive_failures > 0),
        };
        self.board.snapshot().into_iter().map(row).collect()
    }
}
