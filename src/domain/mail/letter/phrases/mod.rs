//! Every fixed text of letters, in each of our languages: nothing that a reader sees is written anywhere else.

mod de;
mod en;
mod es;
mod fr;
mod set;
#[cfg(test)]
mod tests;

pub use set::{
    Condition, ConfirmText, Ends, HelpText, Labels, Notes, Phrases, Refused, Replying, StatusText,
    Word, Words,
};
