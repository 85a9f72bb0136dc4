//! What a mail itself says first: quotes and forwarded mails are left out, so that nobody is taken for the machine that
//! he speaks of.

use super::own_text::OwnText;
use super::sign::{Sign, Signs};
use super::words::{
    ANSWER_SENTENCES, AWAY_SENTENCES, BOUNCE_OPENINGS, BOUNCE_OPENINGS_ABROAD,
    BOUNCE_OPENINGS_WEAK, BOUNCE_WORDS, COMPLAINT_SENTENCES, GREETINGS, RECEIPT_SENTENCES,
    REQUESTS, RETURNED, Table, VOICES, WORK,
};
use crate::domain::mail::InboundMail;

/// Lines with words that are the opening.
const MAX_OPENING_LINES: usize = 6;
/// Bytes before which a sentence of a mail server must begin.
const MAX_OPENING: usize = 240;

patterns! {
    /// A reply of a mail server, an enhanced status code, a field of a delivery report.
    STATUS = concat!(
        r"(?i)(?:^|[\s(<\[#:;=])[45]\.[0-9]\.[0-9]{1,3}(?:$|[\s)>\],;:.])|(?:^|[\s(<\[:;=#])[45][0-5][0-9][ \-](?:[45]\.[0-9]\.|#|<|[a-z])|",
        r"^(?:reporting-mta|final-recipient|original-recipient|diagnostic-code|remote-mta|action|arrival-date)\s?:|said: [45]|smtp; ?[45]",
    );
    TIME = r"\d{1,2}[:.]\d{2}|\d{4}[-/.年]\d{1,2}";
    ADDRESS = r"[^\s<>@,;:()\[\]]+@[^\s<>@,;:()\[\]]+";
    /// A field of a mail that is spoken of.
    LABELLED = concat!(
        r"(?i)^(?:the message |message |mail )?(?:subject|re|betreff|thema|objet(?: du message)?|sujet|asunto|oggetto|assunto|onderwerp|temat|тема|件名|题目|",
        r"主题|主旨|제목|ämne|amne|emne|aihe|predmet|targy|konu|title|titre)(?: was| line| of your message)?\s?[:：=]|\bsubject\b|\bbetreff\b|\bobjet\b",
    );
}

/// Adds what the mail's own words say.
pub(super) fn read(mail: &InboundMail, signs: &mut Signs) {
    let own = OwnText::read(&mail.body);
    signs.add_all(&own.signs);
    read_answer(&own, signs);
    read_person(&own, signs);
    read_bounce(&own, signs);
}

/// What answers, receipts and abuse desks say.
fn read_answer(own: &OwnText, signs: &mut Signs) {
    let opening = opening(own);
    if is_receipt(&opening) {
        signs.add(Sign::ReceiptOpening);
    }
    for (words, sign) in [
        (&ANSWER_SENTENCES, Sign::AutoOpening),
        (&AWAY_SENTENCES, Sign::AwayOpening),
        (&COMPLAINT_SENTENCES, Sign::ComplaintOpening),
    ] {
        if words.is_in(&opening) {
            signs.add(sign);
        }
    }
}

/// What people say.
fn read_person(own: &OwnText, signs: &mut Signs) {
    if greets(&opening(own)) {
        signs.add(Sign::Greets);
    }
    if asks(&own.lines) {
        signs.add(Sign::Asks);
    }
}

/// What mail servers say.
fn read_bounce(own: &OwnText, signs: &mut Signs) {
    let all = own.lines.join(" ");
    if own.lines.iter().any(|line| ADDRESS.is_match(line)) {
        signs.add(Sign::NamesAddress);
    }
    let has_status = own.lines.iter().any(|line| STATUS.is_match(line));
    if has_status {
        signs.add(Sign::StatusCodes);
    }
    let fails = BOUNCE_WORDS.is_in(&all);
    let is_voice =
        begins(&own.head, &BOUNCE_OPENINGS) || begins(&own.head, &BOUNCE_OPENINGS_ABROAD);
    if is_voice {
        signs.add(Sign::BounceVoice);
    }
    if is_voice || (fails || has_status) && begins(&own.head, &BOUNCE_OPENINGS_WEAK) {
        signs.add(Sign::BounceOpening);
    }
    if fails || BOUNCE_OPENINGS.is_in(&all) || BOUNCE_OPENINGS_ABROAD.is_in(&all) {
        signs.add(Sign::BounceWords);
    }
    if RETURNED.is_in(&all) {
        signs.add(Sign::ReturnedInline);
    }
}

/// The first lines in one.
fn opening(own: &OwnText) -> String {
    own.lines
        .iter()
        .take(MAX_OPENING_LINES)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Whether the words of a receipt say whose or when, as receipts do.
fn is_receipt(opening: &str) -> bool {
    RECEIPT_SENTENCES.is_in(opening) && (ADDRESS.is_match(opening) || TIME.is_match(opening))
}

/// Whether the first word is a greeting; servers say `Hi.` and go on.
fn greets(opening: &str) -> bool {
    GREETINGS.begins(opening).is_some_and(|word| {
        let rest = opening.get(word.len()..).unwrap_or_default();
        let addressed = rest.split(',').next().unwrap_or_default();
        !rest.starts_with(|c: char| c.is_alphanumeric() && c.is_ascii())
            && !rest.starts_with(". ")
            && !addressed.contains('@')
    })
}

/// Whether it speaks of a website or asks for a change; lines with links say where help is, and those with the fields of a
/// mail what that was about: they do not count.
fn asks(lines: &[String]) -> bool {
    lines
        .iter()
        .filter(|line| !line.contains("http") && !line.contains("www.") && !LABELLED.is_match(line))
        .any(|line| {
            REQUESTS.is_in(line)
                || line
                    .split(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | '@' | '-' | '_'))
                    .any(|word| WORK.has(word.trim_matches('.')))
        })
}

/// Whether one of the sentences stands in the opening, and nobody introduces it.
fn begins(opening: &str, sentences: &Table) -> bool {
    sentences
        .before(opening)
        .any(|before| before.len() <= MAX_OPENING && !has_voice(before))
}

fn has_voice(before: &str) -> bool {
    before
        .split(|c: char| !c.is_alphanumeric())
        .any(|word| VOICES.has(word))
}
