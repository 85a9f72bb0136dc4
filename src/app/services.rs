//! All services over one set of ports.

use std::sync::Arc;

use crate::config::Settings;
use crate::domain::container::Limits;
use crate::domain::mail::TrustedServers;
use crate::domain::project::Project;
use crate::domain::session::{Lifetimes, MAX_LIFETIME};
use crate::ports::Ports;
use crate::services::acceptance::Acceptor;
use crate::services::activation::Activation;
use crate::services::deactivation::Deactivation;
use crate::services::ending::Endings;
use crate::services::health::{Health, ProcessHealth};
use crate::services::intake::Intake;
use crate::services::inventory::Inventory;
use crate::services::journal::Journal;
use crate::services::letters::Letters;
use crate::services::metrics::Metrics;
use crate::services::notes::Notes;
use crate::services::nudge::Nudges;
use crate::services::policy::Policy;
use crate::services::previews::Previews;
use crate::services::projects::Projects;
use crate::services::reconciler::{Helpers, Reconciler};
use crate::services::replies::Replies;
use crate::services::results::Results;
use crate::services::sessions::Sessions;
use crate::services::sweeper::Sweeper;

/// Everything above the ports.
pub(super) struct Services {
    pub(super) activation: Arc<Activation>,
    pub(super) sessions: Arc<Sessions>,
    pub(super) deactivation: Arc<Deactivation>,
    pub(super) intake: Arc<Intake>,
    pub(super) journal: Arc<Journal>,
    pub(super) previews: Arc<Previews>,
    pub(super) projects: Arc<Projects>,
    pub(super) health: Arc<Health>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) reconciler: Arc<Reconciler>,
    pub(super) results: Arc<Results>,
    pub(super) replies: Arc<Replies>,
    pub(super) notes: Arc<Notes>,
    pub(super) sweeper: Arc<Sweeper>,
    pub(super) inventory: Arc<Inventory>,
    pub(super) nudges: Nudges,
}

/// What the services are built from.
pub(super) struct Ground<'a> {
    pub(super) ports: &'a Ports,
    pub(super) settings: &'a Settings,
    /// The port that is really listened on.
    pub(super) port: u16,
    pub(super) projects: Vec<Project>,
    pub(super) nudges: Nudges,
    pub(super) metrics: Arc<Metrics>,
    pub(super) process: Arc<dyn ProcessHealth>,
}

impl Services {
    /// Builds them all.
    pub(super) fn new(ground: Ground<'_>) -> anyhow::Result<Self> {
        let Ground {
            ports,
            settings,
            port,
            projects,
            nudges,
            metrics,
            process,
        } = ground;
        let policy = Arc::new(policy(settings, port));
        let projects = Arc::new(Projects::new(projects));
        let letters = Letters::new(settings.mail_address.parse()?);
        let acceptor = Acceptor::new(ports, Arc::clone(&policy));
        let endings = Endings::new(
            ports,
            letters.clone(),
            Arc::clone(&policy),
            Arc::clone(&metrics),
        );
        let results = Arc::new(Results::new(ports, endings.clone(), Arc::clone(&policy)));
        let notes = Arc::new(Notes::new(ports, letters.clone()));
        let helpers = Helpers {
            endings,
            results: Arc::clone(&results),
            notes: Arc::clone(&notes),
            projects: Arc::clone(&projects),
            metrics: Arc::clone(&metrics),
        };
        let health = Arc::new(Health::new(ports, process));
        let replies = Replies::new(ports, letters.clone(), Arc::clone(&metrics));
        Ok(Self {
            activation: Arc::new(Activation::new(
                ports,
                acceptor.clone(),
                Arc::clone(&projects),
            )),
            sessions: Arc::new(Sessions::new(ports, Arc::clone(&policy))),
            deactivation: Arc::new(Deactivation::new(ports)),
            intake: Arc::new(
                Intake::new(
                    ports,
                    acceptor,
                    Arc::clone(&projects),
                    letters,
                    Arc::clone(&metrics),
                )
                .trusting(TrustedServers::new(settings.trusted_authserv.clone()))
                .reached_at(settings.public_url(port))
                .telling(health.troubles()),
            ),
            journal: Arc::new(Journal::new(
                Arc::clone(&ports.journal),
                Arc::clone(&projects),
            )),
            previews: Arc::new(Previews::new(
                Arc::clone(&ports.previews),
                Arc::clone(&ports.sessions),
                Arc::clone(&ports.threads),
            )),
            reconciler: Arc::new(
                Reconciler::new(ports, helpers, Arc::clone(&policy)).telling(health.troubles()),
            ),
            replies: Arc::new(replies.telling(health.troubles())),
            notes,
            health,
            sweeper: Arc::new(Sweeper::new(ports, policy)),
            inventory: Arc::new(Inventory::new(ports)),
            projects,
            metrics,
            results,
            nudges,
        })
    }
}

pub(super) fn policy(settings: &Settings, port: u16) -> Policy {
    Policy {
        lifetimes: Lifetimes {
            idle: settings.session_ttl,
            max: MAX_LIFETIME,
        },
        limits: Limits {
            idle: settings.idle_timeout,
            ..Limits::default()
        },
        max_containers: usize::try_from(settings.max_containers).unwrap_or(usize::MAX),
        preview_url: settings.preview_url.template(port),
        mail_retention: settings.mail_retention,
    }
}
