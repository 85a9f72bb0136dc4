//! A letter as the bytes that are sent: RFC 5322, plain text and HTML that say the same.

use std::time::{Duration, SystemTime};

use askama::Template;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MessageBuilder, MultiPart, SinglePart};

use super::flow::flowed;
use super::phrases::Labels;
use super::{Action, Letter, LetterKind};

use crate::domain::ids::{hash_parts, hex};
use crate::domain::mail::{EmailAddress, MessageId, marker_line};

/// Plain text that is wrapped for narrow readers and joined again by others (RFC 3676).
const FLOWED: &str = "text/plain; charset=utf-8; format=flowed";

/// Our name in `From`.
const NAME: &str = "Hermes";

/// Longest id of others that is repeated: a header line must end somewhere.
const MAX_ID: usize = 900;

/// Why a letter cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// An address is valid but cannot be written by the mail builder.
    #[error("an address of the letter cannot be written")]
    Address(#[from] lettre::address::AddressError),
    /// The mail builder refused.
    #[error("the mail cannot be built")]
    Build(#[from] lettre::error::Error),
    /// A media type of ours is none.
    #[error("the mail's media type is wrong")]
    Media(#[from] lettre::message::header::ContentTypeErr),
    /// A template failed.
    #[error("the letter's template failed")]
    Template(#[from] askama::Error),
}

/// Renders a letter. The same letter gives the same bytes: sending it twice is sending one mail twice.
pub fn render(letter: &Letter, instance: &str) -> Result<Vec<u8>, RenderError> {
    let view = View::of(letter);
    let text = flowed(&TextView(&view).render()?);
    let body = MultiPart::alternative()
        .boundary(boundary(letter))
        .singlepart(part(ContentType::parse(FLOWED)?, text))
        .singlepart(part(ContentType::TEXT_HTML, HtmlView(&view).render()?));
    let mail = head(letter, instance)?.multipart(body)?;
    Ok(mail.formatted())
}

/// The letter's HTML by itself, for checks of it.
#[cfg(test)]
pub(super) fn html(letter: &Letter) -> Result<String, RenderError> {
    Ok(HtmlView(&View::of(letter)).render()?)
}

fn part(kind: ContentType, text: String) -> SinglePart {
    SinglePart::builder().header(kind).body(text)
}

/// Unguessable by whoever writes the text, and the same each time.
fn boundary(letter: &Letter) -> String {
    let hash = hash_parts(&[b"boundary", letter.message_id.as_str().as_bytes()]);
    format!("hermes-{}", hex(hash.get(..12).unwrap_or_default()))
}

/// The fields of L16. Never `Precedence`: it hurts delivery.
fn head(letter: &Letter, instance: &str) -> Result<MessageBuilder, RenderError> {
    let millis = u64::try_from(letter.date.as_millis()).unwrap_or_default();
    let references: Vec<String> = letter
        .references
        .iter()
        .filter(|id| is_writable(id))
        .map(MessageId::bracketed)
        .collect();
    let mut head = Message::builder()
        .from(mailbox(Some(NAME), &letter.from)?)
        .to(mailbox(None, &letter.to)?);
    for copy in &letter.cc {
        head = head.cc(mailbox(None, copy)?);
    }
    head = head
        .reply_to(mailbox(Some(NAME), &letter.reply_to)?)
        .subject(one_line(&letter.subject))
        .date(SystemTime::UNIX_EPOCH + Duration::from_millis(millis))
        .message_id(Some(letter.message_id.bracketed()));
    if is_writable(&letter.in_reply_to) {
        head = head.in_reply_to(letter.in_reply_to.bracketed());
    }
    if !references.is_empty() {
        head = head.references(references.join(" "));
    }
    let own = |name: &'static str, value: &str| {
        HeaderValue::new(HeaderName::new_from_ascii_str(name), one_line(value))
    };
    Ok(head
        .raw_header(own("Auto-Submitted", "auto-replied"))
        .raw_header(own("X-Auto-Response-Suppress", "All"))
        .raw_header(own("X-Hermes-Loop", instance))
        .raw_header(own("Content-Language", letter.language.tag())))
}

fn mailbox(name: Option<&str>, address: &EmailAddress) -> Result<Mailbox, RenderError> {
    let address = lettre::Address::new(address.local(), address.domain())?;
    Ok(Mailbox::new(name.map(str::to_owned), address))
}

/// Others' ids may hold what a header may not; those are left out.
fn is_writable(id: &MessageId) -> bool {
    id.as_str().len() <= MAX_ID && id.as_str().bytes().all(|b| b.is_ascii_graphic())
}

/// One line whatever was in it: no header can be smuggled in.
fn one_line(text: &str) -> String {
    let spaced: String = text
        .chars()
        .filter(|c| !turns_text(*c))
        .map(|c| if breaks_line(c) { ' ' } else { c })
        .collect();
    let is_space = |c: char| c.is_whitespace() && c != '\u{a0}';
    let words = spaced.split(is_space).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

fn breaks_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Marks that change the direction of what stands behind them: names of files must not look like others (B12).
fn turns_text(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Lines without control characters.
fn lines(text: &str) -> Vec<String> {
    let clean = |line: String| line.chars().filter(|c| !c.is_control()).collect();
    text.trim_matches('\n')
        .lines()
        .map(|line| line.trim_end().replace('\t', "    "))
        .map(clean)
        .collect()
}

fn one_lines(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| one_line(text)).collect()
}

/// What both templates show, cleaned.
struct View<'a> {
    labels: &'static Labels,
    language: &'static str,
    marker: String,
    headline: String,
    color: &'static str,
    paragraphs: Vec<Vec<String>>,
    preview_url: Option<&'a str>,
    action: Option<&'a Action>,
    files: Vec<String>,
    more_files: Option<String>,
    ignored: Vec<String>,
    more_ignored: Option<String>,
    log: Vec<String>,
    sections: Vec<(String, Vec<String>)>,
    hints: Vec<String>,
    quoted: Vec<String>,
    reference: Option<&'a str>,
}

impl<'a> View<'a> {
    fn of(letter: &'a Letter) -> Self {
        let labels = &letter.language.phrases().labels;
        let more = |count: usize| (count > 0).then(|| (labels.more)(count));
        let optional = |text: &Option<String>| text.as_deref().map(lines).unwrap_or_default();
        let sections = letter.sections.iter();
        Self {
            labels,
            language: letter.language.tag(),
            marker: marker_line(labels.marker, &letter.reply_id),
            headline: one_line(&letter.headline),
            color: color(letter.kind),
            paragraphs: letter.paragraphs.iter().map(|text| lines(text)).collect(),
            preview_url: letter.preview_url.as_deref(),
            action: letter.action.as_ref(),
            files: one_lines(&letter.files_changed),
            more_files: more(letter.more_files),
            ignored: ignored(letter),
            more_ignored: more(letter.ignored_files.len().saturating_sub(MAX_IGNORED)),
            log: optional(&letter.log),
            sections: sections
                .map(|section| (one_line(&section.title), one_lines(&section.lines)))
                .collect(),
            hints: one_lines(&letter.hints),
            quoted: optional(&letter.quoted),
            reference: letter
                .reference
                .as_ref()
                .map(crate::domain::ids::JournalId::as_str),
        }
    }
}

/// Files that were left out are named one by one up to here; a mail has up to 500.
const MAX_IGNORED: usize = 30;

fn ignored(letter: &Letter) -> Vec<String> {
    let phrases = letter.language.phrases();
    let (colon, why) = (phrases.labels.colon, phrases.left_out);
    let files = letter.ignored_files.iter().take(MAX_IGNORED);
    files
        .map(|(name, reason)| format!("{}{colon} {}", one_line(name), why(*reason)))
        .collect()
}

/// The bar above the headline: good, waiting for the reader, bad, neither. Readable on light and dark.
const fn color(kind: LetterKind) -> &'static str {
    match kind {
        LetterKind::Result => "#2e8b57",
        LetterKind::Question | LetterKind::Confirm => "#c77700",
        LetterKind::Refusal | LetterKind::Failure => "#c0392b",
        LetterKind::Ack
        | LetterKind::StillWorking
        | LetterKind::Help
        | LetterKind::Status
        | LetterKind::Stopped => "#4a6fa5",
    }
}

#[derive(Template)]
#[template(config = ".cargo/askama.toml", path = "letter.txt")]
struct TextView<'a>(&'a View<'a>);

#[derive(Template)]
#[template(config = ".cargo/askama.toml", path = "letter.html")]
struct HtmlView<'a>(&'a View<'a>);

#[cfg(test)]
#[path = "render_tests.rs"]
mod tests;
