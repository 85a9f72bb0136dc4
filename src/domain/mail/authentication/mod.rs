//! Who has written a mail, and how sure that is (A3 to A10).
//!
//! There are three steps, and one place for each. Some door learns something about a mail: that is [`Evidence`], and for
//! a mail server's own checks [`Findings`]. [`judge`] turns evidence into an [`Authentication`], and nothing else does.
//! Then the rules ask the `Authentication` only.
//!
//! **To add a door that checks senders itself** (an SMTP door, SPF, DKIM and DMARC of our own): fill in a [`Findings`] from what
//! the check has found out, hand it in as [`Evidence::Checked`], and leave the rest as it is. The header of the mail has
//! no say then: `Authentication-Results` fields in it are a stranger's.

mod alignment;
mod evidence;
mod findings;
mod group;
mod level;
mod results;

pub use evidence::{Evidence, Judged, judge};
pub use findings::{Dmarc, Findings, TrustedServers};
pub use level::{Authentication, PublishProof};

pub(super) use results::{Results, fields};

#[cfg(test)]
mod tests;
