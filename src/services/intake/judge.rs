//! Who has written a mail, as far as it counts (A3 to A5, A10).

use std::borrow::Cow;

use super::take::Intake;
use crate::domain::access::Scope;
use crate::domain::mail::{
    Authentication, Decision, EmailAddress, Evidence, InboundMail, RuleId, judge,
};
use crate::services::addressing::Addressing;

/// A mail and how sure it is who wrote it.
pub(super) struct Seen<'m> {
    /// The mail; its sender is the one whom a trusted group has passed it on for (A10).
    pub(super) mail: Cow<'m, InboundMail>,
    pub(super) auth: Authentication,
    /// A4, when results that nobody trusts would have proven more.
    pub(super) ignored: Option<RuleId>,
}

impl Intake {
    /// What is known of a mail that a caller has brought. The caller's word counts, unless a mail server in front of us
    /// judges senders: then that server's results do, and nothing else.
    pub(super) fn evidence(&self, word: Authentication, mail: &InboundMail) -> Evidence {
        if self.trusted.is_empty() {
            Evidence::Word(word)
        } else {
            Evidence::Checked(self.trusted.findings(mail))
        }
    }

    pub(super) fn judge<'m>(
        &self,
        mail: &'m InboundMail,
        evidence: &Evidence,
        scope: &Scope,
    ) -> Seen<'m> {
        let judged = judge(evidence, mail, &self.groups(mail, scope));
        let mail = match judged.original {
            Some(original) => Cow::Owned(mail.clone().on_behalf_of(original)),
            None => Cow::Borrowed(mail),
        };
        Seen {
            mail,
            auth: judged.authentication,
            ignored: judged.ignored,
        }
    }

    /// The groups of the project that a mail is addressed to.
    fn groups(&self, mail: &InboundMail, scope: &Scope) -> Vec<EmailAddress> {
        let projects = self.projects.within(scope);
        if projects
            .iter()
            .all(|project| project.mail.groups.is_empty())
        {
            return Vec::new();
        }
        let addressing = Addressing::new(projects, self.letters.hermes(), self.letters.instance());
        let targets = addressing.targets(mail, &[]);
        let project = targets.first().and_then(|target| target.project.clone());
        project.map_or_else(Vec::new, |project| project.mail.groups.clone())
    }
}

/// Notes the rules that took part beside those of the decision: A4 where the sender's proof decided, and how it is
/// answered.
pub(super) fn note(decision: &mut Decision, ignored: Option<RuleId>, answering: &[RuleId]) {
    let by_proof = |rule: &RuleId| matches!(rule, RuleId::A3 | RuleId::A6);
    let place = decision.rules.iter().position(by_proof);
    if let (Some(place), Some(rule)) = (place, ignored) {
        decision.rules.insert(place, rule);
    }
    decision.rules.extend(answering);
}
