//! The whole service behind the router: real services, the embedded store, time set by hand, and nobody who acts.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request};
use axum::response::Response;
use hermes::adapters::folder::FolderPreviews;
use hermes::adapters::sqlite::SqliteStore;
use hermes::config::{Environment, Mode, SettingsFlags, load, parse_projects};
use hermes::domain::container::{Limits, TaskRef};
use hermes::domain::mail::TrustedServers;
use hermes::domain::session::{Lifetimes, MAX_LIFETIME, Session};
use hermes::http::{AppState, Wiring, router};
use hermes::ports::Ports;
use hermes::ports::clock::Clock as _;
use hermes::ports::fault::Fault;
use hermes::ports::fleet::{Fleet, Launch, LaunchError, OwnTask, TaskState};
use hermes::ports::ledger::Write;
use hermes::ports::mailer::{Mailer, MailerError, OutgoingMail};
use hermes::ports::preview_store::PreviewStore;
use hermes::services::acceptance::Acceptor;
use hermes::services::activation::Activation;
use hermes::services::deactivation::Deactivation;
use hermes::services::health::{Health, ProcessHealth, TaskHealth};
use hermes::services::intake::Intake;
use hermes::services::inventory::Inventory;
use hermes::services::journal::Journal;
use hermes::services::letters::Letters;
use hermes::services::metrics::Metrics;
use hermes::services::nudge::{Nudges, NudgingLedger};
use hermes::services::policy::Policy;
use hermes::services::previews::Previews;
use hermes::services::projects::Projects;
use hermes::services::sessions::Sessions;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::watch;
use tower::ServiceExt as _;

use super::client::Call;
use crate::support::ManualClock;
use crate::support::entropy::SeededEntropy;
use crate::support::records::{a_session, id};

const PROJECTS: &str = r#"
[[project]]
id = "demo"
client = "demo"
open = true
repo = "builtin:demo"

[[project]]
id = "shop"
client = "acme"
repo = "builtin:demo"
addresses = ["shop@example.com"]
members = [{ address = "ann@example.com", role = "editor" }, { user = "u-look", role = "viewer" }]

[[project]]
id = "blog"
client = "acme"
repo = "builtin:demo"
members = [{ address = "ann@example.com", role = "editor" }]
"#;

/// The service as a test sees it.
pub(super) struct TestApp {
    router: Router,
    pub(super) state: AppState,
    pub(super) clock: Arc<ManualClock>,
    pub(super) ports: Ports,
    pub(super) stopping: watch::Sender<bool>,
    pub(super) folder: TempDir,
}

impl TestApp {
    /// With nothing configured: callers on this machine may do everything.
    pub(super) fn start() -> Self {
        Self::with(&[])
    }

    /// With these environment variables.
    pub(super) fn with(variables: &[(&str, &str)]) -> Self {
        Self::build(variables, None)
    }

    /// With these previews.
    pub(super) fn with_previews(previews: Arc<dyn PreviewStore>) -> Self {
        Self::build(&[], Some(previews))
    }

    fn build(variables: &[(&str, &str)], previews: Option<Arc<dyn PreviewStore>>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::default());
        let nudges = Nudges::default();
        let mut ports = ports(folder.path(), &clock, &nudges);
        if let Some(previews) = previews {
            ports.previews = previews;
        }
        let (stopping, stopping_seen) = watch::channel(false);
        let wiring = wiring(&ports, nudges, variables, folder.path(), stopping_seen);
        let state = AppState::new(wiring);
        Self {
            router: router(state.clone()),
            state,
            clock,
            ports,
            stopping,
            folder,
        }
    }

    pub(super) async fn serve(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub(super) fn get(&self, path: &str) -> Call<'_> {
        Call::new(self, Method::GET, path)
    }

    pub(super) fn post(&self, path: &str) -> Call<'_> {
        Call::new(self, Method::POST, path)
    }

    pub(super) fn call(&self, method: Method, path: &str) -> Call<'_> {
        Call::new(self, method, path)
    }

    /// Writes the row of a session of this id.
    pub(super) async fn known(&self, session: &str) {
        let row = Session {
            session_id: id(session),
            ..a_session(1)
        };
        let writes = vec![Write::Session(row)];
        self.ports.ledger.commit(writes).await.unwrap();
    }

    /// Activates a session of the demo project, and answers the body.
    pub(super) async fn activate(&self) -> Value {
        let answer = self
            .post("/hermes/api/sessions/activate")
            .json(&instruction());
        answer.send().await.expect(201)
    }

    /// Activates a session, and answers its id.
    pub(super) async fn session(&self) -> String {
        self.activate().await["sessionId"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    pub(super) fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }
}

/// What activates a session of the demo project.
pub(super) fn instruction() -> Value {
    json!({"clientId": "demo", "userId": "test@example.com", "instruction": "replace 8 am with 7 am"})
}

fn ports(folder: &Path, clock: &Arc<ManualClock>, nudges: &Nudges) -> Ports {
    let store = SqliteStore::open(folder, Arc::<ManualClock>::clone(clock)).unwrap();
    let store = Arc::new(store);
    macro_rules! port {
        () => {
            Arc::<SqliteStore>::clone(&store)
        };
    }
    Ports {
        clock: Arc::<ManualClock>::clone(clock),
        entropy: Arc::new(SeededEntropy::new(7)),
        ledger: Arc::new(NudgingLedger::new(port!(), nudges.clone())),
        sessions: port!(),
        threads: port!(),
        containers: port!(),
        commands: port!(),
        replies: port!(),
        journal: port!(),
        events: port!(),
        claims: port!(),
        notes: port!(),
        archive: port!(),
        retention: port!(),
        queues: port!(),
        fleet: Arc::new(Nobody),
        mailer: Arc::new(Nobody),
        previews: Arc::new(FolderPreviews::new(folder.join("previews"))),
    }
}

fn wiring(
    ports: &Ports,
    nudges: Nudges,
    variables: &[(&str, &str)],
    folder: &Path,
    stopping: watch::Receiver<bool>,
) -> Wiring {
    let environment: Environment = variables.iter().copied().collect();
    let loaded = load(&SettingsFlags::default(), &environment, folder).unwrap();
    let settings = loaded.settings;
    let policy = Arc::new(Policy {
        lifetimes: Lifetimes {
            idle: Duration::from_mins(30),
            max: MAX_LIFETIME,
        },
        limits: Limits::default(),
        max_containers: 0,
        preview_url: settings.preview_url.template(3000),
        mail_retention: Duration::from_hours(1),
    });
    let projects = parse_projects("projects.toml", PROJECTS, folder, Mode::Development).unwrap();
    let projects = Arc::new(Projects::new(projects));
    let metrics = Arc::new(Metrics::new("1.2.3", "embedded"));
    let acceptor = Acceptor::new(ports, Arc::clone(&policy));
    let letters = Letters::new(settings.mail_address.parse().unwrap());
    let intake = Intake::new(
        ports,
        acceptor.clone(),
        Arc::clone(&projects),
        letters,
        Arc::clone(&metrics),
    )
    .trusting(TrustedServers::new(settings.trusted_authserv.clone()))
    .reached_at(settings.public_url(3000));
    let previews = Previews::new(
        Arc::clone(&ports.previews),
        Arc::clone(&ports.sessions),
        Arc::clone(&ports.threads),
    );
    Wiring {
        activation: Arc::new(Activation::new(ports, acceptor, Arc::clone(&projects))),
        sessions: Arc::new(Sessions::new(ports, policy)),
        deactivation: Arc::new(Deactivation::new(ports)),
        intake: Arc::new(intake),
        journal: Arc::new(Journal::new(Arc::clone(&ports.journal), projects)),
        previews: Arc::new(previews),
        health: Arc::new(Health::new(ports, Arc::new(Process(stopping.clone())))),
        metrics,
        inventory: Arc::new(Inventory::new(ports)),
        nudges,
        access: settings.access.clone(),
        public_url: settings.public_url(3000),
        preview_url: settings.preview_url,
        port: 3000,
        mail_address: settings.mail_address,
        version: "1.2.3",
        backend: "embedded",
        stopping,
        data_dir: folder.to_owned(),
        seed: ports.entropy.bits(),
    }
}

/// One task that has ticked.
struct Process(watch::Receiver<bool>);

impl ProcessHealth for Process {
    fn is_stopping(&self) -> bool {
        *self.0.borrow()
    }

    fn tasks(&self) -> Vec<TaskHealth> {
        vec![TaskHealth {
            name: "reconciler",
            last_tick: Some(ManualClock::default().now()),
            error: None,
        }]
    }
}

/// The HTTP face starts no task and sends no mail: it writes intent (invariant 4).
struct Nobody;

#[async_trait]
impl Fleet for Nobody {
    fn launch(&self) -> &'static str {
        "process"
    }

    async fn start(&self, launch: Launch) -> Result<TaskRef, LaunchError> {
        panic!("a route has started {launch:?}")
    }

    async fn stop(&self, task: &TaskRef, _: Duration) -> Result<(), Fault> {
        panic!("a route has stopped {task}")
    }

    async fn observe(&self, tasks: &[TaskRef]) -> Result<Vec<TaskState>, Fault> {
        panic!("a route has looked at {tasks:?}")
    }

    async fn own(&self) -> Result<Vec<OwnTask>, Fault> {
        panic!("a route has looked at all tasks")
    }
}

#[async_trait]
impl Mailer for Nobody {
    async fn send(&self, mail: OutgoingMail) -> Result<String, MailerError> {
        panic!("a route has sent {}", mail.id)
    }
}
