//! Secrets Manager: what proves workers to repositories.

mod git;

pub use git::GitSecret;
