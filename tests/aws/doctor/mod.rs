//! `hermes provision` and `hermes doctor` in accounts of the emulator: what is right, and each thing that is wrong.

mod account;
mod commands;
mod overlay;
mod right;
mod wrong;

pub(crate) use all::trials;
mod all;
