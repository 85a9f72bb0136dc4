//! What tests on AWS share, and all that the other tests share.

pub(crate) mod emulator;
mod in_time;
pub(crate) mod proxy;
pub(crate) mod python;
#[expect(
    dead_code,
    unused_imports,
    reason = "most of it serves the other tests"
)]
#[path = "../../it/support/mod.rs"]
mod shared;
mod world;

pub(crate) use emulator::emulator;
pub(crate) use shared::*;
pub(crate) use world::Objects;
