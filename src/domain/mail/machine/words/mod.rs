//! The wording of machines, as data.
//!
//! One phrase in a line, lower-case, with single spaces and straight apostrophes. Marks on Latin letters are written,
//! but not compared. Lines that begin with `#` are comments.

mod normal;
mod table;

pub(super) use normal::normal;
pub(super) use table::{
    ANSWER_SENTENCES, ANSWER_SUBJECTS, AWAY_DETAILS, AWAY_GONE, AWAY_SENTENCES, AWAY_SUBJECTS,
    AWAY_TOPICS, AWAY_WHO, BOUNCE_OPENINGS, BOUNCE_OPENINGS_ABROAD, BOUNCE_OPENINGS_WEAK,
    BOUNCE_SUBJECTS, BOUNCE_SUBJECTS_ANYWHERE, BOUNCE_WORDS, CHALLENGES, COMPLAINT_SENTENCES,
    COMPLAINT_SUBJECTS, DAEMON_NAMES, GREETINGS, NOT_DELIVERED, RECEIPT_SENTENCES,
    RECEIPT_SUBJECTS, REQUESTS, RETURNED, ROLE_ADDRESSES, ROLE_WORDS, SENT_MAIL, THANKS, Table,
    VOICES, WORK,
};
