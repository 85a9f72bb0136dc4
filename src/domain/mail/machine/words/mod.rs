//! The wording of machines, as data.
//!
//! One phrase in a line: lower-case, single spaces, straight apostrophes. Lines that begin with `#` are comments.

mod table;

pub(super) use table::{
    ANSWER_SENTENCES, ANSWER_SUBJECTS, AWAY_SENTENCES, BOUNCE_OPENINGS, BOUNCE_OPENINGS_ABROAD,
    BOUNCE_OPENINGS_WEAK, BOUNCE_SUBJECTS, BOUNCE_SUBJECTS_ANYWHERE, BOUNCE_SUBJECTS_HINTS,
    BOUNCE_WORDS, COMPLAINT_SENTENCES, DAEMON_NAMES, GREETINGS, RECEIPT_SENTENCES,
    RECEIPT_SUBJECTS, RETURNED, ROLE_ADDRESSES, ROLE_WORDS, Table, VOICES,
};
