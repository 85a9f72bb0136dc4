//! What a mail itself says first: quotes and forwarded mails are left out, so that nobody is taken for the machine that
//! he speaks of.

use std::sync::LazyLock;

use regex::Regex;

use super::sign::{Sign, Signs};
use super::words::{
    ANSWER_SENTENCES, AWAY_SENTENCES, BOUNCE_OPENINGS, BOUNCE_OPENINGS_ABROAD,
    BOUNCE_OPENINGS_WEAK, BOUNCE_WORDS, COMPLAINT_SENTENCES, GREETINGS, RECEIPT_SENTENCES,
    REQUESTS, RETURNED, Table, VOICES, WORK, normal,
};
use crate::domain::mail::{InboundMail, SpanKind};

/// Bytes of the text that are looked at.
const MAX_TEXT: usize = 4 * 1024;
/// Lines with words that are the opening.
const MAX_OPENING_LINES: usize = 6;
/// Longest paragraph, in characters, that may be a heading.
const MAX_HEADING: usize = 100;
/// A paragraph of more characters than this that ends like a sentence is none.
const MIN_SENTENCE: usize = 40;
/// Bytes before which a sentence of the opening must begin.
const MAX_OPENING: usize = 240;

macro_rules! patterns {
    ($($(#[$doc:meta])* $name:ident = $pattern:expr;)*) => {$(
        $(#[$doc])*
        static $name: LazyLock<Regex> = LazyLock::new(|| compiled($pattern));
    )*};
}

#[expect(
    clippy::unwrap_used,
    reason = "literal patterns, compiled in every test run"
)]
fn compiled(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap()
}

patterns! {
    /// A line that announces a mail that a person forwards, or the first line of its header.
    FORWARDS = concat!(
        r"(?i)^\s*(?:[-_]{3,}\s*(?:forwarded|weitergeleitet|message transféré|mensaje reenviado|messaggio inoltrato|doorgestuurd|mensagem encaminhada|",
        r"wiadomość przekazana|vidarebefordrat|videresend|пересылаем|переслан|转发|轉寄|original message[\s_-]*$|ursprüngliche nachricht|message d'origine|",
        r"message original|mensaje original|messaggio originale|oorspronkelijk bericht|mensagem original|исходное сообщение)|",
        r"begin forwarded message|anfang der weitergeleiteten|début du message transféré|inizio messaggio inoltrato|inicio del mensaje reenviado|",
        r"\*?(?:from|von|de|da|van|från|fra|od|от|发件人|寄件者)\s?\*?[:：]\*?\s.*@)",
    );
    /// An attribution: a line that names who wrote what is quoted below it.
    ATTRIBUTION = r"(?i)(?:wrote|writes|schrieb|a écrit|escribió|ha scritto|escreveu|schreef|skrev|napisał\S*|написал\S*|пише|写道|寫道)\s*[:：]\s*$";
    /// A reply of a mail server, an enhanced status code, a field of a delivery report.
    STATUS = concat!(
        r"(?i)(?:^|[\s(<\[#:;=])[45]\.[0-9]\.[0-9]{1,3}(?:$|[\s)>\],;:.])|(?:^|[\s(<\[:;=#])[45][0-5][0-9][ \-](?:[45]\.[0-9]\.|#|<|[a-z])|",
        r"^(?:reporting-mta|final-recipient|original-recipient|diagnostic-code|remote-mta|action|arrival-date)\s?:|said: [45]|smtp; ?[45]",
    );
    /// What a server has sent, in its transcript, and whom it names so.
    TRANSCRIPT = r"(?i)^\s*>>>\s*(?:(?:rcpt|mail|data|helo|ehlo|quit|body|rset|bdat|starttls|auth|\.)\b|<?\S+@\S+>?\s*$|[45]\d\d\b)";
    TIME = r"\d{1,2}[:.]\d{2}|\d{4}[-/.年]\d{1,2}";
    ADDRESS = r"[^\s<>@,;:()\[\]]+@[^\s<>@,;:()\[\]]+";
    /// A field of a mail that is spoken of.
    LABELLED = concat!(
        r"(?i)^(?:the message |message |mail )?(?:subject|re|betreff|thema|objet(?: du message)?|sujet|asunto|oggetto|assunto|onderwerp|temat|тема|件名|题目|",
        r"主题|主旨|제목|ämne|amne|emne|aihe|predmet|targy|konu|title|titre)(?: was| line| of your message)?\s?[:：=]|\bsubject\b|\bbetreff\b|\bobjet\b",
    );
    /// A field of a returned message.
    EMBEDDED = r"(?i)^[\s>|]{0,4}(?:from \S+@\S+ +(?:mon|tue|wed|thu|fri|sat|sun) |received: (?:from|by|\()|message-id: ?<|return-path: ?<|mime-version: 1)";
}

/// The part of a text that its sender wrote now.
struct OwnText {
    lines: Vec<String>,
    quotes: bool,
    forwards: bool,
    embeds: bool,
    /// What stands in the first paragraph, and in those before it that are headings.
    head: String,
    is_head_over: bool,
}

impl OwnText {
    fn push(&mut self, line: &str) {
        let line = normal(line);
        if !self.is_head_over && self.head.len() < MAX_OPENING * 2 {
            self.head.push(' ');
            self.head.push_str(&line);
        }
        self.lines.push(line);
    }

    /// A blank line ends a paragraph; what somebody says before he pastes a bounce is one.
    fn end_paragraph(&mut self) {
        if ANSWER_SENTENCES.is_in(&self.head) {
            // A machine that says so goes on with what it has to say.
            return;
        }
        let length = self.head.chars().count();
        let is_sentence = self.head.ends_with(['.', '!', '?', ':', '。', ')']);
        self.is_head_over |= length > MAX_HEADING || length > MIN_SENTENCE && is_sentence;
    }
}

/// Adds what the mail's own words say.
pub(super) fn read(mail: &InboundMail, signs: &mut Signs) {
    let own = own_text(mail);
    let all = own.lines.join(" ");
    let opening = own
        .lines
        .iter()
        .take(MAX_OPENING_LINES)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(" ");
    if own.quotes || own.forwards {
        signs.add(Sign::Quotes);
    }
    if greets(&opening) {
        signs.add(Sign::Greets);
    }
    if asks(&own.lines) {
        signs.add(Sign::Asks);
    }
    if own.lines.iter().any(|line| ADDRESS.is_match(line)) {
        signs.add(Sign::NamesAddress);
    }
    let fails = BOUNCE_WORDS.is_in(&all);
    let has_status = own.lines.iter().any(|line| STATUS.is_match(line));
    if has_status {
        signs.add(Sign::StatusCodes);
    }
    let head = own.head.trim_start();
    let is_voice = begins(head, &BOUNCE_OPENINGS) || begins(head, &BOUNCE_OPENINGS_ABROAD);
    if is_voice {
        signs.add(Sign::BounceVoice);
    }
    if is_voice || (fails || has_status) && begins(head, &BOUNCE_OPENINGS_WEAK) {
        signs.add(Sign::BounceOpening);
    }
    if fails || BOUNCE_OPENINGS.is_in(&all) || BOUNCE_OPENINGS_ABROAD.is_in(&all) {
        signs.add(Sign::BounceWords);
    }
    if own.embeds || RETURNED.is_in(&all) {
        signs.add(Sign::ReturnedInline);
    }
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

/// The lines with words that stand before anything forwarded and are not quoted.
fn own_text(mail: &InboundMail) -> OwnText {
    let text = &mail.body.text;
    let start = text.len() - text.trim_start().len();
    let mut own = OwnText {
        lines: Vec::new(),
        quotes: false,
        forwards: false,
        embeds: false,
        head: String::new(),
        is_head_over: false,
    };
    let mut at = start;
    for line in text.get(start..).unwrap_or_default().split('\n') {
        let here = at;
        at += line.len() + 1;
        if here > start + MAX_TEXT {
            break;
        }
        let line = clipped(line);
        if line.trim().is_empty() {
            own.end_paragraph();
            continue;
        }
        let is_marked = mail
            .body
            .spans
            .iter()
            .take_while(|span| span.range.start <= here)
            .any(|span| span.kind == SpanKind::Quote && span.range.contains(&here));
        let is_quoted = line.trim_start().starts_with('>')
            && !EMBEDDED.is_match(line)
            && !TRANSCRIPT.is_match(line);
        if is_marked || is_quoted {
            own.quotes = true;
            continue;
        }
        if EMBEDDED.is_match(line) {
            // From here on it is the returned message.
            own.embeds = true;
            break;
        }
        if ATTRIBUTION.is_match(line) {
            own.quotes = true;
            continue;
        }
        let is_described = own
            .lines
            .last()
            .is_some_and(|above| above.starts_with("your m") || above.starts_with("ihre "));
        if FORWARDS.is_match(line) && !is_described {
            own.forwards = true;
            // A server announces what it returns in the same words: the rest is looked at for that only.
            own.embeds = text
                .get(at..)
                .unwrap_or_default()
                .split('\n')
                .take(12)
                .any(|line| EMBEDDED.is_match(clipped(line)));
            break;
        }
        own.push(line);
    }
    own
}

/// Lines are looked at up to this many bytes.
fn clipped(line: &str) -> &str {
    let mut end = line.len().min(MAX_TEXT);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    line.get(..end).unwrap_or_default()
}
