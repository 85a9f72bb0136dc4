//! The outside worlds, one folder each: what implements the ports.

pub mod aws;
pub mod folder;
pub mod process;
pub mod smtp;
pub mod socket;
pub mod sqlite;
pub mod system;
