//! The command line: what can be asked of `hermes`, and with which flags.
//!
//! Only definitions: `app` runs the service's commands, `cli` those that speak with a server.

mod client;
mod command;
mod exit;
mod invocation;

#[cfg(test)]
mod tests;

pub use client::{ClientFlags, ClientSettings, load_client};
pub use command::{
    Command, ExplainMail, FileOrStdin, KeyCommand, MailCommand, MailTask, NewKey, OneSession, Page,
    SessionCommand,
};
pub use exit::Exit;
pub use invocation::{Invocation, definition};
