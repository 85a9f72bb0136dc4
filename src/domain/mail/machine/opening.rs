//! What a mail itself says first: quotes and forwarded mails are left out, so that nobody is taken for the machine that
//! he speaks of.

use super::failure;
use super::own_text::OwnText;
use super::sign::{Sign, Signs};
use super::words::{
    ANSWER_SENTENCES, AWAY_DETAILS, AWAY_GONE, AWAY_SENTENCES, AWAY_WHO, BOUNCE_OPENINGS,
    BOUNCE_OPENINGS_ABROAD, BOUNCE_OPENINGS_WEAK, BOUNCE_WORDS, CHALLENGES, COMPLAINT_SENTENCES,
    DAEMON_NAMES, GREETINGS, NOT_DELIVERED, RECEIPT_SENTENCES, REQUESTS, RETURNED, SENT_MAIL,
    THANKS, Table, WORK, normal,
};
use crate::domain::mail::InboundMail;

/// Lines with words that are the opening.
const MAX_OPENING_LINES: usize = 6;
/// Bytes before which a sentence of a mail server must begin.
const MAX_OPENING: usize = 240;
/// Longest paragraph, in characters, above what somebody shows.
const MAX_PREFACE: usize = 100;
/// What machines begin with.
const MACHINE_WORDS: [&Table; 14] = [
    &ANSWER_SENTENCES,
    &AWAY_SENTENCES,
    &AWAY_WHO,
    &BOUNCE_OPENINGS,
    &BOUNCE_OPENINGS_ABROAD,
    &BOUNCE_OPENINGS_WEAK,
    &BOUNCE_WORDS,
    &CHALLENGES,
    &DAEMON_NAMES,
    &NOT_DELIVERED,
    &RECEIPT_SENTENCES,
    &RETURNED,
    &SENT_MAIL,
    &THANKS,
];
/// Bytes of a sentence in which somebody says where he is.
const MAX_AWAY: usize = 100;

patterns! {
    /// A reply of a mail server, an enhanced status code, a field of a delivery report.
    STATUS = concat!(
        r"(?i)(?:^|[\s(<\[#:;=])[45]\.[0-9]\.[0-9]{1,3}(?:$|[\s)>\],;:.])|(?:^|[\s(<\[:;=#])[45][0-5][0-9][ \-](?:[45]\.[0-9]\.|#|<|[a-z])|",
        r"^(?:reporting-mta|final-recipient|original-recipient|diagnostic-code|remote-mta|action|arrival-date)\s?:|said: [45]|smtp; ?[45]",
    );
    TIME = r"\d{1,2}[:.]\d{2}|\d{4}[-/.年]\d{1,2}";
    /// Whose something is, as people say it.
    MINE = r"\b(?:my|mein|meine|meinem|meinen|meiner|mio|mia|miei|meu|minha|mijn|mitt|moj|moja|moje|мой|моя|моё|мои)\b|我的|私の|제가";
    /// A sentence that begins with what is to be done, or says which address is to be used.
    DEMAND = concat!(
        r"(?:^|[.!?:;,] |\band |\bund |\bet |\by )(?:(?:change|put|mark|replace|fix|publish|write|correct|move|rename|take)\s|add (?:this|that|it|the|a|an|our|my)\s|",
        r"(?:please )?(?:use|send it to|gebruik|usate|usa|utilisez|utilise|usad|usen|use o|utilize|nehmt|nehmen sie|nimm|nutzt|nutzen sie|benutzen sie|используйте|uzyj|uzywajcie|pouzijte|anvand|brug|bruk) \S+@)|",
        r"바꿔 ?주|고쳐 ?주|올려 ?주|수정해 ?주|변경해 ?주|추가해 ?주|请把|請把|改成|改为|改為|に変更して|に直して|載せてください|直してください",
    );
    /// Whom servers greet.
    ANYBODY = r"^\W*(?:\w+ )?(?:utente|utenti|user|customer|client|sender|subscriber|member|mail user|e-mail user|email user|account holder|usuari[oa]|cliente|utilisateur|utilisatrice|abonne|nutzer|kunde|absender|gebruiker|klant|uzytkownik\w*|пользовател\w*|клиент|абонент|用户|用戶|客户|客戶|고객)";
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
    read_person(&own, &normal(&mail.subject), signs);
    read_bounce(&own, signs);
}

/// What answers, receipts and abuse desks say.
fn read_answer(own: &OwnText, signs: &mut Signs) {
    let opening = opening(own);
    if is_receipt(&opening) {
        signs.add(Sign::ReceiptOpening);
    }
    if is_away(&opening) {
        signs.add(Sign::AwayOpening);
    }
    for (words, sign) in [
        (&ANSWER_SENTENCES, Sign::AutoOpening),
        (&AWAY_SENTENCES, Sign::AwayOpening),
        (&AWAY_DETAILS, Sign::AwayDetail),
        (&CHALLENGES, Sign::Challenge),
        (&COMPLAINT_SENTENCES, Sign::ComplaintOpening),
    ] {
        if words.is_in(&opening) {
            signs.add(sign);
        }
    }
}

/// Whether somebody says that he is somewhere else: the two halves of the sentence stand near one another.
fn is_away(opening: &str) -> bool {
    AWAY_WHO.all_in(opening).any(|at| {
        let near = opening.get(at..).map(|rest| clipped(rest, MAX_AWAY));
        near.is_some_and(|near| AWAY_GONE.is_in(near))
    })
}

/// What people say.
fn read_person(own: &OwnText, subject: &str, signs: &mut Signs) {
    signs.add_if(|| greeting(&opening(own)));
    if has_preface(own, subject) {
        signs.add(Sign::Preface);
    }
    if asks(&own.lines) {
        signs.add(Sign::Asks);
    }
    // What stands in the first sentence is not what a server names below it.
    if speaking(&own.lines).any(requests) || asks(std::slice::from_ref(&own.head)) {
        signs.add(Sign::Requests);
    }
    if own.lines.iter().any(|line| MINE.is_match(line)) {
        signs.add(Sign::Mine);
    }
}

/// Whether the first paragraph is short and says nothing that a machine says: somebody shows what he got.
fn has_preface(own: &OwnText, subject: &str) -> bool {
    let first = own.lines.get(..own.first).unwrap_or_default().join(" ");
    let is_short = first.chars().count() <= MAX_PREFACE && first.chars().any(char::is_alphabetic);
    // A server's heading is its subject.
    let heading = first.trim_matches(|c: char| !c.is_alphanumeric());
    own.first > 0
        && is_short
        && !subject.contains(heading)
        && GREETINGS.begins(&first).is_none()
        && !ADDRESS.is_match(&first)
        && !STATUS.is_match(&first)
        && !MACHINE_WORDS.iter().any(|words| words.is_in(&first))
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
    let is_told = failure::is_told(&own.head);
    let fails = BOUNCE_WORDS.is_in(&all) || is_told;
    let is_voice =
        begins(&own.head, &BOUNCE_OPENINGS) || begins(&own.head, &BOUNCE_OPENINGS_ABROAD);
    if is_voice {
        signs.add(Sign::BounceVoice);
    }
    if is_voice || (fails || has_status) && begins(&own.head, &BOUNCE_OPENINGS_WEAK) || is_told {
        signs.add(Sign::BounceOpening);
    }
    read_fields(own, signs);
    let told = NOT_DELIVERED.first_in(&all).and_then(|at| all.get(..at));
    if told.is_some_and(failure::has_voice) {
        signs.add(Sign::Introduced);
    }
    if fails || BOUNCE_OPENINGS.is_in(&all) || BOUNCE_OPENINGS_ABROAD.is_in(&all) {
        signs.add(Sign::BounceWords);
    }
    if RETURNED.is_in(&all) {
        signs.add(Sign::ReturnedInline);
    }
}

/// What mail servers state beside their sentences, one in a line.
fn read_fields(own: &OwnText, signs: &mut Signs) {
    if own.lines.iter().any(|line| failure::is_field(line)) {
        signs.add(Sign::FailureFields);
    }
    if failure::report_fields(&own.lines) > 1 {
        signs.add(Sign::ReportFields);
    }
}

/// The beginning of a text, in bytes, up to a letter's end.
fn clipped(text: &str, length: usize) -> &str {
    let end = (0..=length.min(text.len()))
        .rev()
        .find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or_default()).unwrap_or_default()
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

/// Whom the first words greet; servers say `Hi.` and go on.
fn greeting(opening: &str) -> Option<Sign> {
    let word = GREETINGS.begins(opening)?;
    let is_greeting = {
        let rest = opening.get(word.len()..).unwrap_or_default();
        let addressed = rest.split(',').next().unwrap_or_default();
        !rest.starts_with(|c: char| c.is_alphanumeric() && c.is_ascii())
            && !rest.starts_with(". ")
            && !addressed.contains('@')
            && !ANYBODY.is_match(addressed)
    };
    let is_bare = opening
        .get(word.trim_end_matches(',').len()..)
        .is_some_and(|rest| rest.starts_with([',', '!', '，', '！', ':', '.']));
    let sign = if is_bare {
        Sign::GreetsAnybody
    } else {
        Sign::Greets
    };
    is_greeting.then_some(sign)
}

/// Whether it speaks of a website or asks for a change; lines with links say where help is, and those with the fields of a
/// mail what that was about: they do not count.
fn asks(lines: &[String]) -> bool {
    speaking(lines).any(|line| {
        requests(line)
            || line
                .split(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | '@' | '-' | '_'))
                .any(|word| WORK.has(word.trim_matches('.')))
    })
}

/// The lines without those that say where help is, or what a mail was about.
fn speaking(lines: &[String]) -> impl Iterator<Item = &str> {
    lines
        .iter()
        .map(String::as_str)
        .filter(|line| !line.contains("http") && !line.contains("www.") && !LABELLED.is_match(line))
}

/// Whether a line asks for a change.
fn requests(line: &str) -> bool {
    REQUESTS.is_in(line) || DEMAND.is_match(line)
}

/// Whether one of the sentences stands in the opening, and nobody introduces it.
fn begins(opening: &str, sentences: &Table) -> bool {
    sentences
        .before(opening)
        .any(|before| before.len() <= MAX_OPENING && !failure::has_voice(before))
}
