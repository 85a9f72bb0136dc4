//! The fleet over ECS, through the real SDK, against a scripted ECS.

mod ends;
pub(crate) mod lab;
mod looks;
mod orphans;
mod passing;
mod placement;
mod processes;
mod reconciling;
mod starts;
