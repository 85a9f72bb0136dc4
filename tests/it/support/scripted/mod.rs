//! Servers that follow a script, for what no emulator does.

pub(crate) mod bedrock;
pub(crate) mod ecs;
pub(crate) mod rest;
