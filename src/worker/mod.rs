//! The program that runs in a container: takes commands, drives the agent, builds, publishes, answers.
//!
//! **The branch is the truth.** The workspace is a cache that can be thrown away at any time; a command that has ended
//! is known by the trailers of its commit, so however often it is delivered it changes the branch at most once.
//! **Nothing is deleted before it is answered.** A message leaves the input queue when its response is durable in the
//! output queue, and whatever a worker holds when it ends is handed back.
//!
//! From the outside in: [`run()`] takes messages and gives turns (`queue` knows their order), `job` takes one command from
//! the branch to the answer, with `git`, an `inbox` of files, an `agent` and, for all that is not our own code, a `process`.

pub mod literal;

mod agent;
mod config;
mod exec;
mod git;
mod inbox;
mod job;
mod process;
mod queue;
mod run;

pub use config::{Timings, WorkerConfig};
pub use exec::{close_to_others, exec};
pub use git::{ask, asks};
pub use run::{Ended, WorkerPorts, run};
