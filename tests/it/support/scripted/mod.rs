//! Servers that follow a script, for what no emulator does.

pub(crate) mod ecs;
