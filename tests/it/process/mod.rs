//! The real binary as people and service managers use it: started, killed, asked to stop.

mod attachments;
mod demo;
mod harness;
mod kill;
mod lifecycle;
mod readme;
