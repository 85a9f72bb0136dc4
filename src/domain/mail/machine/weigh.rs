//! Soft signs, weighed: several that are independent of one another tell a machine.

use super::sign::{Sign, Signs};

/// From here on it is a bounce, when nothing else says that a machine wrote it.
const BOUNCE: i32 = 5;
/// From here on a machine's mail is a bounce, rather than what else a machine may write.
const BOUNCE_OF_MACHINE: i32 = 3;
/// Words that stand below the opening weigh this much together at most: people quote them.
const MAX_BELOW: i32 = 2;

/// What each sign of the sender, the subject and the form weighs for a bounce.
const WEIGHTS: [(Sign, i32); 16] = [
    (Sign::DaemonName, 3),
    (Sign::Daemon, 3),
    (Sign::FailedRecipients, 3),
    (Sign::DeliveryReport, 3),
    (Sign::ListKeeper, 2),
    (Sign::PersonSender, -1),
    (Sign::BounceSubject, 2),
    (Sign::BounceField, 2),
    (Sign::ReplyPrefix, -3),
    (Sign::Quotes, -2),
    (Sign::Greets, -3),
    (Sign::GreetsAnybody, -2),
    (Sign::Preface, -4),
    (Sign::Mine, -2),
    (Sign::Asks, -4),
    (Sign::Requests, -2),
];
/// What stands in the text or below it.
const BELOW: [(Sign, i32); 6] = [
    (Sign::BounceWords, 1),
    (Sign::StatusCodes, 1),
    (Sign::FailureFields, 1),
    (Sign::ReportFields, 3),
    (Sign::ReturnedInline, 1),
    (Sign::ReturnedPart, 1),
];

/// Signs of a person.
const PERSON: [Sign; 8] = [
    Sign::PersonSender,
    Sign::ReplyPrefix,
    Sign::Quotes,
    Sign::Greets,
    Sign::GreetsAnybody,
    Sign::Preface,
    Sign::Asks,
    Sign::Mine,
];
/// Those of somebody who writes around what he shows; servers greet as well.
const WRITER: [Sign; 6] = [
    Sign::PersonSender,
    Sign::ReplyPrefix,
    Sign::Quotes,
    Sign::Asks,
    Sign::Mine,
    Sign::Preface,
];
/// Of these a mail server that could not deliver a mail says at least one; who only speaks of it says none.
const SUBSTANCE: [Sign; 9] = [
    Sign::NamesAddress,
    Sign::StatusCodes,
    Sign::ReturnedPart,
    Sign::ReturnedInline,
    Sign::DaemonName,
    Sign::ListKeeper,
    Sign::BounceField,
    Sign::FailureFields,
    Sign::ReportFields,
];

/// Besides its own words a bounce has at least one of these.
const BESIDES: [Sign; 7] = [
    Sign::BounceSubject,
    Sign::BounceField,
    Sign::DaemonName,
    Sign::ListKeeper,
    Sign::ReturnedPart,
    Sign::ReturnedInline,
    Sign::ReportFields,
];

/// A message that came back, the words and the code of a mail server: nobody writes all three without a word of his own.
const RETURNED_WITH_CODE: [Sign; 3] = [Sign::ReturnedInline, Sign::StatusCodes, Sign::BounceWords];

fn sum(signs: &Signs, weights: &[(Sign, i32)]) -> i32 {
    weights
        .iter()
        .filter(|(sign, _)| signs.has(*sign))
        .map(|(_, weight)| weight)
        .sum()
}

fn bounce_score(signs: &Signs) -> i32 {
    let below = sum(signs, &BELOW);
    let is_alone = !signs.has_any(&PERSON) && !signs.has(Sign::Introduced);
    let reports = signs.has(Sign::ReportFields) && !signs.has_any(&WRITER);
    let speaks = signs.has(Sign::BounceOpening)
        || reports
        || is_alone && RETURNED_WITH_CODE.iter().all(|sign| signs.has(*sign));
    let text = if speaks {
        let opening = if signs.has(Sign::BounceVoice) || signs.has_any(&SUBSTANCE) {
            3
        } else {
            1
        };
        opening + below
    } else {
        // A message that came along is not quoted.
        below.min(MAX_BELOW + i32::from(signs.has(Sign::ReturnedPart)))
    };
    let is_failure = speaks || signs.has_any(&[Sign::BounceSubject, Sign::BounceWords]);
    let role = i32::from(is_failure && signs.has(Sign::RoleSender));
    // A server that says clearly what it is names buttons and pages of its own.
    let is_work_only = signs.has(Sign::Asks) && !signs.has(Sign::Requests);
    let names = signs.has(Sign::BounceVoice) && signs.has(Sign::NamesAddress);
    let excused = if is_work_only && names { 3 } else { 0 };
    sum(signs, &WEIGHTS) + text + role + excused
}

/// Whether the soft signs alone make a bounce.
pub(super) fn is_bounce(signs: &Signs) -> bool {
    let has_code = signs.has(Sign::BounceVoice)
        && !signs.has(Sign::Introduced)
        && signs.has(Sign::NamesAddress)
        && signs.has_any(&[Sign::StatusCodes, Sign::FailureFields])
        && !signs.has_any(&PERSON);
    let has_substance = signs.has(Sign::BounceVoice) || signs.has_any(&SUBSTANCE);
    has_substance && (signs.has_any(&BESIDES) || has_code) && bounce_score(signs) >= BOUNCE
}

/// Whether what a machine has written is a bounce.
pub(super) fn is_bounce_of_machine(signs: &Signs) -> bool {
    bounce_score(signs) >= BOUNCE_OF_MACHINE
}

/// Whether the subject says automatic answer and not bounce.
pub(super) fn is_answer_by_subject(signs: &Signs) -> bool {
    signs.has(Sign::AutoSubject) && !signs.has(Sign::BounceSubject)
}

/// Whether a machine that writes no bounces speaks of itself as an automatic answer.
pub(super) fn is_answer_of_machine(signs: &Signs) -> bool {
    signs.has_any(&[
        Sign::AutoReplied,
        Sign::Autoresponder,
        Sign::AutoSubject,
        Sign::AutoOpening,
        Sign::AwayOpening,
        Sign::BulkAnswer,
        Sign::SuppressesAll,
    ])
}

/// Whether subject and words, or precedence and words, make an automatic answer (L8, L12).
pub(super) fn is_answer(signs: &Signs) -> bool {
    if signs.has_any(&[Sign::Quotes, Sign::ReplyPrefix]) && !signs.has(Sign::BulkAnswer) {
        return false;
    }
    if signs.has(Sign::Asks) {
        return false;
    }
    let is_away = signs.has(Sign::AwayOpening);
    let says_so = signs.has(Sign::AutoOpening);
    let answers = signs.has(Sign::Answers);
    if signs.has_any(&[Sign::Bulk, Sign::BulkAnswer]) && says_so {
        return true;
    }
    if signs.has(Sign::BulkAnswer) {
        return is_away || says_so || answers && !signs.has(Sign::ReplyPrefix);
    }
    let names_it = signs.has(Sign::AutoSubjectAnswering);
    let is_explicit = signs.has(Sign::AutoSubjectExplicit);
    signs.has(Sign::AutoSubject) && says_so && !signs.has(Sign::PersonSender)
        || names_it && (says_so || is_away && (answers || is_explicit))
        || says_so && answers && signs.has(Sign::RoleSender)
}

/// Whether the mail asks for a proof that a person has written ours; who answers so keeps our subject.
pub(super) fn is_challenge(signs: &Signs) -> bool {
    // Who challenges in an answer may say his name first.
    let answers = signs.has(Sign::ReplyPrefix) && !signs.has(Sign::Forwards);
    signs.has(Sign::Challenge) && !shows(signs) && (answers || !signs.has(Sign::Preface))
}

/// Whether somebody shows what a machine has sent him, or asks for something himself.
fn shows(signs: &Signs) -> bool {
    signs.has_any(&[Sign::Asks, Sign::Requests, Sign::Quotes, Sign::Forwards])
}

/// Whether somebody who is away has left it to a machine to say so (L12): the subject says it, the text says it, and what
/// becomes of mails until he is back; or the machine names itself.
pub(super) fn is_away(signs: &Signs) -> bool {
    if shows(signs) {
        return false;
    }
    let is_away = signs.has(Sign::AwayOpening);
    let has_detail = signs.has(Sign::AwayDetail);
    let is_named = signs.has_any(&[
        Sign::AutoSubject,
        Sign::AutoSubjectAnswering,
        Sign::AwaySubject,
    ]);
    let is_explicit = signs.has_any(&[Sign::AutoSubjectExplicit, Sign::AwaySubject]);
    let says_so = signs.has(Sign::AutoOpening);
    if signs.has(Sign::Preface) && !is_explicit {
        return false;
    }
    is_away && is_explicit
        || is_named && is_away && has_detail
        || says_so && (is_away || signs.has(Sign::AutoSender))
        || signs.has(Sign::AutoSender)
            && (is_named || is_away || signs.has_any(&[Sign::Answers, Sign::ReplyPrefix]))
}

/// Whether subject and words make a receipt (L14).
pub(super) fn is_receipt(signs: &Signs) -> bool {
    signs.has(Sign::ReceiptSubject)
        && signs.has(Sign::ReceiptOpening)
        && !signs.has_any(&[Sign::Quotes, Sign::Asks, Sign::Mine])
}

/// Whether nobody has written anything around a DMARC report (L14).
pub(super) fn is_policy_report(signs: &Signs) -> bool {
    signs.has(Sign::PolicyFile) && !signs.has_any(&PERSON)
}

/// Whether words and a returned message make an abuse report (L14).
pub(super) fn is_complaint(signs: &Signs) -> bool {
    signs.has_any(&[Sign::ComplaintOpening, Sign::ComplaintSubject])
        && signs.has(Sign::ReturnedPart)
        && !signs.has_any(&PERSON)
}
