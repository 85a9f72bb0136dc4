//! Commands that need no server.

use clap_complete::Shell;
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::config::cli::{Exit, NewKey, definition};
use crate::config::{MintedKey, Provenance, mint_key};

use super::screen::{Style, Terminal};
use super::server::{Failure, report};

/// `hermes key new`: mints a key from 256 random bits and prints its secret, here and never again.
pub fn new_key(command: &NewKey, random: [u8; 32], terminal: &mut Terminal<'_>) -> Exit {
    let NewKey {
        scope,
        name,
        rights,
    } = command;
    let told = match mint_key(name, scope, *rights, random) {
        Ok(minted) => tell_key(&minted, terminal),
        Err(_) => Err(Failure::Usage(
            "--name must be 1 to 32 of A-Z a-z 0-9 . _ -".to_owned(),
        )),
    };
    ended(told, terminal)
}

fn tell_key(minted: &MintedKey, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let (secret, entry) = (minted.secret.expose_secret(), &minted.entry);
    if terminal.json {
        terminal.line(json!({ "secret": secret, "entry": entry }))?;
        return Ok(());
    }
    for (heading, text) in [
        (
            "The secret, shown only now; callers set HERMES_API_KEY to it:",
            secret,
        ),
        (
            "Its entry for HERMES_API_KEYS of the service:",
            entry.as_str(),
        ),
    ] {
        terminal.line(terminal.paint(Style::Strong, heading))?;
        terminal.line(format_args!("  {text}"))?;
    }
    Ok(())
}

/// `hermes config`: prints the settings in force.
pub fn settings(provenance: &Provenance, terminal: &mut Terminal<'_>) -> Exit {
    let text = if terminal.json {
        provenance.json().to_string()
    } else {
        provenance.table().trim_end().to_owned()
    };
    let told = terminal.line(text).map_err(Failure::from);
    ended(told, terminal)
}

/// `hermes completions`: prints the script for a shell.
pub fn completions(shell: Shell, terminal: &mut Terminal<'_>) -> Exit {
    // clap panics when it cannot write, so it writes to memory.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut definition(), "hermes", &mut script);
    let script = String::from_utf8_lossy(&script);
    let told = terminal.line(script.trim_end()).map_err(Failure::from);
    ended(told, terminal)
}

fn ended(told: Result<(), Failure>, terminal: &mut Terminal<'_>) -> Exit {
    match told {
        Ok(()) => Exit::Done,
        Err(failure) => report(&failure, terminal),
    }
}
