//! Git, by its command line, with its metadata outside of what an agent can write.
//!
//! One bare repository a container; for each thread a plain folder as worktree and an index file of its own. Every
//! call names its git directory and its worktree, and takes no setting, hook or filter from anywhere but here.

mod askpass;
mod branch;
mod cli;
mod history;
mod paths;
mod repository;
mod worktree;

pub use askpass::{ask, asks};
pub(crate) use branch::Branch;
pub(crate) use cli::GitError;
pub(crate) use history::{History, Message, Oid, State};
pub(crate) use repository::{FetchError, Pick, Push, Repository};
pub(crate) use worktree::{Change, TreeError, Worktree};
