//! What tests share: a clock that is set by hand, randomness that repeats, records to start from, and the world.

mod clock;
pub(crate) mod entropy;
pub(crate) mod faulty;
pub(crate) mod fleet;
pub(crate) mod mailer;
pub(crate) mod records;
pub(crate) mod scripted;
mod served;
pub(crate) mod web;
mod world;

pub(crate) use clock::ManualClock;
pub(crate) use served::Served;
pub(crate) use world::{World, open_store};
