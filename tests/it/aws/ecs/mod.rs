//! The fleet over ECS, through the real SDK, against a scripted ECS.

mod ends;
mod lab;
mod looks;
mod orphans;
mod placement;
mod processes;
mod reconciling;
mod starts;
