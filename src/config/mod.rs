//! Settings from flags, environment and files, validated before anything starts.
//!
//! [`load`] gives [`Settings`] or everything that is wrong with them at once; [`load_projects`] does
//! the same for the projects file; [`cli`] defines the command line. Nothing here is read twice:
//! the process environment is read by [`Environment::of_process`] only.

mod access;
mod address;
pub mod cli;
mod document;
mod environment;
mod problem;
mod projects;
mod rights;
mod settings;
mod suggest;

pub use access::{Access, ApiKey, MintedKey, mint_key, parse_scope};
pub use environment::Environment;
pub use problem::{Problem, SettingsErrors};
pub use projects::{load_projects, parse_projects};
pub use rights::{Right, Rights};
pub use settings::{
    AwsSettings, Backend, Loaded, LogFormat, MailOut, Mode, Origin, Pattern, PatternValues,
    PreviewUrl, ProjectsSource, Provenance, Settings, SettingsFlags, SmtpLogin, SmtpSecurity,
    SmtpServer, Source, StoreUrl, load,
};
