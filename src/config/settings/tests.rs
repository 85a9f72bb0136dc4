//! Which source wins, what each mistake says, and what is never shown.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::Path;
use std::time::Duration;

use clap::{Args as _, FromArgMatches as _};

use super::spec;
use super::*;
use crate::config::access::Access;
use crate::config::environment::Environment;

fn flags(line: &str) -> SettingsFlags {
    let command = SettingsFlags::augment_args(clap::Command::new("hermes").no_binary_name(true));
    let matches = command
        .try_get_matches_from(line.split_whitespace())
        .unwrap();
    SettingsFlags::from_arg_matches(&matches).unwrap()
}

/// Loads from flags, variables and the text of `config/hermes.toml`.
fn load_all(line: &str, variables: &[(&str, &str)], file: &str) -> Result<Loaded, String> {
    let folder = tempfile::tempdir().unwrap();
    if !file.is_empty() {
        std::fs::create_dir(folder.path().join("config")).unwrap();
        std::fs::write(folder.path().join("config/hermes.toml"), file).unwrap();
    }
    let environment = variables.iter().copied().collect();
    load(&flags(line), &environment, folder.path()).map_err(|errors| errors.to_string())
}

fn source_of(loaded: &Loaded, name: &str) -> String {
    let origins = loaded.provenance.settings();
    let origin = origins.iter().find(|origin| origin.name == name).unwrap();
    origin.source.to_string()
}

#[test]
fn nothing_set_is_a_working_development_setup() {
    let folder = Path::new("/srv/hermes");
    let nothing = Environment::default();
    let Loaded {
        settings,
        provenance,
        warnings,
    } = load(&flags(""), &nothing, folder).unwrap();
    assert_eq!(settings.listen_on().to_string(), "0.0.0.0:3000");
    assert_eq!(settings.backend, Backend::Embedded);
    assert_eq!(settings.mode, Mode::Development);
    assert_eq!(settings.data_dir, folder.join("data"));
    assert_eq!(settings.projects, ProjectsSource::BuiltIn);
    assert_eq!(settings.public_url(3000), "http://localhost:3000");
    assert_eq!(settings.access, Access::LoopbackOnly);
    assert_eq!(settings.mail_out.to_string(), "/srv/hermes/data/outbox");
    assert_eq!(settings.mail_address, "edit@hermes.localhost");
    assert_eq!(settings.mail_retention, Duration::from_hours(720));
    assert!(settings.trusted_authserv.is_empty());
    assert_eq!(settings.session_ttl, Duration::from_mins(30));
    assert_eq!(settings.idle_timeout, Duration::from_mins(5));
    assert!(settings.max_containers >= 2 && settings.max_containers % 2 == 0);
    assert_eq!(settings.preview_url, PreviewUrl::embedded());
    assert_eq!(settings.log_format, LogFormat::Pretty);
    assert_eq!(settings.log_filter, "warn,hermes=info");
    assert!(warnings.is_empty());
    let names: Vec<_> = provenance
        .settings()
        .iter()
        .map(|origin| origin.name)
        .collect();
    assert_eq!(names, spec::ALL.map(|spec| spec.variable));
}

#[test]
fn flag_wins_over_environment_over_file_over_default() {
    let file = "# a comment\nport = 4000\n";
    let variable = [("PORT", "5000")];
    for (line, variables, file, port, source) in [
        ("--port 6000", &variable[..], file, 6000, "flag --port"),
        ("", &variable[..], file, 5000, "environment PORT"),
        ("", &[][..], file, 4000, "file config/hermes.toml:2"),
        (
            "",
            &[("PORT", " ")][..],
            file,
            4000,
            "file config/hermes.toml:2",
        ),
        ("", &[][..], "", 3000, "default"),
    ] {
        let loaded = load_all(line, variables, file).unwrap();
        assert_eq!(loaded.settings.port, port, "{source}");
        assert_eq!(source_of(&loaded, "PORT"), source);
    }
}

#[test]
fn the_mode_is_also_read_from_node_env_and_decides_the_log_format() {
    let open = ("HERMES_API_KEYS", "open");
    for (variables, mode, format) in [
        (
            vec![("NODE_ENV", "production"), open],
            Mode::Production,
            LogFormat::Json,
        ),
        (
            vec![("NODE_ENV", "production"), ("HERMES_ENV", "development")],
            Mode::Development,
            LogFormat::Pretty,
        ),
        (
            vec![("HERMES_ENV", "Production"), ("LOG_FORMAT", "pretty"), open],
            Mode::Production,
            LogFormat::Pretty,
        ),
    ] {
        let loaded = load_all("", &variables, "").unwrap();
        assert_eq!(loaded.settings.mode, mode, "{variables:?}");
        assert_eq!(loaded.settings.log_format, format, "{variables:?}");
    }
}

#[test]
fn the_settings_file_is_named_by_flag_then_by_variable() {
    let folder = tempfile::tempdir().unwrap();
    for (name, port) in [("a.toml", 1), ("b.toml", 2)] {
        std::fs::write(folder.path().join(name), format!("port = {port}")).unwrap();
    }
    let environment: Environment = [("HERMES_CONFIG", "b.toml")].into_iter().collect();
    let port = |line| {
        load(&flags(line), &environment, folder.path())
            .unwrap()
            .settings
            .port
    };
    assert_eq!(port("--config a.toml"), 1);
    assert_eq!(port(""), 2);
    let errors = load(&flags("--config c.toml"), &environment, folder.path()).unwrap_err();
    assert!(
        errors.to_string().starts_with("c.toml: cannot be read: "),
        "{errors}"
    );
}

#[test]
fn each_mistake_names_the_setting_the_value_and_what_is_right() {
    for (line, said) in [
        (
            "--host here",
            r#"HOST = "here" (flag --host): must be an IP address"#,
        ),
        (
            "--port 70000",
            r#"PORT = "70000" (flag --port): must be a whole number from 0 to 65535"#,
        ),
        ("--backend azure", "must be embedded or aws"),
        (
            "--env test",
            r#"HERMES_ENV = "test" (flag --env): must be production or development"#,
        ),
        (
            "--data-dir ~/data",
            "HERMES_DATA_DIR = \"~/data\" (flag --data-dir): must be written out",
        ),
        (
            "--projects s3://b/k",
            "object stores need HERMES_BACKEND=aws",
        ),
        ("--public-url h.example", "must be a URL such as https://"),
        (
            "--api-keys x",
            "HERMES_API_KEYS (flag --api-keys): entry 1 must be name:clients",
        ),
        (
            "--mail-out imap://u:s3cret@h",
            "HERMES_MAIL_OUT (flag --mail-out): must be a folder or",
        ),
        ("--mail-address edit", "must be one mail address"),
        (
            "--mail-address a+b@h.example",
            "must be a mail address without a +",
        ),
        ("--mail-retention 1h", "must be a duration from 1day to "),
        ("--session-ttl 5h", "must be a duration from 1s to 4h"),
        (
            "--idle-timeout soon",
            r#"IDLE_TIMEOUT = "soon" (flag --idle-timeout): must be a duration"#,
        ),
        (
            "--max-containers 1.5",
            "must be a whole number from 0 to 10000",
        ),
        ("--preview-url http://h/", "must contain {sessionId}"),
        ("--log-format xml", "must be pretty or json"),
        (
            "--rust-log inof",
            r#"RUST_LOG = "inof" (flag --rust-log): must be a level"#,
        ),
    ] {
        let error = load_all(line, &[], "").unwrap_err();
        assert!(
            error.contains(said) && error.lines().count() == 1,
            "{line}: {error}"
        );
        assert!(!error.contains("s3cret"), "{error}");
    }
}

#[test]
fn all_mistakes_of_all_sources_are_reported_together() {
    let not_unicode = OsString::from_vec(vec![0xFF]);
    let variables = [
        ("HOST".to_owned(), OsString::from("here")),
        ("LOG_FORMAT".to_owned(), not_unicode),
        ("HERMES_ENV".to_owned(), OsString::from("production")),
    ];
    let folder = tempfile::tempdir().unwrap();
    let file = "prot = 1\nsession_ttl = true\nmail_address = ['a@b.c']\nidle_timeout = 0\n";
    std::fs::write(folder.path().join("h.toml"), file).unwrap();
    let errors = load(
        &flags("--config h.toml --port x"),
        &variables.into_iter().collect(),
        folder.path(),
    );
    insta::assert_snapshot!(errors.unwrap_err().to_string(), @r#"
    h.toml:1: unknown key "prot" (did you mean "port"?)
    h.toml:3: mail_address must be a text or a whole number
    h.toml:2: session_ttl must be a text or a whole number
    HOST = "here" (environment HOST): must be an IP address such as 0.0.0.0, 127.0.0.1 or ::
    PORT = "x" (flag --port): must be a whole number from 0 to 65535
    IDLE_TIMEOUT = "0" (file h.toml:4): must be a duration from 1s to 4h, such as 90s, 30m or 1h 30m
    environment LOG_FORMAT: is not valid Unicode text; set it again, or unset it
    HERMES_API_KEYS: is not set, and production does not start without keys: make one with `hermes key new --client CLIENT`, or set `open` if something in front of Hermes keeps strangers out
    "#);
}

#[test]
fn a_broken_file_is_reported_with_its_line() {
    let error = load_all("", &[], "port = 1\nhost = = 2\n").unwrap_err();
    assert!(
        error.starts_with("config/hermes.toml:2: is not TOML: "),
        "{error}"
    );
}

#[test]
fn production_needs_keys_or_the_word_open() {
    let production = ("HERMES_ENV", "production");
    let error = load_all("", &[production], "").unwrap_err();
    assert!(
        error.contains("HERMES_API_KEYS: is not set, and production does not start"),
        "{error}"
    );
    let error = load_all("", &[production, ("HERMES_API_KEYS", "x")], "").unwrap_err();
    assert!(
        error.contains("entry 1") && !error.contains("is not set"),
        "{error}"
    );
    let loaded = load_all("", &[production, ("HERMES_API_KEYS", "open")], "").unwrap();
    assert_eq!(loaded.settings.access, Access::Open);
    assert_eq!(
        loaded.warnings,
        [
            "HERMES_PUBLIC_URL is not set: links in mails lead to localhost",
            "PREVIEW_URL is not set: links in mails lead to localhost",
        ]
    );
    // Production has no use for the built-in project, which is open.
    assert!(matches!(loaded.settings.projects, ProjectsSource::File(_)));
}

#[test]
fn keys_in_a_file_may_be_a_list() {
    let hash = |digit: &str| digit.repeat(64);
    let file = format!(
        "api_keys = ['a:*:mail:{}', 'b:acme:admin:{}']",
        hash("a"),
        hash("b")
    );
    let loaded = load_all("", &[], &file).unwrap();
    assert!(matches!(loaded.settings.access, Access::Keys(keys) if keys.len() == 2));
}

#[test]
fn secrets_are_masked_wherever_settings_are_shown() {
    let hash = "5ec4e7".repeat(11);
    let variables = [
        ("HERMES_API_KEYS", format!("ops:*:admin:{}", &hash[..64])),
        (
            "HERMES_MAIL_OUT",
            "smtps://ann:s3cret@mail.example.com".to_owned(),
        ),
    ];
    let variables: Vec<_> = variables
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let loaded = load_all("--port 1", &variables, "").unwrap();
    let table = loaded.provenance.table();
    let json = loaded.provenance.json().to_string();
    for shown in [&table, &json, &format!("{loaded:?}")] {
        assert!(
            !shown.contains("s3cret") && !shown.contains("5ec4e7"),
            "{shown}"
        );
    }
    let rows: Vec<&str> = table.lines().collect();
    assert!(
        rows.iter()
            .any(|row| row.contains("ops:*:admin:***")
                && row.ends_with("environment HERMES_API_KEYS"))
    );
    assert!(
        rows.iter()
            .any(|row| row.contains("smtps://***@mail.example.com:465"))
    );
    assert_eq!(
        loaded.provenance.json()["settings"][1]["source"],
        "flag --port"
    );
}

#[test]
fn mistyped_variables_are_warned_about() {
    let variables = [
        ("HERMES_PORT", "1"),
        ("HERMES_DATADIR", "x"),
        ("HERMES_SERVER", "http://h"),
        ("HERMES_UNRELATED_THING", "x"),
        ("DATA_DIR", "x"),
    ];
    assert_eq!(
        load_all("", &variables, "").unwrap().warnings,
        [
            "HERMES_DATADIR is not a setting; did you mean HERMES_DATA_DIR?",
            "HERMES_PORT is not a setting; did you mean PORT?",
        ]
    );
}

#[test]
fn the_shipped_file_changes_nothing_and_shows_every_setting() {
    let shipped = include_str!("../../../config/hermes.toml");
    let loaded = load_all("", &[], shipped).unwrap();
    for origin in loaded.provenance.settings() {
        assert_eq!(origin.source, Source::Default, "{}", origin.name);
    }
    for spec in spec::ALL {
        assert!(
            shipped.contains(&format!("\n# {} = ", spec.key)),
            "{}",
            spec.key
        );
    }
    let settings = |line: &&str| {
        spec::ALL
            .iter()
            .any(|spec| line.starts_with(&format!("# {} = ", spec.key)))
    };
    let keys = |line: &&str| line.starts_with("# api_keys");
    let written: Vec<&str> = shipped
        .lines()
        .filter(settings)
        .filter(|line| !keys(line))
        .collect();
    let set: Vec<&str> = written.iter().map(|line| &line[2..]).collect();
    let with_file = load_all("--max-containers 4", &[], &set.join("\n"))
        .unwrap()
        .settings;
    let without = load_all("--max-containers 4", &[], "").unwrap().settings;
    let name = |settings: &Settings| settings.data_dir.file_name().unwrap().to_owned();
    assert_eq!(name(&with_file), name(&without));
    assert_eq!(with_file.session_ttl, without.session_ttl);
    assert_eq!(with_file.idle_timeout, without.idle_timeout);
    assert_eq!(with_file.mail_retention, without.mail_retention);
    assert_eq!(with_file.preview_url, without.preview_url);
    assert_eq!(with_file.log_filter, without.log_filter);
    assert_eq!(with_file.listen_on(), without.listen_on());
}

#[test]
fn trusted_mail_servers_are_named_as_they_sign() {
    let file = "trusted_authserv = \"mx.example.com MX2.example.com\"\n";
    let variable = [("HERMES_TRUSTED_AUTHSERV", "mx.example.com, mx2.example.com")];
    for (variables, file) in [(&variable[..], ""), (&[][..], file)] {
        let settings = load_all("", variables, file).unwrap().settings;
        assert_eq!(
            settings.trusted_authserv,
            ["mx.example.com", "mx2.example.com"]
        );
    }
    for bad in ["mx.example.com;", "a\"b", "<mx>", "mx@example.com"] {
        let error = load_all("", &[("HERMES_TRUSTED_AUTHSERV", bad)], "").unwrap_err();
        assert!(error.contains("Authentication-Results"), "{error}");
    }
}
