//! `hermes worker`: an edit worker as a process, told by its environment what it is.

mod config;
mod outside;
mod run;

pub(super) use run::run;
