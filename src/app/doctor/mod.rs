//! `hermes doctor` and `hermes provision`: whether everything is there that Hermes depends on, and making it.
//!
//! What AWS is asked lives with its adapter; here is what a machine can tell, and the round that asks everything at once.

mod command;
mod links;
mod machine;
mod programs;
mod round;

pub(super) use command::{doctor, provision};
