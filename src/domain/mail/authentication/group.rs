//! Mail that a group has passed on under its own name (A10).
//!
//! Where the sender's domain has a strict DMARC policy, Google Groups puts the group's address into `From`, and the
//! sender's into `X-Original-From` and `Reply-To`. Anybody can write such fields, so they count only in a mail that the
//! group's domain has signed, and only for groups that the project names.

use super::findings::{Dmarc, Findings};
use crate::domain::mail::{EmailAddress, InboundMail};

/// Who wrote a mail that one of these groups has passed on.
pub(super) fn original_sender(
    mail: &InboundMail,
    from: &EmailAddress,
    findings: &Findings,
    groups: &[EmailAddress],
) -> Option<EmailAddress> {
    let is_theirs = groups.contains(from)
        && findings.is_signed_by(from.domain())
        && findings.dmarc != Dmarc::Fail;
    if !is_theirs {
        return None;
    }
    let [reply_to] = mail.reply_to.as_slice() else {
        return None;
    };
    let original = mail.original_from.as_ref()?;
    (original == reply_to && original != from).then(|| original.clone())
}
