//! Mail out by SES v2.
//!
//! What the sender of a mail reads is built above, as for every other mailer; SES gets the whole message and an explicit
//! recipient. It replaces our Message-ID by its own, by which answers refer to the mail (T4).

mod mailer;
mod once;
mod trouble;

pub use mailer::SesMailer;
