//! The commands and their arguments.

use std::convert::Infallible;
use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Subcommand, value_parser};
use clap_complete::Shell;

use crate::config::access::parse_scope;
use crate::config::rights::Rights;
use crate::config::settings::SettingsFlags;
use crate::domain::access::Scope;
use crate::domain::ids::{ClientId, JournalId, ProjectId, SessionId, ThreadId, UserId};

use super::client::ClientFlags;

/// What `hermes` is asked to do.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Run the service (also what `hermes` alone does)
    Serve {
        /// The settings given as flags.
        #[command(flatten)]
        settings: SettingsFlags,
    },
    /// Start the service, send it a mail, and show the answer and the preview
    #[command(after_help = DEMO)]
    Demo {
        /// Stop when the answer is there, instead of serving on
        #[arg(long)]
        exit: bool,
        /// The settings given as flags.
        #[command(flatten)]
        settings: SettingsFlags,
    },
    /// Send mails, and see what became of them and why
    #[command(subcommand)]
    Mail(MailTask),
    /// Start, watch and end editing sessions
    #[command(subcommand)]
    Session(SessionCommand),
    /// Make API keys
    #[command(subcommand)]
    Key(KeyCommand),
    /// Ask whether the service is healthy
    #[command(after_help = HEALTH)]
    Health {
        /// The server to ask; by default the one that the settings describe.
        #[command(flatten)]
        client: ClientFlags,
        /// The settings given as flags.
        #[command(flatten)]
        settings: SettingsFlags,
    },
    /// Show the settings in force and where each comes from, secrets masked
    Config {
        /// The settings given as flags.
        #[command(flatten)]
        settings: SettingsFlags,
    },
    /// Check everything Hermes depends on, and say what mends what is wrong
    #[command(after_help = DOCTOR)]
    Doctor {
        /// Role whose permissions to check, instead of those of the caller; aws only
        #[arg(long, value_name = "ARN", value_parser = parse_role)]
        role: Option<String>,
        /// The settings given as flags.
        #[command(flatten)]
        settings: SettingsFlags,
    },
    /// Make the tables, queues and buckets that are missing on AWS
    #[command(after_help = PROVISION)]
    Provision {
        /// The settings given as flags.
        #[command(flatten)]
        settings: SettingsFlags,
    },
    /// Copy the embedded database to a file, while the service runs or not
    #[command(after_help = BACKUP)]
    Backup {
        /// File to write; it must not exist yet
        file: PathBuf,
        /// The settings given as flags.
        #[command(flatten)]
        settings: SettingsFlags,
    },
    /// Print a script that completes commands and flags in a shell
    #[command(after_help = COMPLETIONS)]
    Completions {
        /// Shell to write it for
        shell: Shell,
    },
    /// Edit for one container; only the service itself starts it
    Worker,
    /// Restrict this process, then become the given command
    #[command(hide = true)]
    WorkerExec {
        /// The process that starts it, with which it dies
        parent: i32,
        /// The command and its arguments
        #[arg(last = true, required = true, value_name = "CMD")]
        command: Vec<OsString>,
    },
}

/// What can be done with mail.
#[derive(Debug, Clone, Subcommand)]
pub enum MailTask {
    /// By the server.
    #[command(flatten)]
    AtServer(MailCommand),
    /// Show what would be decided about a mail and why; nothing is done
    #[command(after_help = MAIL_EXPLAIN)]
    Explain(ExplainMail),
}

/// What a server does with mail.
#[derive(Debug, Clone, Subcommand)]
pub enum MailCommand {
    /// Send a mail file (message/rfc822) to the service
    #[command(after_help = MAIL_SEND)]
    Send {
        /// File to send; - reads standard input
        file: FileOrStdin,
        /// The server to send it to.
        #[command(flatten)]
        client: ClientFlags,
    },
    /// List received mails and what was decided, latest first
    List {
        /// How many rows and where to go on.
        #[command(flatten)]
        page: Page,
        /// The server to ask.
        #[command(flatten)]
        client: ClientFlags,
    },
    /// Show one received mail and what became of it
    Show {
        /// Id of the mail's row in the journal
        id: JournalId,
        /// The server to ask.
        #[command(flatten)]
        client: ClientFlags,
    },
    /// Decide again what a received mail asks for
    Replay {
        /// Id of the mail's row in the journal
        id: JournalId,
        /// Even if the mail has been carried out already
        #[arg(long)]
        force: bool,
        /// The server to ask.
        #[command(flatten)]
        client: ClientFlags,
    },
}

/// The mail to explain.
#[derive(Debug, Clone, Args)]
pub struct ExplainMail {
    /// Mail, or document of SES or SNS; - reads standard input, as --batch alone does
    #[arg(required_unless_present = "batch")]
    pub file: Option<FileOrStdin>,
    /// Explain many: lines of JSON with id and raw or rawBase64 in, one line of JSON for each out
    #[arg(long)]
    pub batch: bool,
    /// The settings given as flags.
    #[command(flatten)]
    pub settings: SettingsFlags,
}

/// What can be done with sessions.
#[derive(Debug, Clone, Subcommand)]
pub enum SessionCommand {
    /// Start a session with an instruction, or go on with a thread
    #[command(after_help = ACTIVATE)]
    Activate {
        /// Client whose project it is
        #[arg(long = "client", value_name = "ID")]
        client_id: ClientId,
        /// User who asks for it: a mail address or another id
        #[arg(long = "user", value_name = "ID")]
        user_id: UserId,
        /// Project to edit; may be left out when the client has one
        #[arg(long = "project", value_name = "ID")]
        project_id: Option<ProjectId>,
        /// Thread to go on with
        #[arg(long = "thread", value_name = "ID")]
        thread_id: Option<ThreadId>,
        /// What to change, in plain words; - reads standard input
        instruction: String,
        /// The server to ask.
        #[command(flatten)]
        client: ClientFlags,
    },
    /// Show a session's state
    Status(OneSession),
    /// Keep a session from expiring
    Keepalive(OneSession),
    /// End a session; its work is saved
    Deactivate(OneSession),
    /// List a client's live sessions, last active first
    List {
        /// Client whose sessions to list
        #[arg(long = "client", value_name = "ID")]
        client_id: ClientId,
        /// How many rows and where to go on.
        #[command(flatten)]
        page: Page,
        /// The server to ask.
        #[command(flatten)]
        client: ClientFlags,
    },
    /// Follow what happens in a session until it ends
    Watch(OneSession),
}

/// A session and where it is.
#[derive(Debug, Clone, Args)]
pub struct OneSession {
    /// Id of the session
    pub id: SessionId,
    /// The server to ask.
    #[command(flatten)]
    pub client: ClientFlags,
}

/// A part of a list.
#[derive(Debug, Clone, Args)]
pub struct Page {
    /// Go on where an earlier page ended
    #[arg(long)]
    pub cursor: Option<String>,
    /// Rows to show, 1 to 100
    #[arg(long, value_name = "ROWS", default_value = "20", value_parser = value_parser!(u8).range(1..=100))]
    pub limit: u8,
}

/// What can be done with API keys.
#[derive(Debug, Clone, Subcommand)]
pub enum KeyCommand {
    /// Make a key: prints the secret, once, and the entry for the service's settings
    #[command(after_help = KEY_NEW)]
    New(NewKey),
}

/// The key to make.
#[derive(Debug, Clone, Args)]
pub struct NewKey {
    /// Clients that the key sees: an id, several joined by +, or * for all
    #[arg(long = "client", value_name = "ID", value_parser = parse_scope)]
    pub scope: Scope,
    /// Name of the key, for logs [default: key]
    #[arg(long, default_value = "key", hide_default_value = true)]
    pub name: String,
    /// What it may be used for: sessions, mail, publish and admin, joined by +
    #[arg(long, default_value = "sessions+mail")]
    pub rights: Rights,
}

/// A file, or standard input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileOrStdin {
    /// `-`.
    Stdin,
    /// Any other text.
    File(PathBuf),
}

impl FromStr for FileOrStdin {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text {
            "-" => Self::Stdin,
            path => Self::File(PathBuf::from(path)),
        })
    }
}

/// Reads the ARN of an IAM role.
fn parse_role(text: &str) -> Result<String, String> {
    let parts: Vec<&str> = text.trim().splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", _, "iam", "", _, what] if what.starts_with("role/") => Ok(text.trim().to_owned()),
        _ => Err(
            "must be the ARN of a role, such as arn:aws:iam::123456789012:role/hermes".to_owned(),
        ),
    }
}

impl Command {
    /// The settings flags of commands that have them.
    pub(super) fn settings_mut(&mut self) -> Option<&mut SettingsFlags> {
        match self {
            Self::Serve { settings }
            | Self::Demo { settings, .. }
            | Self::Health { settings, .. }
            | Self::Config { settings }
            | Self::Doctor { settings, .. }
            | Self::Provision { settings }
            | Self::Backup { settings, .. }
            | Self::Mail(MailTask::Explain(ExplainMail { settings, .. })) => Some(settings),
            Self::Mail(MailTask::AtServer(_))
            | Self::Session(_)
            | Self::Key(_)
            | Self::Completions { .. }
            | Self::Worker
            | Self::WorkerExec { .. } => None,
        }
    }
}

const DEMO: &str = "\
Examples:
  hermes demo                 then open the preview that it prints
  hermes demo --exit --port 0 as a smoke test";

const HEALTH: &str = "\
Examples:
  hermes health               in a container's health check
  hermes health --server https://hermes.example.com";

const DOCTOR: &str = "\
Nothing is changed. Each row is ok, wrong or unknown; the exit code is 1 when a row is wrong.
On aws, one model call of a few tokens is made.

Examples:
  hermes doctor
  hermes doctor --json | jq '.checks[] | select(.state == \"wrong\")'
  hermes doctor --backend aws --role arn:aws:iam::123456789012:role/hermes";

const PROVISION: &str = "\
For emulators and small accounts: the stacks of config/aws make all of this and more.
What is there is left as it is; run it again at any time. The exit code is 1 when something
differs or could not be made.

Examples:
  hermes provision --backend aws
  AWS_ENDPOINT_URL=http://localhost:4566 hermes provision --backend aws";

const BACKUP: &str = "\
Example:
  hermes backup /backups/hermes-$(date +%F).db";

const COMPLETIONS: &str = "\
Example:
  hermes completions bash > ~/.local/share/bash-completion/completions/hermes";

const MAIL_EXPLAIN: &str = "\
No server is asked. The sender is taken for a proven member who may publish, and no conversation is
known; with --data-dir (or HERMES_DATA_DIR) the projects, members and conversations are those of that
folder, read from a copy.

Examples:
  hermes mail explain change.eml
  hermes mail explain --json - < change.eml | jq .rules
  hermes mail explain --batch mails.jsonl > decisions.jsonl
  hermes mail explain --data-dir data change.eml";

const MAIL_SEND: &str = "\
Examples:
  hermes mail send change.eml
  hermes mail send - < change.eml";

const ACTIVATE: &str = "\
Example:
  hermes session activate --client demo --user test@example.com \\
    'Change the title to Fresh bread'";

const KEY_NEW: &str = "\
Examples:
  hermes key new --client acme --name shop
  hermes key new --client '*' --name ops --rights admin";
