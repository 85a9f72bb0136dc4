//! The folder in a worktree where an agent finds the files that came with its command.
//!
//! It is there while the agent runs and at no other time: not for git, not for a build, not for a preview. Whatever a
//! repository or an agent puts in its place is never followed and never committed.

mod fetch;
mod folder;
mod manifest;

pub(crate) use fetch::{Fetch, FetchFileError, Unpacked};
pub(crate) use folder::{NAME, remove};
pub(crate) use manifest::listing;
