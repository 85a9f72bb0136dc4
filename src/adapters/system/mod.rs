//! The machine's own clock and randomness: the one place where either is read.

mod clock;
mod entropy;

pub use clock::SystemClock;
pub use entropy::{NoEntropy, SystemEntropy};
