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
    ["HERMES_PROJECTS", "projects", "projects", "FILE|URL"],
    "File that lists the projects, or its s3:// URL on aws [default: config/projects.toml, or the demo project if there is none]",
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
        "Where mail goes: a folder, smtp(s)://user:password@host:port, or ses on aws [default: outbox in the data folder; ses on aws]",
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
pub(crate) const TRUSTED_AUTHSERV: Spec = spec(
    [
        "HERMES_TRUSTED_AUTHSERV",
        "trusted-authserv",
        "trusted_authserv",
        "NAMES",
    ],
    "Mail servers in front of Hermes whose Authentication-Results say who wrote a posted mail, separated by commas [default: none, the poster's word counts]",
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
    "Most containers awake at once; 0 only accepts work [default: twice the processor cores; 100 on aws]",
);
pub(crate) const PREVIEW_URL: Spec = spec(
    ["PREVIEW_URL", "preview-url", "preview_url", "TEMPLATE"],
    "Where previews open, with {sessionId} and {port} [default: http://{sessionId}.localhost:{port}/; on aws through the public URL]",
);
pub(crate) const LOG_FORMAT: Spec = spec(
    ["LOG_FORMAT", "log-format", "log_format", "FORMAT"],
    "pretty or json [default: pretty in development, json in production]",
);
pub(crate) const RUST_LOG: Spec = spec(
    ["RUST_LOG", "rust-log", "rust_log", "FILTER"],
    "What to log: error, warn, info, debug or trace, and target=level for other crates [default: info]",
);

pub(crate) const AWS_REGION: Spec = spec(
    ["AWS_REGION", "aws-region", "aws_region", "REGION"],
    "Region of everything on AWS [default: us-west-2]",
);
pub(crate) const AWS_ENDPOINT_URL: Spec = spec(
    [
        "AWS_ENDPOINT_URL",
        "aws-endpoint-url",
        "aws_endpoint_url",
        "URL",
    ],
    "Another place to find AWS at, such as an emulator [default: AWS itself]",
);
pub(crate) const DYNAMODB_TABLE_NAME: Spec = spec(
    [
        "DYNAMODB_TABLE_NAME",
        "dynamodb-table-name",
        "dynamodb_table_name",
        "NAME",
    ],
    "Table of sessions [default: webordinary-edit-sessions]",
);
pub(crate) const NAME_PREFIX: Spec = spec(
    ["HERMES_NAME_PREFIX", "name-prefix", "name_prefix", "PREFIX"],
    "What the names of all other tables and of the containers' queues begin with [default: webordinary-]",
);
pub(crate) const MAIL_QUEUE: Spec = spec(
    ["HERMES_MAIL_QUEUE", "mail-queue", "mail_queue", "NAME"],
    "Queue of received mail [default: webordinary-email-queue]",
);
pub(crate) const MAIL_DEAD_LETTERS: Spec = spec(
    [
        "HERMES_MAIL_DEAD_LETTERS",
        "mail-dead-letters",
        "mail_dead_letters",
        "NAME",
    ],
    "Queue of mail that could not be read [default: webordinary-email-dlq]",
);
pub(crate) const MAIL_STORE: Spec = spec(
    ["HERMES_MAIL_STORE", "mail-store", "mail_store", "URL"],
    "Where received mail is kept, s3://bucket/prefix/; needed on aws [default: none]",
);
pub(crate) const PREVIEW_STORE: Spec = spec(
    [
        "HERMES_PREVIEW_STORE",
        "preview-store",
        "preview_store",
        "PATTERN",
    ],
    "Where previews are kept, s3://bucket/{clientHash}/{projectId}/{sessionId}/; needed on aws [default: none]",
);
pub(crate) const PREVIEW_ORIGIN: Spec = spec(
    [
        "HERMES_PREVIEW_ORIGIN",
        "preview-origin",
        "preview_origin",
        "PATTERN",
    ],
    "The URL at which browsers find a preview of the store, same placeholders [default: the store's own address]",
);
pub(crate) const ECS_CLUSTER_NAME: Spec = spec(
    [
        "ECS_CLUSTER_NAME",
        "ecs-cluster-name",
        "ecs_cluster_name",
        "NAME",
    ],
    "Cluster in which edit containers run [default: webordinary-edit-cluster]",
);
pub(crate) const ECS_SERVICE_NAME: Spec = spec(
    [
        "ECS_SERVICE_NAME",
        "ecs-service-name",
        "ecs_service_name",
        "NAME",
    ],
    "Edit service at desired count 0: its task definition and network are the defaults of each task [default: webordinary-edit-service]",
);
pub(crate) const ECS_TASK_DEFINITION: Spec = spec(
    [
        "ECS_TASK_DEFINITION",
        "ecs-task-definition",
        "ecs_task_definition",
        "FAMILY",
    ],
    "Task definition of edit containers [default: the edit service's]",
);
pub(crate) const ECS_CONTAINER_NAME: Spec = spec(
    [
        "ECS_CONTAINER_NAME",
        "ecs-container-name",
        "ecs_container_name",
        "NAME",
    ],
    "Container of the task definition that is the worker [default: its first essential one]",
);
pub(crate) const ECS_SUBNETS: Spec = spec(
    ["ECS_SUBNETS", "ecs-subnets", "ecs_subnets", "IDS"],
    "Subnets of edit containers, separated by commas [default: the edit service's]",
);
pub(crate) const ECS_SECURITY_GROUPS: Spec = spec(
    [
        "ECS_SECURITY_GROUPS",
        "ecs-security-groups",
        "ecs_security_groups",
        "IDS",
    ],
    "Security groups of edit containers, separated by commas [default: the edit service's]",
);
pub(crate) const TASK_ROLE: Spec = spec(
    ["HERMES_TASK_ROLE", "task-role", "task_role", "PATTERN"],
    "ARN of the role that a client's containers have, with {clientId} or {clientHash} [default: the task definition's]",
);
pub(crate) const GIT_SECRET: Spec = spec(
    ["HERMES_GIT_SECRET", "git-secret", "git_secret", "PATTERN"],
    "Secret with a client's git credentials, with {clientId} or {clientHash} [default: none]",
);
pub(crate) const SES_CONFIGURATION_SET: Spec = spec(
    [
        "HERMES_SES_CONFIGURATION_SET",
        "ses-configuration-set",
        "ses_configuration_set",
        "NAME",
    ],
    "Configuration set of outgoing mail [default: none]",
);
pub(crate) const MODEL: Spec = spec(
    ["HERMES_MODEL", "model", "model", "ID"],
    "Model or inference profile on Bedrock [default: us.anthropic.claude-sonnet-4-5-20250929-v1:0]",
);

/// How many of [`ALL`] matter whatever the backend; the rest is for `aws`.
pub(crate) const EVERYWHERE: usize = 18;

/// All settings, in the order of help and of `hermes config`.
pub(crate) const ALL: [&Spec; 37] = [
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
    &TRUSTED_AUTHSERV,
    &SESSION_TTL,
    &IDLE_TIMEOUT,
    &MAX_CONTAINERS,
    &PREVIEW_URL,
    &LOG_FORMAT,
    &RUST_LOG,
    &AWS_REGION,
    &AWS_ENDPOINT_URL,
    &DYNAMODB_TABLE_NAME,
    &NAME_PREFIX,
    &MAIL_QUEUE,
    &MAIL_DEAD_LETTERS,
    &MAIL_STORE,
    &PREVIEW_STORE,
    &PREVIEW_ORIGIN,
    &ECS_CLUSTER_NAME,
    &ECS_SERVICE_NAME,
    &ECS_TASK_DEFINITION,
    &ECS_CONTAINER_NAME,
    &ECS_SUBNETS,
    &ECS_SECURITY_GROUPS,
    &TASK_ROLE,
    &GIT_SECRET,
    &SES_CONFIGURATION_SET,
    &MODEL,
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
