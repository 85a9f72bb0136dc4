//! From arguments to one command with its flags.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser};

use crate::config::settings::SettingsFlags;

use super::command::Command;
use super::exit;

/// One call of `hermes`.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// Whether answers are JSON instead of text.
    pub json: bool,
    /// What to do. Settings flags before and behind the command's name are one here.
    pub command: Command,
}

/// Change your website by writing a message
///
/// Hermes takes mails and REST calls, has an agent edit the website's repository, and answers with
/// a summary and a preview. Started without a command it serves, with a demo project and no
/// account anywhere.
#[derive(Debug, Parser)]
#[command(name = "hermes", version, max_term_width = 100, after_help = after_help())]
struct Definition {
    /// Answer in JSON instead of text
    #[arg(long, global = true)]
    json: bool,
    #[command(flatten)]
    settings: SettingsFlags,
    #[command(subcommand)]
    command: Option<Command>,
}

impl Invocation {
    /// Reads the arguments, program name first. The error is also how clap asks for help or the
    /// version to be printed; its exit code is right for both.
    pub fn parse(
        arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    ) -> Result<Self, clap::Error> {
        let Definition {
            json,
            settings,
            command,
        } = Definition::try_parse_from(arguments)?;
        let mut command = command.unwrap_or_else(|| Command::Serve {
            settings: SettingsFlags::default(),
        });
        let outer = settings.first();
        match (command.settings_mut(), outer) {
            (Some(inner), _) => *inner = std::mem::take(inner).or(settings),
            (None, None) => {}
            (None, Some(flag)) => {
                let message = format!("the flag --{flag} is not for this command");
                return Err(definition().error(ErrorKind::ArgumentConflict, message));
            }
        }
        Ok(Self { json, command })
    }
}

/// The command line as clap knows it, for completions and help.
pub fn definition() -> clap::Command {
    Definition::command()
}

fn after_help() -> String {
    format!(
        "\
Examples:
  hermes                            serve on http://localhost:3000
  hermes --port 4000                serve on another port
  hermes demo                       see a mail change a website
  hermes config                     see the settings in force
  hermes doctor                     check everything that Hermes depends on
  hermes mail send change.eml       send a mail to a running service
  hermes session watch SESSION      follow a session

{}",
        exit::HELP
    )
}
