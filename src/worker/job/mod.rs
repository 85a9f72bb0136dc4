//! One command, from the branch to its answer.

mod answer;
mod cancel;
mod carry;
mod landing;
mod performance;
mod site;
mod trouble;
mod workshop;

pub(crate) use cancel::{Cancel, Why};
pub(crate) use performance::{Performance, Performed};
pub(crate) use workshop::Workshop;
