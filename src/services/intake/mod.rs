//! Mail in: decide, then accept, refuse, hold or keep silent; each message once (E9).

mod accept;
mod arrival;
mod files;
mod refuse;
mod take;
mod threading;

pub use take::{Force, Intake};
