//! The tables as they must be: defined once, for making them, for checking them, and for the templates.

mod check;
mod create;
mod definition;

pub use check::{Difference, Inspection, differences, inspect};
pub use create::{Provided, create_missing};
pub use definition::{IndexSchema, Key, KeyType, Projected, SCHEMA, TableSchema};
