//! What kind of mail a subject announces.

use super::failure;
use super::sign::{Sign, Signs};
use super::words::{
    ANSWER_SUBJECTS, AWAY_SUBJECTS, AWAY_TOPICS, BOUNCE_SUBJECTS, BOUNCE_SUBJECTS_ANYWHERE,
    COMPLAINT_SUBJECTS, RECEIPT_SUBJECTS, Table, WORK, normal,
};
use crate::domain::mail::{InboundMail, SubjectPrefix, subject_prefix};

patterns! {
    /// What filters and phones put before a subject.
    TAG = r"^(?:\[[^\]]{1,24}\]|\*{2,}[^*]{1,24}\*{2,}|\{[^}]{1,24}\}|【[^】]{1,24}】|\([^)]{1,24}\)|[\s\-*:#!<>])\s*";
}
/// What may follow the words before a colon: `Out of Office AutoReply: Hours`.
const MORE: [&str; 8] = [
    "auto",
    "reply",
    "response",
    "notification",
    "notice",
    "assistant",
    "antwort",
    "agent",
];
/// Words that only an auto-responder's subject has before its colon.
const AUTOMATIC: [&str; 40] = [
    "auto",
    "notiz",
    "svar",
    "respon",
    "repons",
    "risposta",
    "respuesta",
    "resposta",
    "autom",
    "авто",
    "αυτο",
    "αυτό",
    "自動",
    "自动",
    "자동",
    "otomat",
    "abwesenheitsn",
    "abwesenheitsm",
    "abwesenheitsb",
    "absence du bureau",
    "absent du bureau",
    "absent(e) du bureau",
    "fuera de oficina",
    "fuera de la oficina",
    "ausencia temporaria",
    "fora do escritorio",
    "fuori sede",
    "fuori ufficio",
    "afwezigheidsb",
    "afwezigheidsm",
    "franvaro",
    "fraværs",
    "fravaers",
    "poissaolo",
    "poza biurem",
    "mimo kancelar",
    "hazon kivul",
    "вне офиса",
    "不在通知",
    "out of office assistant",
];
/// Most tags that are taken off.
const MAX_TAGS: usize = 6;

/// Adds what the subject announces.
pub(super) fn read(mail: &InboundMail, signs: &mut Signs) {
    if subject_prefix(&mail.subject) == SubjectPrefix::Forward {
        signs.add(Sign::Forwards);
    }
    if subject_prefix(&mail.subject) != SubjectPrefix::None {
        signs.add(Sign::ReplyPrefix);
        return;
    }
    let subject = normal(&mail.subject);
    let bare = without_tags(&subject);
    let begins = |words: &'static Table| words.begins(bare).or_else(|| words.begins(&subject));
    if let Some(found) = begins(&ANSWER_SUBJECTS) {
        signs.add(Sign::AutoSubject);
        let rest = subject.split_once(found).map_or("", |(_, rest)| rest);
        read_answer(found, rest.trim_start(), signs);
    }
    if begins(&BOUNCE_SUBJECTS).is_some()
        || BOUNCE_SUBJECTS_ANYWHERE.is_in(&subject)
        || is_failure(bare)
    {
        signs.add(Sign::BounceSubject);
    }
    if begins(&COMPLAINT_SUBJECTS).is_some() {
        signs.add(Sign::ComplaintSubject);
    }
    let plain = bare.split('(').next().unwrap_or(bare);
    let plain = plain.trim_end_matches(['.', '!', ' ', '-']);
    if AWAY_SUBJECTS.ends(plain) {
        signs.add(Sign::AwaySubject);
    }
    if AWAY_TOPICS.has(plain) {
        signs.add(Sign::AutoSubject);
    }
    if bare.starts_with("report domain:") && bare.contains("submitter:") {
        signs.add(Sign::PolicyReport);
    }
    if begins(&RECEIPT_SUBJECTS).is_some() {
        signs.add(Sign::ReceiptSubject);
    }
}

/// What stands behind the words of an automatic answer's subject: nothing, or the subject that is answered. People who
/// write about such answers go on with the sentence.
fn read_answer(found: &str, rest: &str, signs: &mut Signs) {
    let before_colon = rest.split([':', '：']).next().unwrap_or_default();
    let has_colon = before_colon.len() < rest.len() || found.ends_with(':');
    let is_plain =
        rest.is_empty() || rest.starts_with(['-', '–', '—', '(', '[', '"', '!', '.', '/', '|']);
    let is_named =
        before_colon.is_empty() || MORE.iter().any(|word| before_colon.starts_with(word));
    if is_plain
        || has_colon && is_named
        || found.ends_with(':') && found != "auto:"
        || rest.starts_with("from ")
    {
        signs.add(Sign::AutoSubjectAnswering);
    }
    let says_so = |text: &str| AUTOMATIC.iter().any(|word| text.contains(word));
    let answered = rest
        .get(before_colon.len()..)
        .unwrap_or(rest)
        .trim_start_matches([':', '：', ' ']);
    let is_behind = has_colon && before_colon.is_empty() && !answered.is_empty();
    let is_label = found.ends_with(':') && found != "auto:" && !rest.is_empty();
    if is_behind
        || is_label
        || has_colon
            && (says_so(found)
                || says_so(before_colon)
                || subject_prefix(answered) == SubjectPrefix::Reply)
    {
        signs.add(Sign::AutoSubjectExplicit);
    }
}

/// Whether the subject says that a mail was not delivered, and nobody asks about it.
fn is_failure(subject: &str) -> bool {
    failure::is_told(subject)
        && !subject.ends_with('?')
        && !failure::has_voice(subject)
        && !subject
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| WORK.has(word))
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
