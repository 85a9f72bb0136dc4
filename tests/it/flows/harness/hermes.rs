//! What a test holds: the outside that stays, and the inside that a restart makes anew.

use std::collections::BTreeSet;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hermes::adapters::folder::FolderPreviews;
use hermes::adapters::sqlite::SqliteStore;
use hermes::domain::access::Scope;
use hermes::domain::command::Command;
use hermes::domain::container::{Container, Limits};
use hermes::domain::ids::{
    CommandId, ContainerId, JournalId, ProjectId, SessionId, ThreadId, UserId,
};
use hermes::domain::journal::{Channel, JournalRow};
use hermes::domain::mail::{Authentication, TrustedServers};
use hermes::domain::member::Role;
use hermes::domain::project::{AgentChoice, Member, Project, ProjectRepo};
use hermes::domain::session::{Lifetimes, MAX_LIFETIME, Session};
use hermes::ports::Ports;
use hermes::ports::clock::Clock;
use hermes::ports::fleet::Fleet;
use hermes::ports::ledger::Ledger;
use hermes::ports::mailer::Mailer;
use hermes::ports::queues::Queues;
use hermes::services::acceptance::Acceptor;
use hermes::services::activation::{Activate, Activated, Activation};
use hermes::services::deactivation::Deactivation;
use hermes::services::ending::Endings;
use hermes::services::intake::{Force, Intake};
use hermes::services::intake_error::{IntakeError, Received};
use hermes::services::letters::Letters;
use hermes::services::metrics::Metrics;
use hermes::services::notes::Notes;
use hermes::services::policy::Policy;
use hermes::services::projects::Projects;
use hermes::services::reconciler::{Helpers, Reconciler};
use hermes::services::replies::Replies;
use hermes::services::results::Results;
use hermes::services::session_error::SessionError;
use hermes::services::sessions::Sessions;
use hermes::services::sweeper::Sweeper;
use hermes::services::troubles::Troubles;
use tempfile::TempDir;

use super::mails::Mail;
use super::worker::Worker;
use crate::support::ManualClock;
use crate::support::entropy::SeededEntropy;
use crate::support::faulty::{Faults, Faulty};
use crate::support::fleet::FakeFleet;
use crate::support::mailer::FakeMailer;

/// An editor of `site`.
pub(crate) const AMELIA: &str = "amelia@example.com";
/// Another editor of `site`.
pub(crate) const BOB: &str = "bob@example.com";
/// A viewer of `site`.
pub(crate) const VIC: &str = "vic@example.com";

/// How a Hermes is set up.
#[derive(Clone)]
pub(crate) struct Setup {
    pub(crate) max_containers: usize,
    pub(crate) projects: Vec<Project>,
    /// The mailbox that it reads.
    pub(crate) mailbox: &'static str,
    /// How long a container stays awake with nothing to do.
    pub(crate) idle: Duration,
    /// Whether workers outlive a restart, as tasks of a cluster do.
    pub(crate) workers_survive: bool,
    /// Another fleet than the one whose tasks are values, by Hermes' clock.
    pub(crate) fleet: Option<MakeFleet>,
    /// Mail servers whose results are believed about posted mail.
    pub(crate) trusted: Vec<String>,
}

/// Makes a fleet.
pub(crate) type MakeFleet = Arc<dyn Fn(Arc<ManualClock>) -> Arc<dyn Fleet> + Send + Sync>;

impl Default for Setup {
    fn default() -> Self {
        Self {
            max_containers: 8,
            projects: vec![a_project("site", "acme")],
            mailbox: "edit@hermes.localhost",
            idle: Duration::from_mins(5),
            workers_survive: false,
            fleet: None,
            trusted: Vec::new(),
        }
    }
}

/// A project of a client, with its editors and its viewer.
pub(crate) fn a_project(id: &str, client: &str) -> Project {
    let member = |address: &str, role| Member {
        user: UserId::from_address(address),
        address: Some(address.to_owned()),
        role,
    };
    Project {
        id: id.parse().unwrap(),
        client: client.parse().unwrap(),
        open: false,
        repo: ProjectRepo::Demo,
        branch: "main".to_owned(),
        build: None,
        output: PathBuf::from("."),
        addresses: Vec::new(),
        agent: AgentChoice::Literal,
        command_timeout: Duration::from_mins(30),
        members: vec![
            member(AMELIA, Role::Editor),
            member(BOB, Role::Editor),
            member(VIC, Role::Viewer),
        ],
        mail: hermes::domain::project::MailOptions::default(),
    }
}

/// One Hermes and its world.
pub(crate) struct Hermes {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) fleet: Arc<FakeFleet>,
    pub(crate) mailer: Arc<FakeMailer>,
    pub(crate) faults: Arc<Faults>,
    pub(crate) crew: Vec<Worker>,
    /// Every session that was ever answered.
    pub(crate) known: BTreeSet<SessionId>,
    inside: Option<Inside>,
    entropy: Arc<SeededEntropy>,
    setup: Setup,
    folder: TempDir,
}

/// What a restart makes anew.
pub(crate) struct Inside {
    pub(crate) ports: Ports,
    pub(crate) activation: Activation,
    pub(crate) sessions: Sessions,
    pub(crate) deactivation: Deactivation,
    pub(crate) intake: Arc<Intake>,
    pub(crate) projects: Arc<Projects>,
    pub(crate) reconciler: Reconciler,
    pub(crate) results: Arc<Results>,
    pub(crate) replies: Replies,
    pub(crate) notes: Arc<Notes>,
    pub(crate) sweeper: Sweeper,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) troubles: Arc<Troubles>,
    /// The queues as workers see them: they have no trouble.
    pub(super) queues: Arc<dyn Queues>,
}

impl Deref for Hermes {
    type Target = Inside;
    fn deref(&self) -> &Inside {
        self.inside.as_ref().expect("it runs")
    }
}

impl Hermes {
    /// A Hermes with one project.
    pub(crate) fn start() -> Self {
        Self::with(Setup::default())
    }

    /// A Hermes that is set up in another way.
    pub(crate) fn with(setup: Setup) -> Self {
        let mut hermes = Self {
            clock: Arc::default(),
            fleet: Arc::default(),
            mailer: Arc::default(),
            faults: Arc::default(),
            crew: Vec::new(),
            known: BTreeSet::new(),
            inside: None,
            entropy: Arc::new(SeededEntropy::new(7)),
            setup,
            folder: a_folder(),
        };
        hermes.open();
        hermes
    }

    /// Drops everything and begins again from the data folder. Worker processes end with Hermes; tasks of a cluster
    /// do not.
    pub(crate) fn restart(&mut self) {
        self.inside = None;
        self.faults.mend();
        if !self.setup.workers_survive {
            self.fleet.forget();
            self.crew.clear();
        }
        self.open();
    }

    /// Changes how many containers may be awake at once.
    pub(crate) fn restart_with_places(&mut self, max_containers: usize) {
        self.setup.max_containers = max_containers;
        self.restart();
    }

    fn open(&mut self) {
        let clock: Arc<dyn Clock> = Arc::<ManualClock>::clone(&self.clock);
        let store = SqliteStore::open(self.folder.path(), clock).map(Arc::new);
        let ports = self.ports(&store.expect("the folder is free"));
        self.inside = Some(Inside::new(&self.setup, ports.0, ports.1));
    }

    fn ports(&self, store: &Arc<SqliteStore>) -> (Ports, Arc<dyn Queues>) {
        macro_rules! port {
            () => {
                Arc::<SqliteStore>::clone(store)
            };
        }
        let ledger: Arc<dyn Ledger> = port!();
        let queues: Arc<dyn Queues> = port!();
        let fleet: Arc<dyn Fleet> = match &self.setup.fleet {
            Some(make) => make(Arc::clone(&self.clock)),
            None => Arc::<FakeFleet>::clone(&self.fleet),
        };
        let mailer: Arc<dyn Mailer> = Arc::<FakeMailer>::clone(&self.mailer);
        let ports = Ports {
            clock: Arc::<ManualClock>::clone(&self.clock),
            entropy: Arc::<SeededEntropy>::clone(&self.entropy),
            ledger: Arc::new(Faulty::new(ledger, &self.faults)),
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
            queues: Arc::new(Faulty::new(Arc::clone(&queues), &self.faults)),
            fleet: Arc::new(Faulty::new(fleet, &self.faults)),
            mailer: Arc::new(Faulty::new(mailer, &self.faults)),
            previews: Arc::new(FolderPreviews::new(self.folder.path().join("previews"))),
        };
        (ports, queues)
    }
}

/// Memory-backed where the machine has that: these tests are not about disks.
fn a_folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .expect("a folder")
}

impl Inside {
    fn new(setup: &Setup, ports: Ports, queues: Arc<dyn Queues>) -> Self {
        let policy = Arc::new(Policy {
            lifetimes: Lifetimes {
                idle: Duration::from_mins(30),
                max: MAX_LIFETIME,
            },
            limits: Limits {
                idle: setup.idle,
                ..Limits::default()
            },
            max_containers: setup.max_containers,
            preview_url: "http://{sessionId}.localhost:3000/".to_owned(),
            mail_retention: Duration::from_hours(24 * 30),
        });
        let projects = Arc::new(Projects::new(setup.projects.clone()));
        let metrics = Arc::new(Metrics::new("1.2.3", "embedded"));
        let letters = Letters::new(setup.mailbox.parse().unwrap());
        let acceptor = Acceptor::new(&ports, Arc::clone(&policy));
        let endings = Endings::new(
            &ports,
            letters.clone(),
            Arc::clone(&policy),
            Arc::clone(&metrics),
        );
        let results = Arc::new(Results::new(&ports, endings.clone(), Arc::clone(&policy)));
        let notes = Arc::new(Notes::new(&ports, letters.clone()));
        let helpers = Helpers {
            endings,
            results: Arc::clone(&results),
            notes: Arc::clone(&notes),
            projects: Arc::clone(&projects),
            metrics: Arc::clone(&metrics),
        };
        let troubles: Arc<Troubles> = Arc::default();
        Self {
            activation: Activation::new(&ports, acceptor.clone(), Arc::clone(&projects)),
            sessions: Sessions::new(&ports, Arc::clone(&policy)),
            deactivation: Deactivation::new(&ports),
            intake: Arc::new(
                Intake::new(
                    &ports,
                    acceptor,
                    Arc::clone(&projects),
                    letters.clone(),
                    Arc::clone(&metrics),
                )
                .trusting(TrustedServers::new(setup.trusted.clone()))
                .telling(Arc::clone(&troubles)),
            ),
            reconciler: Reconciler::new(&ports, helpers, Arc::clone(&policy))
                .telling(Arc::clone(&troubles)),
            replies: Replies::new(&ports, letters, Arc::clone(&metrics))
                .telling(Arc::clone(&troubles)),
            metrics,
            notes,
            troubles,
            sweeper: Sweeper::new(&ports, policy),
            projects,
            results,
            ports,
            queues,
        }
    }

    /// The command, which must be there.
    pub(crate) async fn command(&self, id: &CommandId) -> Command {
        self.ports
            .commands
            .get(id)
            .await
            .unwrap()
            .expect("a command")
    }

    /// The session, which must be there.
    pub(crate) async fn session(&self, id: &SessionId) -> Session {
        self.ports
            .sessions
            .get(id)
            .await
            .unwrap()
            .expect("a session")
    }

    /// The container, which must be there.
    pub(crate) async fn container(&self, id: &ContainerId) -> Container {
        let container = self.ports.containers.get(id).await.unwrap();
        container.expect("a container")
    }

    /// The names of a session's events, in order.
    pub(crate) async fn events(&self, id: &SessionId) -> Vec<&'static str> {
        let events = self.ports.events.page(id, 0, 1000).await.unwrap();
        events.iter().map(|event| event.draft.kind.name()).collect()
    }
}

/// The word of a caller with the right `mail`.
const VOUCHED: Authentication = Authentication::Vouched { may_publish: false };

impl Hermes {
    /// Posts a mail that is vouched for.
    pub(crate) async fn try_post(&mut self, mail: &Mail) -> Result<Received, IntakeError> {
        let posted = self
            .intake
            .receive(mail.bytes(), Channel::Http, VOUCHED, &Scope::All);
        let received = posted.await?;
        self.known.extend(received.session_id.clone());
        Ok(received)
    }

    /// Posts a mail as its bytes stand, which must be taken.
    pub(crate) async fn hand_in(&mut self, raw: bytes::Bytes) -> Received {
        let posted = self
            .intake
            .receive(raw, Channel::Http, VOUCHED, &Scope::All);
        let received = posted.await.expect("is taken");
        self.known.extend(received.session_id.clone());
        received
    }

    /// Has a mail decided again.
    pub(crate) async fn replayed(&mut self, id: &JournalId) -> Received {
        let replayed = self.intake.replay(id, Force::No, VOUCHED, &Scope::All);
        let received = replayed.await.expect("is decided again");
        self.known.extend(received.session_id.clone());
        received
    }

    /// Posts a mail that must be taken.
    pub(crate) async fn post(&mut self, mail: &Mail) -> Received {
        self.try_post(mail).await.expect("is taken")
    }

    /// The journal row of a mail.
    pub(crate) async fn row(&mut self, mail: &Mail) -> JournalRow {
        let received = self.post(mail).await;
        let row = self.ports.journal.get(&received.journal_id).await;
        row.unwrap().expect("a row")
    }

    /// Posts a mail that must become a command.
    pub(crate) async fn instruct(&mut self, mail: &Mail) -> (SessionId, CommandId) {
        let received = self.post(mail).await;
        let of = (received.session_id, received.command_id);
        (of.0.expect("a session"), of.1.expect("a command"))
    }

    /// Activates by REST as Amelia; a thread is named to go on with it.
    pub(crate) async fn try_activate(
        &mut self,
        instruction: &str,
        thread: Option<&ThreadId>,
        key: Option<&str>,
    ) -> Result<Activated, SessionError> {
        let request = Activate {
            client_id: "acme".parse().unwrap(),
            user_id: AMELIA.parse().unwrap(),
            instruction: instruction.to_owned(),
            project_id: None::<ProjectId>,
            thread_id: thread.cloned(),
            idempotency_key: key.map(str::to_owned),
        };
        let activated = self.activation.activate(&Scope::All, request).await?;
        self.known.insert(activated.session_id.clone());
        Ok(activated)
    }

    /// Activates a new session, which must work.
    pub(crate) async fn activate(&mut self, instruction: &str) -> Activated {
        let activated = self.try_activate(instruction, None, None).await;
        activated.expect("is activated")
    }
}
