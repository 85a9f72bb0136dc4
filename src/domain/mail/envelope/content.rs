//! The mail in a notification, or where the notification says it is (E2).

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::encoded::base64_of;
use super::fields::{text, within};
use super::received::{MailContent, ObjectRef, Unreadable};

/// What SES calls the object or message by which it tries out a new rule.
const SETUP: &str = "AMAZON_SES_SETUP_NOTIFICATION";
/// Longest key of an object in S3.
const MAX_KEY: usize = 1024;

/// The content of a notification with this receipt; `ses_id` is where it is when nothing else is said.
pub(super) fn content(
    notification: &Value,
    receipt: &Value,
    ses_id: Option<&str>,
) -> Result<MailContent, Unreadable> {
    if ses_id == Some(SETUP) {
        return Err(Unreadable::Setup);
    }
    let action = within(receipt, "action").unwrap_or(&Value::Null);
    if let Some(content) = text(notification, "content") {
        return inline(content, text(action, "encoding"));
    }
    if let (Some(bucket), Some(key)) = (text(action, "bucketName"), text(action, "objectKey")) {
        return object(bucket, key.to_owned());
    }
    let id = ses_id.ok_or(Unreadable::Lacks("content"))?;
    if id.is_empty() || id.len() > MAX_KEY || !id.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(Unreadable::Lacks("content"));
    }
    Ok(MailContent::Object(ObjectRef::Named(id.to_owned())))
}

/// The object of an S3 event, whose key is encoded as in a form.
pub(super) fn of_event(s3: &Value) -> Result<MailContent, Unreadable> {
    let bucket = within(s3, "bucket").and_then(|bucket| text(bucket, "name"));
    let key = within(s3, "object").and_then(|object| text(object, "key"));
    let (Some(bucket), Some(key)) = (bucket, key) else {
        return Err(Unreadable::Lacks("bucket and key"));
    };
    let spaced = key.replace('+', " ");
    let key = percent_decode_str(&spaced).decode_utf8();
    let key = key.map_err(|_not_utf8| Unreadable::Lacks("bucket and key"))?;
    object(bucket, key.into_owned())
}

fn object(bucket: &str, key: String) -> Result<MailContent, Unreadable> {
    if key.rsplit('/').next() == Some(SETUP) {
        return Err(Unreadable::Setup);
    }
    if bucket.is_empty() || key.is_empty() || key.len() > MAX_KEY {
        return Err(Unreadable::Lacks("bucket and key"));
    }
    Ok(MailContent::Object(ObjectRef::At {
        bucket: bucket.to_owned(),
        key,
    }))
}

fn inline(content: &str, encoding: Option<&str>) -> Result<MailContent, Unreadable> {
    let raw = match encoding.map(str::to_ascii_uppercase).as_deref() {
        None | Some("UTF-8" | "UTF8") => content.as_bytes().to_vec(),
        Some("BASE64") => base64_of(content).map_err(|_not_base64| Unreadable::Encoding)?,
        Some(_) => return Err(Unreadable::Encoding),
    };
    Ok(MailContent::Inline(raw))
}
