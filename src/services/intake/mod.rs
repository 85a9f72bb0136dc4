//! Mail in: decide, then accept, refuse, hold or keep silent; each message once (E9).

mod accept;
mod answering;
mod arrival;
mod bounce;
mod confirm;
mod explain;
mod files;
mod fuse;
mod hold;
mod judge;
mod memory;
mod obey;
mod receive;
mod refuse;
mod take;
mod threading;

pub use confirm::{Claimed, HeldMessage};
pub use take::{Force, Intake};
