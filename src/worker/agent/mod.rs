//! Agents: what carries out an instruction in a worktree.
//!
//! An agent changes files and says what it did; commits, builds and previews are not its business. It sees the
//! instruction, the worktree and nothing of Hermes.

mod choice;
mod literal;
mod program;
mod task;

pub(crate) use choice::choose;
pub(crate) use task::{Agent, AgentOutcome, AgentTask};
