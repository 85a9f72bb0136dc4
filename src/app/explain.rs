//! `hermes mail explain`: a decision by what the settings say, and by the projects and conversations of a data folder where
//! one is named.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;

use super::run::{Stopped, Surroundings, on_terminal, service_runtime, settings_of};
use super::services::policy;
use super::{embedded, opened::Opened};
use crate::adapters::sqlite::backup_folder;
use crate::cli::{self, Assumed};
use crate::config::cli::ExplainMail;
use crate::config::{Backend, Environment, Loaded, MailOut, Settings, Source};
use crate::domain::mail::{HermesAddress, OwnIdentity, TrustedServers};
use crate::services::acceptance::Acceptor;
use crate::services::intake::Intake;
use crate::services::letters::Letters;
use crate::services::metrics::Metrics;
use crate::services::nudge::Nudges;
use crate::services::projects::Projects;

/// What the project of a mail is called when none is known.
const ASSUMED_PROJECT: &str = "assumed";
/// Links in letters; none is written here.
const PORT: u16 = 0;

pub(super) fn run(
    command: &ExplainMail,
    json: bool,
    surroundings: &Surroundings,
) -> Result<ExitCode, Stopped> {
    let loaded = settings_of(&command.settings, surroundings)?;
    if names_a_folder(&loaded) {
        return by_folder(command, json, loaded.settings, surroundings);
    }
    let assumed = assumed(&loaded.settings).map_err(|error| Stopped::failed(&error))?;
    Ok(on_terminal(json, surroundings, |terminal| {
        let decider =
            |mail: &_, evidence, screening| Ok(assumed.decide(mail, &evidence, screening));
        cli::explain(command, &decider, terminal)
    }))
}

/// Whether somebody has said which data folder is meant; the default one is not looked for.
fn names_a_folder(loaded: &Loaded) -> bool {
    let mut settings = loaded.provenance.settings().iter();
    let folder = settings.find(|origin| origin.name == "HERMES_DATA_DIR");
    loaded.settings.backend == Backend::Embedded
        && folder.is_some_and(|origin| !matches!(origin.source, Source::Default))
}

fn assumed(settings: &Settings) -> anyhow::Result<Assumed> {
    let hermes: HermesAddress = settings.mail_address.parse()?;
    Ok(Assumed {
        own: OwnIdentity {
            instance: hermes.domain().to_owned(),
            hermes,
            addresses: Vec::new(),
        },
        project: ASSUMED_PROJECT.parse()?,
    })
}

/// Decides by a copy of the folder's database: the service may run there, and nothing of it is touched.
fn by_folder(
    command: &ExplainMail,
    json: bool,
    mut settings: Settings,
    surroundings: &Surroundings,
) -> Result<ExitCode, Stopped> {
    let threads = service_runtime()?;
    let copy = Copy::of(&settings.data_dir).map_err(|error| Stopped::failed(&error))?;
    settings.data_dir.clone_from(&copy.0);
    settings.mail_out = MailOut::Folder(copy.0.join("outbox"));
    let intake = threads
        .block_on(intake(&settings, &surroundings.environment))
        .map_err(|error| Stopped::failed(&error))?;
    let code = on_terminal(json, surroundings, |terminal| {
        let decider = |mail: &_, evidence, screening| {
            let told = threads.block_on(intake.explain(mail, evidence, screening));
            told.map_err(|error| format!("the data folder cannot be read: {error}"))
        };
        cli::explain(command, &decider, terminal)
    });
    threads.shutdown_background();
    Ok(code)
}

async fn intake(settings: &Settings, environment: &Environment) -> anyhow::Result<Intake> {
    let nudges = Nudges::default();
    let Opened {
        ports, projects, ..
    } = embedded::open(settings, environment, &nudges).await?;
    let version = env!("CARGO_PKG_VERSION");
    let metrics = Arc::new(Metrics::new(version, settings.backend.as_str()));
    let projects = Arc::new(Projects::new(projects.read().await?));
    let letters = Letters::new(settings.mail_address.parse()?);
    let acceptor = Acceptor::new(&ports, Arc::new(policy(settings, PORT)));
    let intake = Intake::new(&ports, acceptor, projects, letters, metrics);
    Ok(intake.trusting(TrustedServers::new(settings.trusted_authserv.clone())))
}

/// A folder that is gone when it is no longer needed.
struct Copy(PathBuf);

impl Copy {
    fn of(data_dir: &Path) -> anyhow::Result<Self> {
        let name = format!("hermes-explain-{}", std::process::id());
        let copy = Self(std::env::temp_dir().join(name));
        std::fs::create_dir(&copy.0)
            .with_context(|| format!("cannot make the folder {}", copy.0.display()))?;
        backup_folder(data_dir, &copy.0)?;
        Ok(copy)
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        // a copy that is left behind does no harm
        drop(std::fs::remove_dir_all(&self.0));
    }
}
