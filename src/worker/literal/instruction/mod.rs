//! Understands instructions in plain words.
//!
//! What is understood is understood wholly: a message with one part that is not gives no command at all.

mod adding;
mod clause;
mod command;
mod cursor;
mod lexer;
mod open;
mod scope;
mod split;
mod vocabulary;

#[cfg(test)]
mod tests;

pub(crate) use command::{Action, Command, Kind, Ordinal, Pages, Place, Target};
pub(crate) use split::{Understood, understand};
