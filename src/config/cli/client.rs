//! Where a client command finds its server, and the key it presents.

use std::path::Path;

use clap::Args;
use secrecy::SecretString;

use crate::config::environment::Environment;
use crate::config::problem::{Problem, SettingsErrors, quoted};
use crate::config::settings::{Layers, SettingsFlags, listening, web_url};

const SERVER: &str = "HERMES_SERVER";
const API_KEY: &str = "HERMES_API_KEY";
/// Longest key that is sent, in bytes: it goes into a header.
const LONGEST_KEY: usize = 512;

/// The flags of commands that speak with a server. The environment is read by [`load_client`] and
/// not by clap, whose help would show the key.
#[derive(Args, Clone, Default)]
pub struct ClientFlags {
    #[arg(
        long,
        value_name = "URL",
        help_heading = "Server",
        help = "Server to speak with [env: HERMES_SERVER] [default: http://localhost:{PORT}]"
    )]
    server: Option<String>,
    // Better set in the environment, where other users of the machine cannot list it.
    #[arg(
        long,
        value_name = "KEY",
        help_heading = "Server",
        help = "Key to present [env: HERMES_API_KEY]"
    )]
    api_key: Option<String>,
}

/// Without the key.
impl std::fmt::Debug for ClientFlags {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientFlags")
            .field("server", &self.server)
            .finish_non_exhaustive()
    }
}

/// A server and the key to present to it.
#[derive(Debug, Clone)]
pub struct ClientSettings {
    /// `http` or `https`, no slash at the end; `/hermes/...` goes behind it.
    pub server: String,
    /// Visible ASCII, sent as a bearer token.
    pub api_key: Option<SecretString>,
}

/// Finds the server: by flag, by `HERMES_SERVER`, else the one that this machine's settings
/// (`settings`, environment, file) describe.
pub fn load_client(
    flags: &ClientFlags,
    settings: &SettingsFlags,
    environment: &Environment,
    folder: &Path,
) -> Result<ClientSettings, SettingsErrors> {
    // A named server needs no settings file, not even a right one.
    let no_flags = SettingsFlags::default();
    let mut problems = Vec::new();
    let mut variables = Layers::without_file(&no_flags, environment);
    let named = flags.server.as_deref().map(|url| (url, "flag --server"));
    let named = named.or_else(|| Some((variables.variable(SERVER)?, "environment HERMES_SERVER")));
    let server = if let Some((text, source)) = named {
        web_url(text).unwrap_or_else(|right| {
            let subject = format!("{SERVER} = {} ({source})", quoted(text));
            problems.push(Problem::new(subject, right));
            String::new()
        })
    } else {
        let (address, port, wrong) = listening(Layers::read(settings, environment, folder));
        problems.extend(wrong);
        local_server(address, port)
    };
    let key = flags
        .api_key
        .as_deref()
        .or_else(|| variables.variable(API_KEY));
    if key.is_some_and(|key| !is_header_text(key)) {
        let right = "must be a key as `hermes key new` printed it, without spaces";
        problems.push(Problem::new(API_KEY, right));
    }
    problems.extend(variables.problems);
    if !problems.is_empty() {
        return Err(SettingsErrors(problems));
    }
    Ok(ClientSettings {
        server,
        api_key: key.map(SecretString::from),
    })
}

fn is_header_text(key: &str) -> bool {
    (1..=LONGEST_KEY).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The URL of a server on this machine that listens on `address`.
fn local_server(address: std::net::IpAddr, port: u16) -> String {
    if address.is_unspecified() || address.is_loopback() {
        format!("http://localhost:{port}")
    } else {
        format!("http://{}", std::net::SocketAddr::new(address, port))
    }
}
