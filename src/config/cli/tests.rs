//! What the command line takes, refuses and prints.

use std::path::Path;

use secrecy::ExposeSecret as _;

use super::*;
use crate::config::environment::Environment;
use crate::config::settings::{SettingsFlags, load};
use crate::domain::access::Scope;

fn parse(line: &str) -> Result<Invocation, String> {
    let words = std::iter::once("hermes").chain(line.split_whitespace());
    Invocation::parse(words).map_err(|error| error.to_string())
}

fn settings_of(line: &str) -> SettingsFlags {
    let mut command = parse(line).unwrap().command;
    std::mem::take(command.settings_mut().unwrap())
}

fn port_of(line: &str) -> u16 {
    let nothing = Environment::default();
    let loaded = load(&settings_of(line), &nothing, Path::new("/nowhere")).unwrap();
    loaded.settings.port
}

#[test]
fn the_command_line_is_consistent() {
    definition().debug_assert();
}

#[test]
fn no_command_serves_and_flags_may_stand_before_or_behind() {
    assert!(matches!(parse("").unwrap().command, Command::Serve { .. }));
    for (line, port) in [
        ("--port 4000", 4000),
        ("serve --port 4001", 4001),
        ("--port 4000 serve", 4000),
        ("--port 4000 serve --port 4001", 4001),
        ("demo --exit --port=0", 0),
        ("config", 3000),
    ] {
        assert_eq!(port_of(line), port, "{line}");
    }
    assert!(parse("config --json").unwrap().json && parse("--json config").unwrap().json);
}

#[test]
fn what_makes_no_sense_is_refused() {
    for (line, said) in [
        (
            "--port 4000 mail list",
            "the flag --port is not for this command",
        ),
        (
            "--config a.toml key new --client a",
            "the flag --config is not for this command",
        ),
        ("serve --prot 1", "--port"),
        ("mail show a/b", "must be 1 to 128 characters"),
        ("mail list --limit 101", "101 is not in 1..=100"),
        ("session activate --client a do", "--user <ID>"),
        (
            "key new --client a --rights root",
            "rights must be sessions",
        ),
        ("doctor --role admin", "must be the ARN of a role"),
        ("worker-exec", "<CMD>"),
        ("frobnicate", "unrecognized subcommand"),
    ] {
        let error = parse(line).unwrap_err();
        assert!(error.contains(said), "{line}: {error}");
    }
}

#[test]
fn arguments_become_typed_values() {
    let Command::Key(KeyCommand::New(new)) = parse("key new --client a+b").unwrap().command else {
        panic!("not a key command");
    };
    assert!(matches!(new.scope, Scope::Clients(ids) if ids.len() == 2));
    assert_eq!(new.rights.to_string(), "sessions+mail");
    let Command::Mail(MailTask::AtServer(MailCommand::Send { file, .. })) =
        parse("mail send -").unwrap().command
    else {
        panic!("not a mail command");
    };
    assert_eq!(file, FileOrStdin::Stdin);
    let Command::WorkerExec { parent: 7, command } =
        parse("worker-exec 7 -- sh -c --x").unwrap().command
    else {
        panic!("not worker-exec");
    };
    assert_eq!(command, ["sh", "-c", "--x"]);
}

fn client_of(line: &str, variables: &[(&str, &str)]) -> Result<ClientSettings, String> {
    let Command::Health { client, settings } = parse(line).unwrap().command else {
        panic!("not health");
    };
    let environment = variables.iter().copied().collect();
    load_client(&client, &settings, &environment, Path::new("/nowhere"))
        .map_err(|errors| errors.to_string())
}

#[test]
fn the_server_is_named_or_the_one_on_this_machine() {
    let named = [("HERMES_SERVER", "https://h.example/"), ("PORT", "wrong")];
    for (line, variables, server) in [
        ("health", &named[..0], "http://localhost:3000"),
        ("health", &[("PORT", "4000")], "http://localhost:4000"),
        ("health --port 5", &[("PORT", "4000")], "http://localhost:5"),
        ("health --host 10.0.0.5", &[], "http://10.0.0.5:3000"),
        ("health --host ::1", &[], "http://localhost:3000"),
        ("health", &named, "https://h.example"),
        (
            "health --server http://f.example",
            &named,
            "http://f.example",
        ),
    ] {
        let client = client_of(line, variables).unwrap();
        assert_eq!(client.server, server, "{line} {variables:?}");
    }
}

#[test]
fn a_wrong_server_and_a_wrong_key_are_reported_together_without_the_key() {
    let variables = [
        ("HERMES_SERVER", "h.example"),
        ("HERMES_API_KEY", "hermes_x_s3 cret"),
    ];
    let error = client_of("health", &variables).unwrap_err();
    assert!(error.contains("HERMES_SERVER = \"h.example\" (environment HERMES_SERVER): must be"));
    assert!(error.contains("HERMES_API_KEY: must be a key"), "{error}");
    assert!(!error.contains("s3"), "{error}");
    let error = client_of("health --port x", &[]).unwrap_err();
    assert!(
        error.starts_with("PORT = \"x\" (flag --port): must be"),
        "{error}"
    );
}

#[test]
fn keys_are_in_no_debug_output() {
    let line = "health --api-key s3cret --mail-out smtp://u:s3cret@h";
    let client = client_of(line, &[]).unwrap();
    assert_eq!(client.api_key.as_ref().unwrap().expose_secret(), "s3cret");
    let shown = format!("{:?} {client:?}", parse(line).unwrap());
    assert!(!shown.contains("s3cret"), "{shown}");
}

#[test]
fn exit_codes_are_those_of_the_help() {
    let help = definition().render_long_help().to_string();
    for exit in [
        Exit::Done,
        Exit::Failed,
        Exit::Usage,
        Exit::Unreachable,
        Exit::Refused,
        Exit::Interrupted,
    ] {
        assert!(help.contains(&format!("\n  {} ", exit as u8)), "{exit:?}");
    }
}

/// Every command with the words that lead to it.
fn paths(command: &clap::Command, path: &[String]) -> Vec<Vec<String>> {
    let mut found = vec![path.to_vec()];
    for inner in command.get_subcommands() {
        let mut path = path.to_vec();
        path.push(inner.get_name().to_owned());
        found.extend(paths(inner, &path));
    }
    found
}

#[test]
fn help_reads_well() {
    for path in paths(&definition(), &[]) {
        let words = std::iter::once("hermes".to_owned()).chain(path.clone());
        let arguments = words.chain(["--help".to_owned()]);
        let definition = definition().term_width(100);
        let help = definition.try_get_matches_from(arguments).unwrap_err();
        let name = if path.is_empty() {
            "hermes".to_owned()
        } else {
            path.join("_")
        };
        insta::assert_snapshot!(format!("help_{name}"), help.to_string());
    }
}
