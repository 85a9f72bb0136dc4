//! ECS as a script: tasks with real life cycles, refusals, conflicts and lost answers, and tasks that are real processes.
//!
//! No emulator has PENDING, `failures[]`, stop codes or client tokens. This one checks requests as AWS does, keeps what it
//! was asked, and moves tasks on when the test says, or by itself.

mod cluster;
mod life;
mod operations;
mod process;
mod run_task;
mod server;
mod task;

pub(crate) use cluster::Answer;
pub(crate) use process::WorkerProgram;
pub(crate) use server::{EcsScript, Pace, ScriptedEcs};
pub(crate) use task::StopScript;
