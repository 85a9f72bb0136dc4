//! Finds what an instruction speaks of: pages, headings, texts and addresses.

pub(crate) mod address;
mod closest;
mod find;
pub(crate) mod locate;
pub(crate) mod pages;
pub(crate) mod sections;

pub(crate) use find::{Hit, Place, find_in_runs, same};
