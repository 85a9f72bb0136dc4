//! The settings as typed values.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use crate::config::access::Access;

use super::aws::AwsSettings;
use super::mail_out::MailOut;
use super::preview::PreviewUrl;

/// Everything that an operator decides, checked. Paths are absolute.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Address to listen on.
    pub host: IpAddr,
    /// Port to listen on; 0 takes a free one.
    pub port: u16,
    /// Where records, queues and containers live.
    pub backend: Backend,
    /// How strict to be.
    pub mode: Mode,
    /// Folder of the database, workspaces and outbox.
    pub data_dir: PathBuf,
    /// Where the projects are listed.
    pub projects: ProjectsSource,
    /// Where people reach this service, without a slash at the end; `None`: on this machine.
    pub public_url: Option<String>,
    /// Who is served.
    pub access: Access,
    /// Where mail goes.
    pub mail_out: MailOut,
    /// The address that people write to, lower case, without a `+`.
    pub mail_address: String,
    /// How long received mail is kept.
    pub mail_retention: Duration,
    /// Mail servers whose results are believed about posted mail; empty: whoever posts it is.
    pub trusted_authserv: Vec<String>,
    /// How long a session lives after its last activity; whole seconds at least.
    pub session_ttl: Duration,
    /// How long an idle container stays awake.
    pub idle_timeout: Duration,
    /// Most containers awake at once; 0 only accepts work.
    pub max_containers: u32,
    /// Where previews are.
    pub preview_url: PreviewUrl,
    /// How log lines look.
    pub log_format: LogFormat,
    /// Directives for `tracing_subscriber::EnvFilter`; they parse.
    pub log_filter: String,
    /// Names of everything on AWS; used when the backend is `aws`.
    pub aws: AwsSettings,
}

impl Settings {
    /// The socket address to listen on.
    pub const fn listen_on(&self) -> SocketAddr {
        SocketAddr::new(self.host, self.port)
    }

    /// Where people reach this service when it listens on `port`; no slash at the end.
    pub fn public_url(&self, port: u16) -> String {
        let set = self.public_url.clone();
        set.unwrap_or_else(|| format!("http://localhost:{port}"))
    }
}

/// Where records, queues and containers live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// One machine: SQLite and worker processes.
    Embedded,
    /// `DynamoDB`, SQS, SES and ECS.
    Aws,
}

/// How strict to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Needs keys, refuses open projects.
    Production,
    /// Starts with nothing configured.
    Development,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// One JSON object a line.
    Json,
}

/// Where the projects are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProjectsSource {
    /// The demo project that comes with Hermes: nothing was set and there is no file.
    BuiltIn,
    /// A file.
    File(PathBuf),
    /// An `s3://` URL; only with the aws backend.
    ObjectStore(String),
}

macro_rules! words {
    ($($type:ident { $($variant:ident = $word:literal),+ })+) => {$(
        impl $type {
            /// Every value with its word in settings.
            pub(crate) const WORDS: &[(&str, Self)] = &[$(($word, Self::$variant)),+];
        }

        impl $type {
            /// The word in settings.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )+};
}

words! {
    Backend { Embedded = "embedded", Aws = "aws" }
    Mode { Production = "production", Development = "development" }
    LogFormat { Pretty = "pretty", Json = "json" }
}

impl std::fmt::Display for ProjectsSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::BuiltIn => f.write_str("the built-in demo project"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::ObjectStore(url) => f.write_str(url),
        }
    }
}
