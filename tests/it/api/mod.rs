//! The HTTP face, through the real router, over the embedded backend in a folder of its own.

mod access;
mod answers;
mod app;
mod client;
mod confirm;
mod events;
mod failures;
mod listening;
mod mail;
mod operations;
mod previews;
mod problems;
mod sessions;
