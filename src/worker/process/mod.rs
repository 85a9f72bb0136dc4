//! Programs that are not ours: how they are started, bounded and stopped.

mod child;
mod sandbox;

pub(crate) use child::{Bounds, End, Finished, Launch, run};
pub(crate) use sandbox::{HOME, Sandbox};
