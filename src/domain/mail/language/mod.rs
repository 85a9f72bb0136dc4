//! Which of our languages a sender writes, so that answers are in it.

mod guess;
mod words;

pub use guess::{Clues, Language};
