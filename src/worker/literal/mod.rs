//! The agent `literal`: exact edits in plain words, without a model.
//!
//! [`carry_out`] is pure: it reads an instruction and the pages of a site, and answers with whole new files
//! or with a refusal that says what to write instead. What must stay true: every byte outside the edited
//! text stays as it was, the new text reads as typed, and of several instructions all are done or none.

mod document;
mod edit;
mod engine;
mod files;
mod instruction;
mod messages;
mod outcome;
mod search;
mod site;

#[cfg(test)]
mod tests;

pub use engine::{MAX_INSTRUCTION, carry_out};
pub use files::{MAX_FILE, MAX_FILES, MAX_TOTAL, SiteError, load_site, write_edits};
pub use outcome::{FileEdit, Outcome, RefusalCode};
pub use site::Site;
