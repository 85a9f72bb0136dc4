//! The client side of the command line: it asks a running server over HTTP and says what it answered.
//!
//! Two kinds of commands: [`run()`] carries out those that need a server, [`new_key`], [`settings`], [`completions`] and
//! [`explain()`] those that need none; [`doctor()`] and
//! [`provision()`] print what `app` found out. All write to a [`Terminal`] and end with an [`Exit`](crate::config::cli::Exit). Answers go to
//! standard output, as text or with `--json` as the server's JSON; errors go to standard error as text, and with
//! `--json` to standard output too. What came from elsewhere (subjects, names, summaries) is never printed raw: it could
//! steer the terminal.
//!
//! Nothing is tried twice but [`watch()`]: a person or a script decides that.

mod doctor;
mod explain;
mod health;
mod input;
mod local;
mod mail;
mod narrate;
mod run;
mod screen;
mod server;
mod session;
mod show;
mod watch;

pub use doctor::{Findings, doctor, doctor_progress, provision, provision_step};
pub use explain::{Assumed, Decider, explain};
pub use local::{completions, new_key, settings};
pub use mail::{SentMail, send_mail};
pub use narrate::narrate;
pub use run::{Remote, run};
pub use screen::{Terminal, wants_colour};
pub use server::{Failure, Problem, Server, report};
pub use watch::watch;
