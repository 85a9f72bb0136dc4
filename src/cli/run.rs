//! From a command to its exit code, by way of a server.

use std::path::Path;

use crate::config::cli::{ClientFlags, Exit, MailCommand, SessionCommand, load_client};
use crate::config::{Environment, SettingsFlags};

use super::screen::Terminal;
use super::server::{Failure, Server, report};
use super::{health, mail, session};

/// A command for a running server.
#[derive(Debug, Clone)]
pub enum Remote {
    /// `hermes mail`.
    Mail(MailCommand),
    /// `hermes session`.
    Session(SessionCommand),
    /// `hermes health`.
    Health {
        /// Which server.
        client: ClientFlags,
        /// The settings that describe the server of this machine.
        settings: SettingsFlags,
    },
}

/// Carries out a command. The server is the one that flags, `environment` or the settings file in `folder` name.
pub async fn run(
    command: &Remote,
    environment: &Environment,
    folder: &Path,
    terminal: &mut Terminal<'_>,
) -> Exit {
    match carry_out(command, environment, folder, terminal).await {
        Ok(exit) => exit,
        Err(failure) => report(&failure, terminal),
    }
}

async fn carry_out(
    command: &Remote,
    environment: &Environment,
    folder: &Path,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, Failure> {
    let none = SettingsFlags::default();
    let (client, settings) = match command {
        Remote::Mail(command) => (mail_client(command), &none),
        Remote::Session(command) => (session_client(command), &none),
        Remote::Health { client, settings } => (client, settings),
    };
    let server = Server::new(load_client(client, settings, environment, folder)?)?;
    match command {
        Remote::Mail(command) => mail::run(command, &server, terminal).await,
        Remote::Session(command) => session::run(command, &server, terminal).await,
        Remote::Health { .. } => health::run(&server, terminal).await,
    }
}

fn mail_client(command: &MailCommand) -> &ClientFlags {
    match command {
        MailCommand::Send { client, .. }
        | MailCommand::List { client, .. }
        | MailCommand::Show { client, .. }
        | MailCommand::Replay { client, .. } => client,
    }
}

fn session_client(command: &SessionCommand) -> &ClientFlags {
    match command {
        SessionCommand::Activate { client, .. } | SessionCommand::List { client, .. } => client,
        SessionCommand::Status(session)
        | SessionCommand::Keepalive(session)
        | SessionCommand::Deactivate(session)
        | SessionCommand::Watch(session) => &session.client,
    }
}
