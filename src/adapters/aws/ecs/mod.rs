//! Containers as tasks on ECS: one `RunTask` per container and generation, no task when idle.
//!
//! The edit service stands at desired count 0 and starts nothing: it is where an operator says, in one place, as what
//! and where tasks run. Nothing here scales it; the reconciler starts and stops each task by itself.

mod arguments;
mod fleet;
mod memory;
mod own;
mod placement;
mod refusal;
mod start;
mod state;

pub use arguments::QueueUrls;
pub use fleet::EcsFleet;
