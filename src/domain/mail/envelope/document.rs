//! Unwraps documents until there is a mail in them (E1).

use serde_json::Value;

use super::content::{content, of_event};
use super::fields::{flag, text, within};
use super::received::{ReturnPath, SesMail, Unreadable};
use super::verdicts::Verdicts;
use crate::domain::mail::EmailAddress;

/// Longest message that a queue may hold (E8): 1 MiB.
pub const MAX_BODY: usize = 1024 * 1024;
/// A record of SNS in a record of Lambda in a message of SNS is the most that anybody sends.
const MAX_DEPTH: u32 = 4;
/// S3 and SNS send one record at a time; Lambda takes at most ten.
const MAX_RECORDS: usize = 10;
/// Most recipients that are looked at.
const MAX_RECIPIENTS: usize = 200;
/// Longest name of an event that a reason repeats.
const MAX_NAME: usize = 40;

/// The mails that a message of the mail queue tells of: one as a rule, never none.
pub fn open(body: &str) -> Result<Vec<SesMail>, Unreadable> {
    if body.len() > MAX_BODY {
        return Err(Unreadable::TooLong);
    }
    let document: Value = serde_json::from_str(body).map_err(|_error| Unreadable::NotJson)?;
    let mut mails = Vec::new();
    unwrap(&document, MAX_DEPTH, &mut mails)?;
    Ok(mails)
}

fn unwrap(document: &Value, depth: u32, mails: &mut Vec<SesMail>) -> Result<(), Unreadable> {
    let depth = depth.checked_sub(1).ok_or(Unreadable::TooDeep)?;
    if !document.is_object() {
        return Err(Unreadable::NotJson);
    }
    if let Some(records) = within(document, "Records") {
        return of_records(records, depth, mails);
    }
    match text(document, "Type") {
        Some("SubscriptionConfirmation" | "UnsubscribeConfirmation") => {
            return Err(Unreadable::Subscription);
        }
        Some("Notification") => return of_message(within(document, "Message"), depth, mails),
        _ => {}
    }
    if text(document, "Event") == Some("s3:TestEvent") {
        return Err(Unreadable::Setup);
    }
    let kind = text(document, "notificationType").or_else(|| text(document, "eventType"));
    match kind {
        Some("Received") => push(mails, notification(document)?),
        Some("AmazonSnsSubscriptionSucceeded") => Err(Unreadable::Setup),
        Some(other) => Err(Unreadable::OtherEvent(name_of(other))),
        None => Err(Unreadable::Unknown),
    }
}

/// The `Message` of SNS: the next document as a text.
fn of_message(
    message: Option<&Value>,
    depth: u32,
    mails: &mut Vec<SesMail>,
) -> Result<(), Unreadable> {
    let message = message.ok_or(Unreadable::Lacks("Message"))?;
    let Some(text) = message.as_str() else {
        return unwrap(message, depth, mails);
    };
    if text.starts_with("Successfully validated SNS topic") {
        return Err(Unreadable::Setup);
    }
    let inner: Value = serde_json::from_str(text).map_err(|_error| Unreadable::NotJson)?;
    unwrap(&inner, depth, mails)
}

fn of_records(records: &Value, depth: u32, mails: &mut Vec<SesMail>) -> Result<(), Unreadable> {
    let records = records.as_array().ok_or(Unreadable::Unknown)?;
    if records.is_empty() {
        return Err(Unreadable::Unknown);
    }
    if records.len() > MAX_RECORDS {
        return Err(Unreadable::TooMany);
    }
    for record in records {
        if let Some(ses) = within(record, "ses") {
            push(mails, notification(ses)?)?;
        } else if let Some(sns) = within(record, "Sns") {
            of_message(within(sns, "Message"), depth, mails)?;
        } else if let Some(s3) = within(record, "s3") {
            push(mails, stored(s3)?)?;
        } else {
            return Err(Unreadable::Unknown);
        }
    }
    Ok(())
}

fn push(mails: &mut Vec<SesMail>, mail: SesMail) -> Result<(), Unreadable> {
    if mails.len() == MAX_RECORDS {
        return Err(Unreadable::TooMany);
    }
    mails.push(mail);
    Ok(())
}

/// A document with `mail` and `receipt`, and perhaps `content`.
fn notification(document: &Value) -> Result<SesMail, Unreadable> {
    let mail = within(document, "mail").ok_or(Unreadable::Lacks("mail"))?;
    let receipt = within(document, "receipt").ok_or(Unreadable::Lacks("receipt"))?;
    let ses_id = text(mail, "messageId");
    let at = text(receipt, "timestamp").or_else(|| text(mail, "timestamp"));
    Ok(SesMail {
        content: content(document, receipt, ses_id)?,
        recipients: recipients(within(receipt, "recipients")),
        return_path: return_path(text(mail, "source")),
        verdicts: Verdicts::from_receipt(receipt),
        ses_id: ses_id.map(ToOwned::to_owned),
        received_at: at.and_then(|at| at.parse().ok()),
        is_header_truncated: flag(mail, "headersTruncated"),
    })
}

/// A mail of which S3 tells, and so nobody has said anything about its sender.
fn stored(s3: &Value) -> Result<SesMail, Unreadable> {
    Ok(SesMail {
        content: of_event(s3)?,
        recipients: Vec::new(),
        return_path: ReturnPath::Unknown,
        verdicts: Verdicts::default(),
        ses_id: None,
        received_at: None,
        is_header_truncated: false,
    })
}

fn recipients(list: Option<&Value>) -> Vec<EmailAddress> {
    let list = list.and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .filter_map(|address| address.as_str()?.parse().ok())
        .take(MAX_RECIPIENTS)
        .collect()
}

fn return_path(source: Option<&str>) -> ReturnPath {
    match source.map(|source| source.trim().trim_matches(['<', '>'])) {
        Some("") => ReturnPath::Empty,
        Some(source) => source
            .parse()
            .map_or(ReturnPath::Unknown, ReturnPath::Address),
        None => ReturnPath::Unknown,
    }
}

/// The name of an event, as far as it is one.
fn name_of(event: &str) -> String {
    let letters = event.chars().filter(char::is_ascii_alphanumeric);
    letters.take(MAX_NAME).collect()
}
