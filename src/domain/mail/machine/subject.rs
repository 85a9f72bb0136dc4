//! What kind of mail a subject announces.

use std::sync::LazyLock;

use regex::Regex;

use super::sign::{Sign, Signs};
use super::words::{
    ANSWER_SUBJECTS, BOUNCE_SUBJECTS, BOUNCE_SUBJECTS_ANYWHERE, BOUNCE_SUBJECTS_HINTS,
    RECEIPT_SUBJECTS, Table,
};
use crate::domain::mail::{InboundMail, SubjectPrefix, subject_prefix};

#[expect(
    clippy::unwrap_used,
    reason = "a literal pattern, compiled in every test run"
)]
/// What filters and phones put before a subject.
static TAG: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:\[[^\]]{1,24}\]|\*{2,}[^*]{1,24}\*{2,}|\{[^}]{1,24}\}|【[^】]{1,24}】|\([^)]{1,24}\)|[\s\-*:#!<>])\s*").unwrap()
});
/// Most tags that are taken off.
const MAX_TAGS: usize = 6;

/// Adds what the subject announces.
pub(super) fn read(mail: &InboundMail, signs: &mut Signs) {
    if subject_prefix(&mail.subject) != SubjectPrefix::None {
        signs.add(Sign::ReplyPrefix);
        return;
    }
    let subject = super::opening::normal(&mail.subject);
    let bare = without_tags(&subject);
    let begins = |words: &Table| words.begins(bare).or_else(|| words.begins(&subject));
    if let Some(found) = begins(&ANSWER_SUBJECTS) {
        signs.add(Sign::AutoSubject);
        let rest = subject.split_once(found).map_or("", |(_, rest)| rest);
        if found.ends_with(':') || rest.trim_start().starts_with([':', '：']) {
            signs.add(Sign::AutoSubjectAnswering);
        }
    }
    if begins(&BOUNCE_SUBJECTS).is_some() || BOUNCE_SUBJECTS_ANYWHERE.is_in(&subject) {
        signs.add(Sign::BounceSubject);
    } else if BOUNCE_SUBJECTS_HINTS.is_in(&subject) {
        signs.add(Sign::BounceHint);
    }
    if begins(&RECEIPT_SUBJECTS).is_some() {
        signs.add(Sign::ReceiptSubject);
    }
}

fn without_tags(subject: &str) -> &str {
    let mut rest = subject;
    for _ in 0..MAX_TAGS {
        match TAG.find(rest) {
            Some(found) => rest = rest.get(found.end()..).unwrap_or_default(),
            None => break,
        }
    }
    rest
}
