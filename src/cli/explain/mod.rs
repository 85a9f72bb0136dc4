//! `hermes mail explain`: what would be decided about a mail, and why. Nothing is done and nobody is asked.

mod batch;
mod look;
mod report;
mod run;

pub use look::{Assumed, Decider};
pub use run::explain;
