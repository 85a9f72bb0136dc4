//! The templates of `config/aws`: read by their linter, held to rules, and created.

pub(crate) mod least_privilege;
pub(crate) mod lint;
pub(crate) mod network;
mod stack;
pub(crate) mod stacks;
pub(crate) mod start;
mod template;
