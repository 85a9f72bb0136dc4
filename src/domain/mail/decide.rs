//! What becomes of a mail, from facts alone.
//!
//! The order matters: who is a machine or cannot be named is never answered; who is not proven is never answered either,
//! whatever else is wrong, because the answer would go to a stranger; only then is anything refused.

use super::files::is_wordless;
use super::letter::RefusalReason;
use super::machine::{self, Machine, OwnIdentity};
use super::visible::{VisibleText, visible};
use super::words::{ReplyCommand, recognise};
use super::{Authentication, InboundMail, Language, PublishProof, RuleId, Sender};
use crate::domain::ids::{ProjectId, ThreadId};
use crate::domain::journal::Verdict;
use crate::domain::member::Role;

/// What a scan of the mail has found (E6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Screening {
    /// Nothing that is known.
    #[default]
    Clean,
    /// Nobody knows: the scan for viruses did not work. Its text is read, its attachments are not opened.
    Unscanned,
    /// It is taken for unsolicited.
    Spam,
    /// It carries something harmful.
    Virus,
}

/// Which project a mail is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProjectMatch {
    /// This one.
    One(ProjectId),
    /// None of ours.
    None,
    /// It cannot be told which.
    Several,
}

/// A thread that one of the mail's candidates led to (T1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchedThread {
    /// The thread.
    pub thread: ThreadId,
    /// The project that it is about.
    pub project: ProjectId,
    /// The rule that found it.
    pub by: RuleId,
}

/// Everything that a decision is made from.
#[derive(Debug)]
pub struct Facts<'a> {
    /// The mail.
    pub mail: &'a InboundMail,
    /// Who we are.
    pub own: &'a OwnIdentity,
    /// What a scan has found.
    pub screening: Screening,
    /// How sure the sender is.
    pub authentication: Authentication,
    /// Which project is meant.
    pub project: ProjectMatch,
    /// What the sender may do there.
    pub role: Option<Role>,
    /// What it takes to publish in that project (P4).
    pub publishing: PublishProof,
    /// The conversation it continues, if one was found.
    pub thread: Option<MatchedThread>,
}

/// What becomes of a mail.
#[derive(Clone, PartialEq, Eq)]
pub struct Decision {
    /// The verdict.
    pub verdict: Verdict,
    /// Every rule that took part, in order.
    pub rules: Vec<RuleId>,
    /// Why, in a sentence for the journal; names nobody and quotes nothing.
    pub reason: String,
    /// What is to be done, for [`Verdict::Instruct`], and for [`Verdict::Hold`] of what somebody may confirm.
    pub instruction: Option<String>,
    /// All of it, when `instruction` is only its beginning (B11).
    pub full: Option<String>,
    /// A forwarded mail that came with it: material, no instruction (B10).
    pub forwarded: Option<String>,
    /// What is asked for, for [`Verdict::Command`] (P1).
    pub command: Option<ReplyCommand>,
    /// What the sender is told, for [`Verdict::Refuse`].
    pub refusal: Option<RefusalReason>,
    /// The thread that it continues; none begins one.
    pub thread: Option<ThreadId>,
}

impl std::fmt::Debug for Decision {
    /// Without the words: mails are not logged.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decision")
            .field("verdict", &self.verdict)
            .field("rules", &self.rules)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

/// Decides about one mail. The same facts give the same decision.
pub fn decide(facts: &Facts<'_>) -> Decision {
    let mut draft = Draft::new(facts.mail);
    if facts.screening == Screening::Virus {
        return draft.silent(RuleId::E6, "the mail carries a virus");
    }
    // Before the sender is asked for: servers name none when they report what was not delivered.
    if let Some(Machine { kind, rule, .. }) = machine::classify(facts.mail, facts.own) {
        return draft.silent(rule, machine_reason(kind));
    }
    match facts.mail.from {
        Sender::One { .. } => {}
        Sender::None => return draft.silent(RuleId::A1, "the mail names no sender"),
        Sender::Several => {
            return draft.silent(RuleId::A1, "the mail does not name exactly one sender");
        }
    }
    if facts.screening == Screening::Spam {
        return draft.quarantine();
    }
    draft.rules.extend(machine::soft_signs(facts.mail));
    draft.continue_thread(facts);
    match facts.authentication.rule() {
        Some(rule) => draft.rules.push(rule),
        None if facts.role.is_some() && draft.thread.is_some() => {
            let seen = visible(facts.mail);
            return draft.hold(seen);
        }
        None => return draft.silent(RuleId::A6, "the sender is not proven"),
    }
    let seen = visible(facts.mail);
    let command = recognise(&seen.text).filter(|_| seen.forwarded.is_none());
    if let Some((rule, reason)) = refusal(facts, command) {
        return draft.refuse(rule, reason);
    }
    if command == Some(ReplyCommand::Publish)
        && let Some(reason) = may_not_publish(facts)
    {
        return draft.refuse(Some(RuleId::P4), reason);
    }
    let has_material = seen.forwarded.is_some() || !facts.mail.attachments.is_empty();
    match (is_wordless(&seen.text), has_material) {
        (false, _) => match command {
            Some(command) if command != ReplyCommand::Yes => draft.command(command, seen),
            Some(_) => draft.unasked_yes(seen),
            None => draft.instruct(seen),
        },
        (true, true) => draft.refuse(Some(RuleId::B9), RefusalReason::AttachmentsOnly),
        (true, false) => draft.refuse(Some(RuleId::B9), RefusalReason::EmptyMessage),
    }
}

/// Why an authenticated person's mail is not carried out, whatever it says; what only asks is answered to viewers too.
fn refusal(
    facts: &Facts<'_>,
    command: Option<ReplyCommand>,
) -> Option<(Option<RuleId>, RefusalReason)> {
    let asks = matches!(command, Some(ReplyCommand::Status | ReplyCommand::Help));
    match (&facts.project, facts.role) {
        (ProjectMatch::None, _) => Some((Some(RuleId::T14), RefusalReason::NoSuchProject)),
        (ProjectMatch::Several, _) => Some((Some(RuleId::T15), RefusalReason::SeveralProjects)),
        (ProjectMatch::One(_), None) => Some((Some(RuleId::A11), RefusalReason::NotAMember)),
        // No rule has a number for it: a viewer looks (`design.md` section 1).
        (ProjectMatch::One(_), Some(Role::Viewer)) if !asks => Some((None, RefusalReason::Viewer)),
        (ProjectMatch::One(_), Some(_)) => facts
            .mail
            .is_encrypted()
            .then_some((Some(RuleId::B14), RefusalReason::Encrypted)),
    }
}

/// P4: publishing takes the role for it, and proof that the sender wants it.
fn may_not_publish(facts: &Facts<'_>) -> Option<RefusalReason> {
    if facts.role != Some(Role::Publisher) {
        return Some(RefusalReason::NotAPublisher);
    }
    let is_proven = facts.authentication.may_publish(facts.publishing);
    (!is_proven).then_some(RefusalReason::ProofToPublish)
}

const fn machine_reason(kind: machine::MachineKind) -> &'static str {
    match kind {
        machine::MachineKind::AutoReply => "the mail is an automatic answer",
        machine::MachineKind::Bounce => "the mail says that one of ours was not delivered",
        machine::MachineKind::List => "the mail came through a mailing list",
        machine::MachineKind::Report => "the mail is a receipt or report",
        machine::MachineKind::Own => "the mail is our own",
    }
}

/// A decision in the making.
struct Draft {
    rules: Vec<RuleId>,
    thread: Option<ThreadId>,
}

impl Draft {
    fn new(mail: &InboundMail) -> Self {
        Self {
            rules: if mail.has_own_id {
                Vec::new()
            } else {
                vec![RuleId::E10]
            },
            thread: None,
        }
    }

    /// T6: a match counts only in the project that the mail is for. That the sender may work there is asked later, and
    /// a match that does not count is never spoken of.
    fn continue_thread(&mut self, facts: &Facts<'_>) {
        let Some(matched) = &facts.thread else {
            return;
        };
        if facts.project == ProjectMatch::One(matched.project.clone()) && facts.role.is_some() {
            self.rules.push(matched.by);
            self.thread = Some(matched.thread.clone());
        } else {
            self.rules.push(RuleId::T6);
        }
    }

    fn decision(self, verdict: Verdict, reason: &str) -> Decision {
        Decision {
            verdict,
            rules: self.rules,
            reason: reason.to_owned(),
            instruction: None,
            full: None,
            forwarded: None,
            command: None,
            refusal: None,
            thread: self.thread,
        }
    }

    fn silent(mut self, rule: RuleId, reason: &str) -> Decision {
        self.rules.push(rule);
        self.thread = None;
        self.decision(Verdict::Silent, reason)
    }

    fn refuse(mut self, rule: Option<RuleId>, reason: RefusalReason) -> Decision {
        self.rules.extend(rule);
        Decision {
            refusal: Some(reason),
            ..self.decision(Verdict::Refuse, reason.told(Language::En).because)
        }
    }

    fn with_words(mut self, verdict: Verdict, reason: &str, seen: VisibleText) -> Decision {
        self.rules.extend(seen.rules);
        Decision {
            instruction: Some(seen.text),
            full: seen.full,
            forwarded: seen.forwarded,
            ..self.decision(verdict, reason)
        }
    }

    fn hold(mut self, seen: VisibleText) -> Decision {
        self.rules.push(RuleId::A6);
        self.with_words(
            Verdict::Hold,
            "the sender is a member, but not proven to have written this",
            seen,
        )
    }

    /// Kept, for whoever runs Hermes to look at; nobody is asked about it.
    fn quarantine(mut self) -> Decision {
        self.rules.push(RuleId::E6);
        self.decision(Verdict::Hold, "the mail is taken for unsolicited")
    }

    /// P1: what is said beside the command is courtesy.
    fn command(self, command: ReplyCommand, seen: VisibleText) -> Decision {
        let mut decision = self.with_words(Verdict::Command, "a command by reply", seen);
        decision.rules.push(RuleId::P1);
        Decision {
            command: Some(command),
            ..decision
        }
    }

    /// P2: nothing that a letter says can be answered by yes yet, so it is for the agent to make sense of.
    fn unasked_yes(self, seen: VisibleText) -> Decision {
        let mut decision = self.instruct(seen);
        decision.rules.push(RuleId::P2);
        decision
    }

    fn instruct(self, seen: VisibleText) -> Decision {
        let reason = if self.thread.is_some() {
            "the next instruction of a conversation"
        } else {
            "the first instruction of a conversation"
        };
        self.with_words(Verdict::Instruct, reason, seen)
    }
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
