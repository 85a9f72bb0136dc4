//! Pure types and decisions: no I/O, no clock, no randomness.
//!
//! Everything here is a value or a function of values, so that every rule of Hermes can be tested in a table.

pub mod ids;
pub mod mail;
pub mod time;
