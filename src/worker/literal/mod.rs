//! The agent `literal`: exact edits in plain words, without a model.

mod document;
mod instruction;
