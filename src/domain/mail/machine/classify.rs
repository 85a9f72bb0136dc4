//! Which machine wrote a mail (L1 to L14).

use super::own::OwnIdentity;
use super::sign::{Sign, Signs};
use super::{fields, opening, parts, sender, subject, weigh};
use crate::domain::mail::{InboundMail, RuleId};

/// What kind of machine wrote a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MachineKind {
    /// An automatic answer or notice.
    AutoReply,
    /// A mail of ours that could not be delivered.
    Bounce,
    /// A mailing list.
    List,
    /// A receipt, an abuse report, a calendar answer.
    Report,
    /// Our own mail.
    Own,
}

/// A mail that no person wrote, and the rule that told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Machine {
    /// What wrote it.
    pub kind: MachineKind,
    /// How we know. Bounces that are known by their words alone are L3's kin, those that are known by their sender's
    /// name are L5's.
    pub rule: RuleId,
    /// What told, for a person: "its return path is empty".
    pub sign: &'static str,
}

/// The hard signs in the order of the rules, with what they mean when nothing else is said.
const HARD: [(Sign, RuleId, MachineKind); 8] = [
    (Sign::Own, RuleId::L1, MachineKind::Own),
    (Sign::EmptyPath, RuleId::L2, MachineKind::Bounce),
    (Sign::DeliveryReport, RuleId::L3, MachineKind::Bounce),
    (Sign::FailedRecipients, RuleId::L4, MachineKind::Bounce),
    (Sign::Daemon, RuleId::L5, MachineKind::Bounce),
    (Sign::NoReply, RuleId::L5, MachineKind::AutoReply),
    (Sign::AutoReplied, RuleId::L6, MachineKind::AutoReply),
    (Sign::AutoSubmitted, RuleId::L6, MachineKind::AutoReply),
];

/// The reports of L14.
const REPORTS: [Sign; 4] = [
    Sign::Receipt,
    Sign::AbuseReport,
    Sign::CalendarAnswer,
    Sign::PolicyReport,
];

/// Which machine wrote a mail; none for a person's.
pub fn classify(mail: &InboundMail, own: &OwnIdentity) -> Option<Machine> {
    let signs = signs(mail, own);

    let (rule, kind, sign) = first_rule(&signs)?;
    Some(Machine {
        kind: refined(kind, &signs),
        rule,
        sign: sign.as_str(),
    })
}

/// The rules that weigh but do not decide: the soft signs that were seen (L8, L10, L12).
pub fn soft_signs(mail: &InboundMail) -> Vec<RuleId> {
    let mut signs = Signs::default();
    fields::read(mail, None, &mut signs);
    subject::read(mail, &mut signs);
    [
        (signs.has_any(&[Sign::Bulk, Sign::BulkAnswer]), RuleId::L8),
        (
            signs.has_any(&[Sign::Suppresses, Sign::SuppressesAll]),
            RuleId::L10,
        ),
        (signs.has(Sign::AutoSubject), RuleId::L12),
    ]
    .into_iter()
    .filter_map(|(seen, rule)| seen.then_some(rule))
    .collect()
}

/// Everything that is seen in a mail.
fn signs(mail: &InboundMail, own: &OwnIdentity) -> Signs {
    let mut signs = Signs::default();
    if own.wrote(mail) {
        signs.add(Sign::Own);
    }
    if mail.handover.is_bounce {
        signs.add(Sign::EmptyPath);
    }
    if !mail.in_reply_to.is_empty() || !mail.references.is_empty() {
        signs.add(Sign::Answers);
    }
    fields::read(mail, Some(own), &mut signs);
    parts::read(mail, &mut signs);
    sender::read(mail, &mut signs);
    subject::read(mail, &mut signs);
    opening::read(mail, &mut signs);
    signs
}

type Hit = (RuleId, MachineKind, Sign);

/// The first rule that hits: L1 to L14, and then what the soft signs say together.
fn first_rule(signs: &Signs) -> Option<Hit> {
    let hard = || {
        HARD.iter()
            .find(|(sign, ..)| signs.has(*sign))
            .map(|(sign, rule, kind)| (*rule, *kind, *sign))
    };
    hard()
        .or_else(|| later_rule(signs))
        .or_else(|| weighed(signs))
}

/// The rules that ask for more than one sign, and those behind them.
fn later_rule(signs: &Signs) -> Option<Hit> {
    use MachineKind::{AutoReply, List, Report};
    use Sign::{
        AutoSubject, AutoSubjectAnswering, Autoresponder, ListSender, NoReplyPath, RulesLoop,
        SaysAutomatic, Suppresses, SuppressesAll,
    };
    let has = |sign| signs.has(sign);
    let is_bulk = signs.has_any(&[Sign::Bulk, Sign::BulkAnswer]);
    let suppresses = has(Suppresses) || has(SuppressesAll);
    let hits = [
        (has(Autoresponder), RuleId::L7, AutoReply, Autoresponder),
        (
            is_bulk && names_answer(signs),
            RuleId::L8,
            AutoReply,
            AutoSubject,
        ),
        (
            is_bulk && has(NoReplyPath),
            RuleId::L8,
            AutoReply,
            NoReplyPath,
        ),
        (is_bulk && has(ListSender), RuleId::L8, List, ListSender),
        (
            has(SuppressesAll) && has(RulesLoop),
            RuleId::L9,
            AutoReply,
            RulesLoop,
        ),
        (has(Sign::List), RuleId::L11, List, Sign::List),
        (
            suppresses && has(AutoSubjectAnswering),
            RuleId::L12,
            AutoReply,
            AutoSubject,
        ),
        (has(SaysAutomatic), RuleId::L13, AutoReply, SaysAutomatic),
    ];
    let report = signs.first_of(&REPORTS);
    hits.into_iter()
        .find_map(|(is_hit, rule, kind, sign)| is_hit.then_some((rule, kind, sign)))
        .or_else(|| report.map(|sign| (RuleId::L14, Report, sign)))
}

/// Whether the subject is that of an automatic answer. It says no more than that; people go on: "Out of office page
/// needs an update".
fn names_answer(signs: &Signs) -> bool {
    let says_so = signs.has_any(&[Sign::AutoOpening, Sign::AwayOpening]);
    signs.has(Sign::AutoSubjectAnswering)
        || signs.has(Sign::AutoSubject) && says_so && !signs.has(Sign::Asks)
}

/// What the soft signs say together, when no rule hits by itself.
fn weighed(signs: &Signs) -> Option<Hit> {
    if weigh::is_receipt(signs) {
        return Some((RuleId::L14, MachineKind::Report, Sign::ReceiptOpening));
    }
    if weigh::is_complaint(signs) {
        return Some((RuleId::L14, MachineKind::Report, Sign::ComplaintOpening));
    }
    if weigh::is_policy_report(signs) {
        return Some((RuleId::L14, MachineKind::Report, Sign::PolicyFile));
    }
    if weigh::is_bounce(signs) {
        let (rule, sign) = if signs.has(Sign::DaemonName) {
            (RuleId::L5, Sign::DaemonName)
        } else if signs.has(Sign::BounceOpening) {
            (RuleId::L3, Sign::BounceOpening)
        } else {
            (RuleId::L3, Sign::BounceSubject)
        };
        return Some((rule, MachineKind::Bounce, sign));
    }
    let rule = if signs.has_any(&[Sign::Bulk, Sign::BulkAnswer]) {
        RuleId::L8
    } else {
        RuleId::L12
    };
    if weigh::is_challenge(signs) {
        return Some((rule, MachineKind::AutoReply, Sign::Challenge));
    }
    if weigh::is_answer(signs) {
        return Some((rule, MachineKind::AutoReply, Sign::AutoOpening));
    }
    weigh::is_away(signs).then_some((rule, MachineKind::AutoReply, Sign::AwayOpening))
}

/// The kind, when other signs know better than the one that hit first: automatic answers and receipts have an empty
/// return path too, and bounces come from senders that take no replies.
fn refined(kind: MachineKind, signs: &Signs) -> MachineKind {
    use MachineKind::{AutoReply, Bounce, List, Own, Report};
    if kind == Own {
        return Own;
    }
    if signs.has_any(&[Sign::DeliveryReport, Sign::FailedRecipients]) {
        return Bounce;
    }
    if signs.has_any(&REPORTS)
        || weigh::is_receipt(signs)
        || weigh::is_complaint(signs)
        || weigh::is_policy_report(signs)
    {
        return Report;
    }
    // The programs that keep lists write digests and ask for confirmation.
    let is_lists =
        signs.has(Sign::List) && !signs.has_any(&[Sign::AutoSubject, Sign::BounceSubject]);
    if is_lists && signs.has(Sign::ListKeeper) && !signs.has(Sign::BounceOpening) {
        return List;
    }
    if signs.has(Sign::Daemon)
        || weigh::is_bounce_of_machine(signs) && !weigh::is_answer_by_subject(signs)
    {
        return Bounce;
    }
    let answers = weigh::is_answer_of_machine(signs);
    let replies = signs.has_any(&[Sign::AutoReplied, Sign::Autoresponder, Sign::AutoSubject]);
    match kind {
        Bounce if answers || signs.has(Sign::AutoSubmitted) => AutoReply,
        AutoReply if signs.has(Sign::List) && !replies => List,
        kind @ (AutoReply | Bounce | List | Report | Own) => kind,
    }
}
