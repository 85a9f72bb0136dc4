//! Containers as worker processes of this machine (`design.md` section 8, C26).
//!
//! A worker is a child in a process group of its own. It learns what it is from its environment, gets its token as the
//! first line of its standard input, and ends when that input closes: so it ends with Hermes, however Hermes ends. What
//! an earlier Hermes has left running all the same is killed at [`ProcessFleet::open`]; nothing is adopted. Only one
//! fleet may be open on a data folder: open the store first, whose lock sees to that.

mod demo_repo;
mod environment;
mod fleet;
mod leftovers;
mod life;
mod proc;
mod repository;
mod spawn;
mod worker_log;

pub use fleet::ProcessFleet;
pub use spawn::{FleetSettings, IssueToken};
