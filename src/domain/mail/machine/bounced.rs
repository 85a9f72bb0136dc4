//! Which of our mails a bounce is about (L2, L17).

use crate::domain::mail::{Attachment, EmailAddress, InboundMail, MessageId, extract_ids, parse};

/// Bytes of a returned message, a report or a text that are looked at.
const MAX_BYTES: usize = 64 * 1024;
/// Most parts that are looked at.
const MAX_PARTS: usize = 40;
/// Most ids that are given back: the mail's own, and those of the conversation before it.
const MAX_IDS: usize = 20;
/// Most recipients that are given back.
const MAX_RECIPIENTS: usize = 20;

/// How final a failure is, by the class of its status code (L17).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BounceSeverity {
    /// 4.x.x, or nobody says: it may work later.
    Soft,
    /// 5.x.x: it will not.
    Hard,
}

impl BounceSeverity {
    /// What it adds to the score of an address (L17).
    pub const fn points(self) -> u32 {
        match self {
            Self::Soft => 1,
            Self::Hard => 2,
        }
    }
}

/// What a bounce says about the mail that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BouncedOf {
    /// Ids by which the mail may be known: its own first, then those it answered, at most 20.
    pub ids: Vec<MessageId>,
    /// Whom it did not reach, at most 20.
    pub recipients: Vec<EmailAddress>,
    /// How final that is.
    pub severity: BounceSeverity,
}

patterns! {
    /// A field that names the returned mail, in a text.
    ID_LINE = r"(?im)^[\s>|]{0,4}(?:message-id|references|in-reply-to):[ \t]*((?:<[^<>\s]+>[ \t]*(?:\r?\n[ \t]+)?)+)";
    /// An address for which a report speaks.
    RECIPIENT_LINE = r"(?im)^(?:final-recipient|original-recipient|x-failed-recipients|x-actual-recipient):[ \t]*(?:[a-z0-9-]+;)?[ \t]*<?([^\s<>;,]+@[^\s<>;,]+)>?";
    /// An enhanced status code, or a reply of a mail server.
    STATUS = r"(?:^|[\s(<\[#:;=\-])([245])(?:\.[0-9]\.[0-9]{1,3}|[0-5][0-9][ \-])";
    /// The field of a delivery report.
    STATUS_LINE = r"(?im)^status:[ \t]*([245])\.[0-9]";
    ACTION_LINE = r"(?im)^action:[ \t]*([a-z]+)";
    /// An address alone in its line, as servers name whom they could not reach.
    ADDRESS_LINE = r"(?m)^[ \t]*<?([^\s<>:;,()]+@[^\s<>:;,()]+\.[a-zA-Z0-9\-]+)>?:?[ \t]*$";
}

/// What a bounce is about; none when it names neither a mail nor a recipient, or reports a success.
///
/// Says nothing about whether the mail is a bounce, nor whether the ids are ours: anybody can write them.
pub fn bounce_of(mail: &InboundMail) -> Option<BouncedOf> {
    let reports = report_text(mail);
    if is_success(&reports) {
        return None;
    }
    let body = head(mail.body.text.as_bytes());
    let ids = ids(mail, &body);
    let recipients = recipients(mail, &reports, &body);
    (!ids.is_empty() || !recipients.is_empty()).then(|| BouncedOf {
        ids,
        recipients,
        severity: severity(&reports, &body),
    })
}

/// The first bytes as text.
fn head(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes.get(..MAX_BYTES).unwrap_or(bytes)).into_owned()
}

fn parts<'a>(
    mail: &'a InboundMail,
    types: &'static [&'static str],
) -> impl Iterator<Item = &'a Attachment> {
    mail.attachments
        .iter()
        .take(MAX_PARTS)
        .filter(|part| types.contains(&part.content_type.as_str()))
}

/// The fields of the delivery reports.
fn report_text(mail: &InboundMail) -> String {
    const REPORTS: [&str; 3] = [
        "message/delivery-status",
        "message/global-delivery-status",
        "message/disposition-notification",
    ];
    parts(mail, &REPORTS)
        .take(3)
        .map(|part| head(&part.content))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Whether a report says of everybody that the mail has reached them.
fn is_success(reports: &str) -> bool {
    let mut actions = ACTION_LINE
        .captures_iter(reports)
        .filter_map(|found| found.get(1))
        .map(|action| {
            matches!(
                action.as_str().to_ascii_lowercase().as_str(),
                "delivered" | "relayed" | "expanded"
            )
        })
        .peekable();
    actions.peek().is_some() && actions.all(|is_success| is_success)
}

fn ids(mail: &InboundMail, body: &str) -> Vec<MessageId> {
    const RETURNED: [&str; 5] = [
        "message/rfc822",
        "message/global",
        "text/rfc822-headers",
        "message/global-headers",
        "message/rfc822-headers",
    ];
    let mut all = Vec::new();
    for part in parts(mail, &RETURNED).take(3) {
        let bytes = part.content.get(..MAX_BYTES).unwrap_or(&part.content);
        let Ok(returned) = parse(bytes) else {
            continue;
        };
        if returned.has_own_id {
            push(&mut all, returned.message_id, MAX_IDS);
        }
        // The nearest is last: it says most about which mail this was.
        for id in returned
            .references
            .into_iter()
            .rev()
            .chain(returned.in_reply_to)
        {
            push(&mut all, id, MAX_IDS);
        }
    }
    for found in ID_LINE.captures_iter(body).filter_map(|found| found.get(1)) {
        for id in extract_ids(found.as_str(), MAX_IDS) {
            push(&mut all, id, MAX_IDS);
        }
    }
    for id in mail.in_reply_to.iter().chain(mail.references.iter().rev()) {
        push(&mut all, id.clone(), MAX_IDS);
    }
    all
}

fn recipients(mail: &InboundMail, reports: &str, body: &str) -> Vec<EmailAddress> {
    let mut all = Vec::new();
    let listed = mail
        .headers
        .all("X-Failed-Recipients")
        .flat_map(|value| value.split(','))
        .take(MAX_RECIPIENTS);
    let mut add = |text: &str| {
        if let Ok(address) = text.trim().trim_matches(['<', '>']).parse() {
            push(&mut all, address, MAX_RECIPIENTS);
        }
    };
    listed.for_each(&mut add);
    for text in [reports, body] {
        for found in RECIPIENT_LINE.captures_iter(text).take(MAX_RECIPIENTS * 2) {
            found
                .get(1)
                .iter()
                .for_each(|address| add(address.as_str()));
        }
    }
    if all.is_empty() {
        // Without a report the first address that stands alone is the one that the text is about.
        let alone = ADDRESS_LINE.captures(body).and_then(|found| found.get(1));
        all.extend(alone.and_then(|address| address.as_str().parse().ok()));
    }
    all
}

fn push<T: PartialEq>(all: &mut Vec<T>, value: T, limit: usize) {
    if all.len() < limit && !all.contains(&value) {
        all.push(value);
    }
}

/// By the report; without one by the first code in the text. A delay is never final.
fn severity(reports: &str, body: &str) -> BounceSeverity {
    let is_delay = ACTION_LINE
        .captures(reports)
        .and_then(|found| found.get(1))
        .is_some_and(|action| action.as_str().eq_ignore_ascii_case("delayed"));
    let class = STATUS_LINE
        .captures(reports)
        .or_else(|| STATUS.captures(body))
        .and_then(|found| found.get(1));
    match class {
        Some(class) if class.as_str() == "5" && !is_delay => BounceSeverity::Hard,
        _ => BounceSeverity::Soft,
    }
}

#[cfg(test)]
#[path = "bounced_tests.rs"]
mod tests;
