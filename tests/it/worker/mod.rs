//! The edit worker with real git, real processes and queues in memory.

mod commands;
mod edges;
mod exec;
mod files;
mod inbox;
mod lab;
mod life;
mod queues;
mod turns;
