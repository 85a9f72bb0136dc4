//! `hermes mail explain`: what the settings say of us, and the explanation.

use std::process::ExitCode;

use crate::cli::{self, Assumed};
use crate::config::Settings;
use crate::config::cli::ExplainMail;
use crate::domain::mail::{HermesAddress, OwnIdentity};

use super::run::{Stopped, Surroundings, on_terminal, settings_of};

/// What the project of a mail is called when none is known.
const ASSUMED_PROJECT: &str = "assumed";

pub(super) fn run(
    command: &ExplainMail,
    json: bool,
    surroundings: &Surroundings,
) -> Result<ExitCode, Stopped> {
    let settings = settings_of(&command.settings, surroundings)?.settings;
    let assumed = assumed(&settings).map_err(|error| Stopped::failed(&error))?;
    Ok(on_terminal(json, surroundings, |terminal| {
        cli::explain(command, &assumed, terminal)
    }))
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
