//! The table of settings: one row each, from which flags, variables, file keys and help follow.

/// One setting.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Spec {
    /// The environment variable, which is also the setting's name.
    pub(crate) variable: &'static str,
    /// Another variable that is read when the first is not set.
    pub(crate) alias: Option<&'static str>,
    /// The flag, without its dashes.
    pub(crate) flag: &'static str,
    /// The key in the settings file.
    pub(crate) key: &'static str,
    /// What stands for the value in help.
    pub(crate) value: &'static str,
    /// One line of help; says the default.
    pub(crate) help: &'static str,
    /// Whether the value is never shown.
    pub(crate) secret: bool,
}

const fn spec([variable, flag, key, value]: [&'static str; 4], help: &'static str) -> Spec {
    Spec {
        variable,
        alias: None,
        flag,
        key,
        value,
        help,
        secret: false,
    }
}

pub(crate) const HOST: Spec = spec(
    ["HOST", "host", "host", "IP"],
    "Address to listen on [default: 0.0.0.0]",
);
pub(crate) const PORT: Spec = spec(
    ["PORT", "port", "port", "PORT"],
    "Port to listen on; 0 takes a free one [default: 3000]",
);
pub(crate) const BACKEND: Spec = spec(
    ["HERMES_BACKEND", "backend", "backend", "BACKEND"],
    "Where everything is kept: embedded or aws [default: embedded]",
);
pub(crate) const ENV: Spec = Spec {
    alias: Some("NODE_ENV"),
    ..spec(
        ["HERMES_ENV", "env", "env", "MODE"],
        "How strict to be, production or development; NODE_ENV works too [default: development]",
    )
};
pub(crate) const DATA_DIR: Spec = spec(
    ["HERMES_DATA_DIR", "data-dir", "data_dir", "FOLDER"],
    "Folder for the database, workspaces and outbox [default: ./data]",
);
pub(crate) const PROJECTS: Spec = spec(
    ["HERMES_PROJECTS", "projects", "projects", "FILE"],
    "File that lists the projects [default: config/projects.toml, or the demo project if there is none]",
);
pub(crate) const PUBLIC_URL: Spec = spec(
    ["HERMES_PUBLIC_URL", "public-url", "public_url", "URL"],
    "Where people reach this service [default: http://localhost:{port}]",
);
pub(crate) const API_KEYS: Spec = Spec {
    secret: true,
    ..spec(
        ["HERMES_API_KEYS", "api-keys", "api_keys", "KEYS"],
        "Who may call: name:clients:rights:sha256 entries, see `hermes key new`; or: open [default: only callers on this machine]",
    )
};
pub(crate) const MAIL_OUT: Spec = Spec {
    secret: true,
    ..spec(
        ["HERMES_MAIL_OUT", "mail-out", "mail_out", "FOLDER|URL"],
        "Where mail goes: a folder, or smtp(s)://user:password@host:port [default: outbox in the data folder]",
    )
};
pub(crate) const MAIL_ADDRESS: Spec = spec(
    [
        "HERMES_MAIL_ADDRESS",
        "mail-address",
        "mail_address",
        "ADDRESS",
    ],
    "The address that people write to [default: edit@hermes.localhost]",
);
pub(crate) const MAIL_RETENTION: Spec = spec(
    [
        "HERMES_MAIL_RETENTION",
        "mail-retention",
        "mail_retention",
        "DURATION",
    ],
    "How long received mail is kept [default: 30d]",
);
pub(crate) const SESSION_TTL: Spec = spec(
    ["SESSION_TTL", "session-ttl", "session_ttl", "DURATION"],
    "How long a session lives after its last activity [default: 30m]",
);
pub(crate) const IDLE_TIMEOUT: Spec = spec(
    ["IDLE_TIMEOUT", "idle-timeout", "idle_timeout", "DURATION"],
    "How long an idle container stays awake [default: 5m]",
);
pub(crate) const MAX_CONTAINERS: Spec = spec(
    [
        "HERMES_MAX_CONTAINERS",
        "max-containers",
        "max_containers",
        "NUMBER",
    ],
    "Most containers awake at once; 0 only accepts work [default: twice the processor cores]",
);
pub(crate) const PREVIEW_URL: Spec = spec(
    ["PREVIEW_URL", "preview-url", "preview_url", "TEMPLATE"],
    "Where previews are, with {sessionId} and {port} [default: http://{sessionId}.localhost:{port}/]",
);
pub(crate) const LOG_FORMAT: Spec = spec(
    ["LOG_FORMAT", "log-format", "log_format", "FORMAT"],
    "pretty or json [default: pretty in development, json in production]",
);
pub(crate) const RUST_LOG: Spec = spec(
    ["RUST_LOG", "rust-log", "rust_log", "FILTER"],
    "What to log: error, warn, info, debug or trace, and target=level for other crates [default: info]",
);

/// All settings, in the order of help and of `hermes config`.
pub(crate) const ALL: [&Spec; 17] = [
    &HOST,
    &PORT,
    &BACKEND,
    &ENV,
    &DATA_DIR,
    &PROJECTS,
    &PUBLIC_URL,
    &API_KEYS,
    &MAIL_OUT,
    &MAIL_ADDRESS,
    &MAIL_RETENTION,
    &SESSION_TTL,
    &IDLE_TIMEOUT,
    &MAX_CONTAINERS,
    &PREVIEW_URL,
    &LOG_FORMAT,
    &RUST_LOG,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_and_keys_follow_from_the_variable() {
        for spec in ALL {
            let name = spec
                .variable
                .strip_prefix("HERMES_")
                .unwrap_or(spec.variable);
            assert_eq!(spec.key, name.to_lowercase());
            assert_eq!(spec.flag, spec.key.replace('_', "-"));
            assert!(spec.help.contains("[default: "), "{}", spec.variable);
        }
    }
}
