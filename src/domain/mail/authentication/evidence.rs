//! From what is known of a sender to what is proven: the one place where an [`Authentication`] is made.

use super::findings::Findings;
use super::group::original_sender;
use super::level::Authentication;
use super::results::fields;
use crate::domain::mail::{EmailAddress, InboundMail, RuleId};

/// What is known of who has written a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Evidence {
    /// Somebody whose word counts has said so: a caller with the right `mail`, an operator, the member by a link.
    Word(Authentication),
    /// A mail server that we believe has checked it.
    Checked(Findings),
}

/// What is proven of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// How sure it is who wrote it.
    pub authentication: Authentication,
    /// Who wrote it, where `From` names the group that has passed it on (A10).
    pub original: Option<EmailAddress>,
    /// [`RuleId::A4`], when results in the mail that nobody trusted has written were ignored and would have proven more.
    pub ignored: Option<RuleId>,
}

/// Judges a mail that is for a project with these groups (A3 to A5, A10).
pub fn judge(evidence: &Evidence, mail: &InboundMail, groups: &[EmailAddress]) -> Judged {
    let (Some(from), Evidence::Checked(findings)) = (mail.from.address(), evidence) else {
        let authentication = match evidence {
            Evidence::Word(authentication) => *authentication,
            // without one sender there is nobody to prove (A1)
            Evidence::Checked(_) => Authentication::Unproven,
        };
        return Judged {
            authentication,
            original: None,
            ignored: None,
        };
    };
    if let Some(original) = original_sender(mail, from, findings, groups) {
        return Judged {
            authentication: Authentication::ThroughGroup,
            original: Some(original),
            ignored: None,
        };
    }
    let authentication = findings.prove(from);
    Judged {
        authentication,
        original: None,
        ignored: strangers_prove_more(mail, from, authentication).then_some(RuleId::A4),
    }
}

/// Whether any results in the header, believed, would have proven more than those that are.
fn strangers_prove_more(mail: &InboundMail, from: &EmailAddress, proven: Authentication) -> bool {
    let mut claims = fields(mail)
        .flatten()
        .map(|results| results.findings(from).prove(from));
    match proven {
        Authentication::Unproven => claims.any(Authentication::may_edit),
        Authentication::Aligned => claims.any(|claim| claim == Authentication::Proven),
        Authentication::Proven
        | Authentication::Vouched { .. }
        | Authentication::ThroughGroup
        | Authentication::Confirmed => false,
    }
}
