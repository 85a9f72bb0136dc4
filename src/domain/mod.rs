//! Pure types and decisions: no I/O, no clock, no randomness.
//!
//! Everything here is a value or a function of values, so that every rule of Hermes can be tested in a table.

pub mod access;
pub mod blob;
pub mod check;
pub mod circuit;
pub mod claim;
pub mod command;
pub mod confirmation;
pub mod container;
pub mod event;
pub mod ids;
pub mod inference;
pub mod journal;
pub mod mail;
pub mod member;
pub mod note;
pub mod outcome;
pub mod project;
pub mod reply;
pub mod scaling;
pub mod session;
pub mod stop;
pub mod thread;
pub mod time;
pub mod wire;
