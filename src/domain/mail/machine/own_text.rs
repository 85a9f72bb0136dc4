//! What somebody wrote himself: without what he quotes, forwards or returns.

use super::failure;
use super::sign::{Sign, Signs};
use super::words::{ANSWER_SENTENCES, normal};
use crate::domain::mail::{Body, SpanKind};

/// Bytes of the text that are looked at.
const MAX_TEXT: usize = 4 * 1024;
/// Bytes of the head that are kept.
const MAX_HEAD: usize = 512;
/// Lines behind an announcement in which a returned message must begin.
const MAX_ANNOUNCED: usize = 12;
/// Longest paragraph, in characters, that may be a heading.
const MAX_HEADING: usize = 100;
/// A paragraph of more characters than this that ends like a sentence is none.
const MIN_SENTENCE: usize = 40;

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
    /// A field above the sender's: who forwards a mail begins with the sender.
    NOTICE_FIELD = r"^(?:message(?: id)?|date|method|to|sender|recipient|subject|file|attachment|server|scanner|time|place|datum|nachricht|an|betreff) ?: ";
    /// What a server has sent, in its transcript, and whom it names so.
    TRANSCRIPT = r"(?i)^\s*>>>\s*(?:(?:rcpt|mail|data|helo|ehlo|quit|body|rset|bdat|starttls|auth|\.)\b|<?\S+@\S+>?\s*$|[45]\d\d\b)";
    /// A field of a returned message.
    EMBEDDED = r"(?i)^[\s>|]{0,4}(?:from \S+@\S+ +(?:mon|tue|wed|thu|fri|sat|sun) |received: (?:from|by|\()|message-id: ?<|return-path: ?<|mime-version: 1)";
}

/// The part of a text that its sender wrote now, at most the first 4 KB, written as phrases are compared.
#[derive(Debug, Default)]
pub(super) struct OwnText {
    /// The lines with words.
    pub(super) lines: Vec<String>,
    /// The first paragraph, and those before it that are headings.
    pub(super) head: String,
    /// How many of the lines are the first paragraph.
    pub(super) first: usize,
    /// What stands between or below the lines: quotes, a returned message.
    pub(super) signs: Signs,
    is_head_over: bool,
    is_after_blank: bool,
}

impl OwnText {
    /// Reads the lines that stand before anything forwarded or returned, and are not quoted.
    pub(super) fn read(body: &Body) -> Self {
        let text = body.text.as_str();
        let start = text.len() - text.trim_start().len();
        let mut own = Self::default();
        let mut rest = text.get(start..).unwrap_or_default();
        while !rest.is_empty() && text.len() - rest.len() <= start + MAX_TEXT {
            let here = text.len() - rest.len();
            let (line, below) = rest.split_once('\n').unwrap_or((rest, ""));
            let line = clipped(line);
            if is_marked(body, here) {
                own.signs.add(Sign::Quotes);
            } else if !own.take(line, below) {
                break;
            }
            rest = below;
        }
        own
    }

    /// Takes one line; false when everything from here on is somebody else's.
    fn take(&mut self, line: &str, below: &str) -> bool {
        if line.trim().is_empty() {
            self.end_paragraph();
        } else if EMBEDDED.is_match(line) {
            self.signs.add(Sign::ReturnedInline);
            return false;
        } else if is_quoted(line) || ATTRIBUTION.is_match(line) {
            self.signs.add(Sign::Quotes);
        } else if FORWARDS.is_match(line) && !self.describes_a_mail(line, below) {
            self.signs.add(Sign::Quotes);
            let mut next = below.split('\n').take(MAX_ANNOUNCED);
            // A server announces what it returns in the same words.
            if next.any(|line| EMBEDDED.is_match(clipped(line))) {
                self.signs.add(Sign::ReturnedInline);
            }
            return false;
        } else {
            self.push(line);
        }
        self.is_after_blank = line.trim().is_empty();
        true
    }

    fn push(&mut self, line: &str) {
        let line = normal(line);
        if !self.is_head_over && self.head.len() < MAX_HEAD {
            if !self.head.is_empty() {
                self.head.push(' ');
            }
            self.head.push_str(&line);
        }
        self.lines.push(line);
    }

    /// A blank line ends a paragraph; what somebody says before he pastes a bounce is one.
    fn end_paragraph(&mut self) {
        if self.first == 0 {
            self.first = self.lines.len();
        }
        if ANSWER_SENTENCES.is_in(&self.head) {
            // A machine that says so goes on with what it has to say.
            return;
        }
        let length = self.head.chars().count();
        let is_sentence = self.head.ends_with(['.', '!', '?', ':', '。', ')']);
        self.is_head_over |= length > MAX_HEADING || length > MIN_SENTENCE && is_sentence;
    }

    /// Whether a server names the fields of a mail, rather than somebody who forwards one: the line above says what
    /// follows ("Your message:"), or one of the fields says why.
    fn describes_a_mail(&self, line: &str, below: &str) -> bool {
        let is_announced = self.lines.last().is_some_and(|above| {
            above.starts_with("your m")
                || above.starts_with("ihre ")
                || above.ends_with(':') && failure::is_told(above)
        });
        let is_within = !self.is_after_blank
            && self
                .lines
                .last()
                .is_some_and(|above| NOTICE_FIELD.is_match(above));
        let is_field = !line.trim_start().starts_with(['-', '_']);
        is_announced || is_field && (is_within || gives_reason(below))
    }
}

/// Whether one of the lines up to the next blank one says why a mail was not delivered.
fn gives_reason(below: &str) -> bool {
    below
        .split('\n')
        .take(MAX_ANNOUNCED)
        .take_while(|line| !line.trim().is_empty())
        .map(|line| normal(clipped(line)))
        .any(|line| failure::is_field(&line) || failure::is_told(&line))
}

/// Whether the HTML marked a quote here.
fn is_marked(body: &Body, at: usize) -> bool {
    body.spans
        .iter()
        .take_while(|span| span.range.start <= at)
        .any(|span| span.kind == SpanKind::Quote && span.range.contains(&at))
}

/// Whether a line is quoted; transcripts of servers have the same mark.
fn is_quoted(line: &str) -> bool {
    line.trim_start().starts_with('>') && !TRANSCRIPT.is_match(line)
}

/// Lines are looked at up to this many bytes.
fn clipped(line: &str) -> &str {
    let mut end = line.len().min(MAX_TEXT);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    line.get(..end).unwrap_or_default()
}
