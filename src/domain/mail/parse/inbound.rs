//! The parsed mail.

use super::attachment::Attachment;
use super::body::{self, Body, BodySource};
use super::clarity::is_clear;
use super::fields::{self, Field, Headers};
use super::part::{self, MediaType};
use super::subject;
use crate::domain::mail::{EmailAddress, InvalidAddress, MessageId, extract_ids};
use crate::domain::time::Timestamp;

/// Most recipients that are looked at.
const MAX_RECIPIENTS: usize = 200;
/// Most ids of `References` that are looked at (T13).
const MAX_REFERENCES: usize = 50;
/// Where recipients stand, in the order in which they are believed (T1).
const RECIPIENT_FIELDS: [&str; 7] = [
    "To",
    "Cc",
    "Delivered-To",
    "X-Forwarded-To",
    "Envelope-To",
    "X-Envelope-To",
    "X-Original-To",
];
/// Fields of which a mail has at least one.
const MAIL_FIELDS: [&str; 14] = [
    "From",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "Received",
    "Return-Path",
    "Delivered-To",
    "MIME-Version",
    "Sender",
    "Reply-To",
    "In-Reply-To",
    "DKIM-Signature",
];

/// Why bytes are not a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAMail {
    /// There is nothing.
    #[error("the message is empty")]
    Empty,
    /// It does not begin with header fields of a mail.
    #[error("the message does not begin with the header of a mail")]
    NoHeader,
}

/// Who wrote a mail, as its `From` says (A1). The display name is for greeting only and is never identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sender {
    /// Exactly one mailbox.
    One {
        /// The mailbox.
        address: EmailAddress,
        /// The display name, when there is one.
        name: Option<String>,
    },
    /// No `From`, or none with a valid address.
    None,
    /// Several mailboxes, group syntax, or several `From` fields.
    Several,
}

impl Sender {
    /// The one mailbox, if there is one.
    pub const fn address(&self) -> Option<&EmailAddress> {
        match self {
            Self::One { address, .. } => Some(address),
            Self::None | Self::Several => None,
        }
    }
}

/// How a mail was handed over to us, which its own header may tell otherwise (E4).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Handover {
    /// To whom; empty when nobody has said.
    pub recipients: Vec<EmailAddress>,
    /// Whether it came without a return path, as bounces do (L2).
    pub is_bounce: bool,
}

/// A mail as the rules see it. Holds everything decoded, nothing decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboundMail {
    /// Who wrote it.
    pub from: Sender,
    /// Every recipient once, in the order in which T1 believes them.
    pub recipients: Vec<EmailAddress>,
    /// How it came here.
    pub handover: Handover,
    /// Where answers should go, as the mail says (A7: not believed by itself).
    pub reply_to: Vec<EmailAddress>,
    /// Who else was told, as the mail says (A8: not believed by itself).
    pub cc: Vec<EmailAddress>,
    /// Who wrote it before a group passed it on, as the mail says (A10: not believed by itself).
    pub original_from: Option<EmailAddress>,
    /// The decoded subject, one line, never empty (T7).
    pub subject: String,
    /// The subject without prefixes and tags (T7).
    pub subject_key: String,
    /// Its id; a made one when it came without (E10).
    pub message_id: MessageId,
    /// Whether the id came with the mail (E10).
    pub has_own_id: bool,
    /// What it answers.
    pub in_reply_to: Vec<MessageId>,
    /// The conversation before it, oldest first, at most 50 (T2, T13).
    pub references: Vec<MessageId>,
    /// When it says it was written; never believed for an order.
    pub date: Option<Timestamp>,
    /// Its text.
    pub body: Body,
    /// The files that came with it.
    pub attachments: Vec<Attachment>,
    /// Every MIME part's type, the mail itself first (L3, L14).
    pub media: Vec<MediaType>,
    /// SHA-256 over decoded text and attachments: equal for every delivery of a mail (E9).
    pub content_hash: [u8; 32],
    /// Every header field, for the machine rules.
    pub headers: Headers,
    /// Whether a limit of B5 left something out.
    pub is_truncated: bool,
}

impl InboundMail {
    /// Whether only the HTML said anything (B5).
    pub fn is_html_only(&self) -> bool {
        self.body.source == BodySource::Html
    }

    /// Whether it is encrypted, so that nobody here can read it (B14).
    pub fn is_encrypted(&self) -> bool {
        self.media.iter().take(2).any(|media| {
            matches!(
                media.essence.as_str(),
                "multipart/encrypted" | "application/pkcs7-mime" | "application/x-pkcs7-mime"
            )
        })
    }

    /// The addresses that say for whom it is: those of the envelope, when it is known, and no others (E4).
    pub fn routed(&self) -> &[EmailAddress] {
        if self.handover.recipients.is_empty() {
            &self.recipients
        } else {
            &self.handover.recipients
        }
    }

    /// The same mail as the one whom a group has passed it on for wrote it (A10). What the group has written into the
    /// header about itself is gone: it says nothing about the sender.
    #[must_use]
    pub fn on_behalf_of(mut self, original: EmailAddress) -> Self {
        self.from = Sender::One {
            address: original,
            name: None,
        };
        self.headers = self.headers.without(|name| {
            let name = name.to_ascii_lowercase();
            name.starts_with("list-")
                || matches!(
                    name.as_str(),
                    "mailing-list" | "x-mailing-list" | "precedence"
                )
        });
        self
    }

    /// Says how it came here, and puts the envelope's recipients first (T1, E4).
    #[must_use]
    pub fn with_handover(mut self, handover: Handover) -> Self {
        let mut all: Vec<EmailAddress> = Vec::new();
        for address in handover.recipients.iter().cloned().chain(self.recipients) {
            push_once(&mut all, address);
        }
        self.recipients = all;
        self.handover = handover;
        self
    }
}

/// Reads a mail of any size; linear in its length.
pub fn parse(raw: &[u8]) -> Result<InboundMail, NotAMail> {
    let start = raw
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(raw)
        .trim_ascii_start();
    if start.is_empty() {
        return Err(NotAMail::Empty);
    }
    let transcoded = from_utf16(start);
    let start = transcoded.as_deref().unwrap_or(start);
    let owned = with_line_feeds(start);
    let (fields, content) = fields::split(owned.as_deref().unwrap_or(start));
    if !fields
        .iter()
        .any(|field| MAIL_FIELDS.iter().any(|name| field.is(name)))
    {
        return Err(NotAMail::NoHeader);
    }
    let tree = part::walk(&fields, content);
    let contents = body::read(&tree);
    let first = |name: &str| fields.iter().find(|field| field.is(name));
    let ids = |name: &str| first(name).map(|field| extract_ids(&field.raw_text(), MAX_REFERENCES));
    let own_id = first("Message-ID").and_then(|field| field.raw_text().parse::<MessageId>().ok());
    let subject = subject::tidy(&first("Subject").map(Field::text).unwrap_or_default());
    Ok(InboundMail {
        from: one_mailbox(&fields, "From"),
        recipients: recipients(&fields),
        handover: Handover::default(),
        reply_to: first("Reply-To").map(addresses).unwrap_or_default(),
        cc: first("Cc").map(addresses).unwrap_or_default(),
        original_from: one_mailbox(&fields, "X-Original-From").address().cloned(),
        subject_key: subject::subject_key(&subject),
        subject,
        has_own_id: own_id.is_some(),
        message_id: own_id.unwrap_or_else(|| MessageId::synthesised(raw)),
        in_reply_to: ids("In-Reply-To").unwrap_or_default(),
        references: ids("References").unwrap_or_default(),
        date: first("Date")
            .and_then(Field::date)
            .map(Timestamp::from_secs),
        body: contents.body,
        attachments: contents.attachments,
        media: tree.media,
        content_hash: contents.hash,
        headers: Headers::from_fields(&fields),
        is_truncated: contents.is_truncated,
    })
}

/// The mail in UTF-8 where all of it is UTF-16, as a byte order mark says (B2).
fn from_utf16(raw: &[u8]) -> Option<Vec<u8>> {
    let unit: fn([u8; 2]) -> u16 = match raw {
        [0xFF, 0xFE, ..] => u16::from_le_bytes,
        [0xFE, 0xFF, ..] => u16::from_be_bytes,
        _ => return None,
    };
    let units = raw
        .iter()
        .skip(2)
        .step_by(2)
        .zip(raw.iter().skip(3).step_by(2));
    let text: String = char::decode_utf16(units.map(|(first, second)| unit([*first, *second])))
        .map(|decoded| decoded.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect();
    Some(text.into_bytes())
}

/// A copy with LF where a mail has only CR line ends (B2); none where it needs no copy.
fn with_line_feeds(raw: &[u8]) -> Option<Vec<u8>> {
    let has_only_cr = raw.contains(&b'\r') && !raw.contains(&b'\n');
    has_only_cr.then(|| {
        raw.iter()
            .map(|b| if *b == b'\r' { b'\n' } else { *b })
            .collect()
    })
}

/// A1: exactly one field of this name with exactly one mailbox, not in a group.
fn one_mailbox(fields: &[Field<'_>], name: &str) -> Sender {
    let mut from = fields.iter().filter(|field| field.is(name));
    let Some(field) = from.next() else {
        return Sender::None;
    };
    // What stands behind the part that is decoded could be a second mailbox.
    if from.next().is_some() || field.is_overlong() || !is_clear(field.value) {
        return Sender::Several;
    }
    let (mailboxes, is_group) = field.mailboxes();
    let mut given = mailboxes
        .into_iter()
        .filter_map(|mailbox| Some((mailbox.address?, mailbox.name)));
    match (given.next(), given.next()) {
        _ if is_group => Sender::Several,
        (Some(_), Some(_)) => Sender::Several,
        (Some((address, name)), None) => match address.parse() {
            Ok(address) => Sender::One { address, name },
            Err(InvalidAddress) => Sender::None,
        },
        (None, _) => Sender::None,
    }
}

fn addresses(field: &Field<'_>) -> Vec<EmailAddress> {
    let (mailboxes, _) = field.mailboxes();
    mailboxes
        .into_iter()
        .take(MAX_RECIPIENTS)
        .filter_map(|mailbox| mailbox.address?.parse().ok())
        .collect()
}

fn recipients(fields: &[Field<'_>]) -> Vec<EmailAddress> {
    let mut all = Vec::new();
    for name in RECIPIENT_FIELDS {
        for field in fields.iter().filter(|field| field.is(name)) {
            for address in addresses(field) {
                push_once(&mut all, address);
            }
        }
    }
    all
}

fn push_once(all: &mut Vec<EmailAddress>, address: EmailAddress) {
    if all.len() < MAX_RECIPIENTS && !all.contains(&address) {
        all.push(address);
    }
}

#[cfg(test)]
#[path = "inbound_tests.rs"]
mod tests;
