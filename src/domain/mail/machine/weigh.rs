//! Soft signs, weighed: several that are independent of one another tell a machine.

use super::sign::{Sign, Signs};

/// From here on it is a bounce, when nothing else says that a machine wrote it.
const BOUNCE: i32 = 5;
/// From here on a machine's mail is a bounce, rather than what else a machine may write.
const BOUNCE_OF_MACHINE: i32 = 3;
/// Words that stand below the opening weigh this much together at most: people quote them.
const MAX_BELOW: i32 = 2;

/// What each sign of the sender, the subject and the form weighs for a bounce.
const WEIGHTS: [(Sign, i32); 12] = [
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
    (Sign::Greets, -2),
    (Sign::Asks, -4),
];
/// What stands in the text or below it.
const BELOW: [(Sign, i32); 4] = [
    (Sign::BounceWords, 1),
    (Sign::StatusCodes, 1),
    (Sign::ReturnedInline, 1),
    (Sign::ReturnedPart, 1),
];

/// Signs of a person.
const PERSON: [Sign; 5] = [
    Sign::PersonSender,
    Sign::ReplyPrefix,
    Sign::Quotes,
    Sign::Greets,
    Sign::Asks,
];
/// Of these a mail server that could not deliver a mail says at least one; who only speaks of it says none.
const SUBSTANCE: [Sign; 7] = [
    Sign::NamesAddress,
    Sign::StatusCodes,
    Sign::ReturnedPart,
    Sign::ReturnedInline,
    Sign::DaemonName,
    Sign::ListKeeper,
    Sign::BounceField,
];

/// Besides its own words a bounce has at least one of these.
const BESIDES: [Sign; 6] = [
    Sign::BounceSubject,
    Sign::BounceField,
    Sign::DaemonName,
    Sign::ListKeeper,
    Sign::ReturnedPart,
    Sign::ReturnedInline,
];

fn sum(signs: &Signs, weights: &[(Sign, i32)]) -> i32 {
    weights
        .iter()
        .filter(|(sign, _)| signs.has(*sign))
        .map(|(_, weight)| weight)
        .sum()
}

fn bounce_score(signs: &Signs) -> i32 {
    let below = sum(signs, &BELOW);
    let text = if signs.has(Sign::BounceOpening) {
        let opening = if signs.has(Sign::BounceVoice) || signs.has_any(&SUBSTANCE) {
            3
        } else {
            1
        };
        opening + i32::from(signs.has(Sign::RoleSender)) + below
    } else {
        // A message that came along is not quoted.
        below.min(MAX_BELOW + i32::from(signs.has(Sign::ReturnedPart)))
    };
    sum(signs, &WEIGHTS) + text
}

/// Whether the soft signs alone make a bounce.
pub(super) fn is_bounce(signs: &Signs) -> bool {
    signs.has_any(&BESIDES) && bounce_score(signs) >= BOUNCE
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

/// Whether subject and words make a receipt (L14).
pub(super) fn is_receipt(signs: &Signs) -> bool {
    signs.has(Sign::ReceiptSubject)
        && signs.has(Sign::ReceiptOpening)
        && !signs.has_any(&[Sign::Quotes, Sign::Asks])
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
