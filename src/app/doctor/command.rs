//! The two commands.

use std::future::ready;
use std::process::ExitCode;
use std::sync::Arc;

use futures_util::FutureExt as _;
use tokio::runtime::{Builder, Runtime};

use super::round::{self, Look};
use super::{links, machine, programs};
use crate::adapters::aws::doctor::{Case, Doctor};
use crate::adapters::aws::{self, Clients};
use crate::adapters::system::SystemClock;
use crate::app::run::{Stopped, Surroundings, on_terminal, settings_of};
use crate::cli::{self, Findings};
use crate::config::{Backend, Loaded, MailOut, Settings, SettingsFlags};
use crate::domain::check::Check;
use crate::ports::clock::Clock;

/// Checks everything that the settings name.
pub(in crate::app) fn doctor(
    flags: &SettingsFlags,
    role: Option<String>,
    json: bool,
    surroundings: &Surroundings,
) -> Result<ExitCode, Stopped> {
    let loaded = settings_of(flags, surroundings)?;
    if role.is_some() && loaded.settings.backend == Backend::Embedded {
        return Err(Stopped::usage(
            &"--role is of use with HERMES_BACKEND=aws only",
        ));
    }
    let one_thread = runtime()?;
    let shows_progress = std::io::IsTerminal::is_terminal(&std::io::stderr());
    Ok(on_terminal(json, surroundings, |terminal| {
        let work = async {
            let progress = |done, total| {
                if shows_progress {
                    cli::doctor_progress(done, total, terminal);
                }
            };
            match loaded.settings.backend {
                Backend::Embedded => embedded(&loaded, progress).await,
                Backend::Aws => on_aws(&loaded, role, surroundings, progress).await,
            }
        };
        let findings = one_thread.block_on(work);
        cli::doctor(&findings, terminal)
    }))
}

async fn embedded(loaded: &Loaded, progress: impl FnMut(usize, usize)) -> Vec<Findings> {
    let settings = &loaded.settings;
    let looks: Vec<Look<'_>> = vec![
        ("settings", ready(common(loaded)).boxed()),
        ("data folder", ready(machine::data(settings)).boxed()),
        ("port", links::port(settings).boxed()),
        ("public URL", links::public_url(settings).boxed()),
        ("git", programs::git().boxed()),
        ("projects", programs::projects(settings).boxed()),
        ("mail out", machine::mail_out(settings).boxed()),
    ];
    round::make(looks, progress).await
}

async fn on_aws(
    loaded: &Loaded,
    role: Option<String>,
    surroundings: &Surroundings,
    progress: impl FnMut(usize, usize),
) -> Vec<Findings> {
    let settings = &loaded.settings;
    let clients = Clients::connect(&settings.aws, None).await;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let doctor = Doctor::new(clients, case(settings, role, surroundings), clock);
    let mut looks: Vec<Look<'_>> = vec![
        ("settings", ready(common(loaded)).boxed()),
        ("public URL", links::public_url(settings).boxed()),
    ];
    if !matches!(settings.mail_out, MailOut::Ses) {
        looks.push(("mail out", machine::mail_out(settings).boxed()));
    }
    match &doctor {
        Ok(doctor) => looks.extend(doctor.looks()),
        Err(fault) => {
            let text = fault.source.to_string();
            let fix = "install the system's root certificates (ca-certificates)";
            let row = Check::wrong("AWS", text, fix);
            looks.push(("AWS", ready(vec![row]).boxed()));
        }
    }
    round::make(looks, progress).await
}

fn case(settings: &Settings, role: Option<String>, surroundings: &Surroundings) -> Case {
    let other_region = surroundings.environment.value("AWS_DEFAULT_REGION");
    let other_region = other_region
        .and_then(|region| region.to_str())
        .filter(|region| !region.trim().is_empty());
    Case {
        settings: settings.aws.clone(),
        mail_address: settings.mail_address.clone(),
        sends_by_ses: matches!(settings.mail_out, MailOut::Ses),
        projects: settings.projects.clone(),
        mode: settings.mode,
        role,
        other_region: other_region.map(str::to_owned),
    }
}

/// What needs no look at anything but the settings.
fn common(loaded: &Loaded) -> Vec<Check> {
    let mut checks: Vec<Check> = loaded
        .warnings
        .iter()
        .map(|warning| {
            let fix = "set or correct it; hermes config shows what is in force";
            Check::unknown("settings", warning.clone(), fix)
        })
        .collect();
    if checks.is_empty() {
        checks.push(Check::ok("settings", "all are understood"));
    }
    checks.push(links::callers(&loaded.settings));
    checks
}

/// Makes what is missing on AWS.
pub(in crate::app) fn provision(
    flags: &SettingsFlags,
    json: bool,
    surroundings: &Surroundings,
) -> Result<ExitCode, Stopped> {
    let settings = settings_of(flags, surroundings)?.settings;
    if settings.backend == Backend::Embedded {
        return Err(Stopped::usage(
            &"there is nothing to provision for the embedded backend, which makes its data folder by itself; \
             set HERMES_BACKEND=aws to make tables, queues and buckets on AWS",
        ));
    }
    let one_thread = runtime()?;
    Ok(on_terminal(json, surroundings, |terminal| {
        let mut steps = Vec::new();
        one_thread.block_on(async {
            let clients = Clients::connect(&settings.aws, None).await;
            let mut tell = |step| {
                cli::provision_step(&step, terminal);
                steps.push(step);
            };
            aws::provision(&clients, &settings.aws, &mut tell).await;
        });
        cli::provision(&steps, terminal)
    }))
}

fn runtime() -> Result<Runtime, Stopped> {
    let one_thread = Builder::new_current_thread().enable_all().build();
    one_thread.map_err(|error| Stopped::failed(&error.into()))
}
