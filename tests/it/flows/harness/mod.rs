//! A whole Hermes without a process: the real services and the real store, with a clock, a fleet, workers and a mail
//! system that do what a test says.

mod audit;
mod hermes;
mod mails;
mod pump;
mod worker;

pub(crate) use audit::Repeats;
pub(crate) use hermes::{AMELIA, BOB, Hermes, Setup, VIC, a_project};
pub(crate) use mails::{Mail, field, text_of};
pub(crate) use worker::Answer;
