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
mod settings;
mod suggest;

pub use access::{Access, ApiKey, Clients, MintedKey, Right, Rights, mint_key};
pub use environment::Environment;
pub use problem::{Problem, SettingsErrors};
pub use projects::{load_projects, parse_projects};
pub use settings::{
    Backend, Loaded, LogFormat, MailOut, Mode, Origin, PreviewUrl, ProjectsSource, Provenance,
    Settings, SettingsFlags, SmtpLogin, SmtpSecurity, SmtpServer, Source, load,
};
