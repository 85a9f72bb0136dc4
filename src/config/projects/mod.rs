//! The projects file: which websites there are, and who may change them.

mod entry;
mod read;
mod values;

#[cfg(test)]
mod tests;

pub use read::{load_projects, parse_projects};
