//! Commands that need no server.

use std::io::{self, ErrorKind, Write};

use clap_complete::Shell;
use hermes::cli::{Terminal, completions, new_key, settings};
use hermes::config::cli::{Command, Exit, Invocation, KeyCommand, NewKey};
use hermes::config::{Environment, Provenance, SettingsFlags, load};
use insta::assert_snapshot;

use super::scripted::{NOW, Said};

fn said(json: bool, command: impl Fn(&mut Terminal<'_>) -> Exit) -> Said {
    let (mut input, mut out, mut err) = (io::empty(), Vec::new(), Vec::new());
    let exit = command(&mut Terminal {
        input: &mut input,
        out: &mut out,
        err: &mut err,
        json,
        colour: false,
        now: NOW,
    });
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said {
        exit,
        out: text(out),
        err: text(err),
    }
}

fn key(arguments: &[&str]) -> NewKey {
    let line = [&["hermes", "key", "new"], arguments].concat();
    let Command::Key(KeyCommand::New(key)) = Invocation::parse(line).unwrap().command else {
        panic!("{arguments:?}");
    };
    key
}

#[test]
fn a_new_key_is_printed_with_its_entry() {
    let key = key(&["--client", "acme", "--name", "shop"]);
    let text = said(false, |terminal| new_key(&key, [0xAB; 32], terminal));
    assert_snapshot!(text, @r"
    The secret, shown only now; callers set HERMES_API_KEY to it:
      hermes_shop_abababababababababababababababababababababababababababababababab
    Its entry for HERMES_API_KEYS of the service:
      shop:acme:sessions+mail:46ca859d345cde3b89658b1df2231a804bdb119ff9822bdd78d675eb44780ef0
    ---- Done
    ");
    let json = said(true, |terminal| new_key(&key, [0xAB; 32], terminal));
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    for part in ["secret", "entry"] {
        assert!(text.out.contains(json[part].as_str().unwrap()), "{json}");
    }
}

#[test]
fn a_name_that_is_none_makes_no_key() {
    let key = key(&["--client", "acme", "--name", "my shop"]);
    let text = said(false, |terminal| new_key(&key, [1; 32], terminal));
    assert_snapshot!(text, @r"
    ---- Usage
    error: --name must be 1 to 32 of A-Z a-z 0-9 . _ -
    ");
    let json = said(true, |terminal| new_key(&key, [1; 32], terminal));
    assert_snapshot!(json.out, @r#"
    {"code":"usage","detail":"--name must be 1 to 32 of A-Z a-z 0-9 . _ -"}
    "#);
}

fn provenance() -> Provenance {
    let environment: Environment = [("PORT", "4000")].into_iter().collect();
    let folder = tempfile::tempdir().unwrap();
    let loaded = load(&SettingsFlags::default(), &environment, folder.path()).unwrap();
    loaded.provenance
}

#[test]
fn settings_are_printed_with_their_sources() {
    let provenance = provenance();
    let text = said(false, |terminal| settings(&provenance, terminal));
    assert_eq!((text.exit, text.err.as_str()), (Exit::Done, ""));
    assert!(
        text.out
            .lines()
            .any(|line| line.starts_with("PORT") && line.ends_with("environment PORT")),
        "{text}"
    );
    let json = said(true, |terminal| settings(&provenance, terminal));
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json, provenance.json());
}

#[test]
fn there_are_completions_for_every_shell() {
    for (shell, part) in [
        (Shell::Bash, "complete -F _hermes"),
        (Shell::Zsh, "#compdef hermes"),
        (Shell::Fish, "complete -c hermes"),
        (Shell::PowerShell, "Register-ArgumentCompleter"),
        (Shell::Elvish, "edit:completion:arg-completer[hermes]"),
    ] {
        let text = said(false, |terminal| completions(shell, terminal));
        assert_eq!(text.exit, Exit::Done);
        assert!(text.out.contains(part), "{shell}: {}", text.out);
    }
}

struct Broken(ErrorKind);

impl Write for Broken {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error_and_a_full_disk_is_one() {
    for (kind, exit, told) in [
        (ErrorKind::BrokenPipe, Exit::Done, ""),
        (
            ErrorKind::StorageFull,
            Exit::Failed,
            "error: the answer could not be written\n  no storage space\n",
        ),
    ] {
        let (mut input, mut out, mut err) = (io::empty(), Broken(kind), Vec::new());
        let mut terminal = Terminal {
            input: &mut input,
            out: &mut out,
            err: &mut err,
            json: true,
            colour: false,
            now: NOW,
        };
        assert_eq!(completions(Shell::Bash, &mut terminal), exit);
        assert_eq!(String::from_utf8(err).unwrap(), told);
    }
}
