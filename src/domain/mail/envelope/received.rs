//! One received mail, as every document says it in the end.

use std::fmt;

use super::verdicts::{Checked, Verdicts};
use crate::domain::mail::{EmailAddress, Handover, Screening};
use crate::domain::time::Timestamp;

/// Where a mail lies in an object store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ObjectRef {
    /// Where the document says.
    At {
        /// The bucket.
        bucket: String,
        /// The key, decoded.
        key: String,
    },
    /// Under its SES id, where the configuration has mails put: the document does not say.
    Named(String),
}

/// The raw mail, or where it is.
#[derive(Clone, PartialEq, Eq)]
pub enum MailContent {
    /// The whole mail, decoded.
    Inline(Vec<u8>),
    /// In an object store.
    Object(ObjectRef),
}

impl fmt::Debug for MailContent {
    /// Without the mail: mails are not logged.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inline(raw) => write!(f, "Inline({} bytes)", raw.len()),
            Self::Object(object) => object.fmt(f),
        }
    }
}

/// The envelope's sender. It says where bounces go and is nobody's identity (E4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReturnPath {
    /// Bounces go nowhere: the mail is one itself (L2).
    Empty,
    /// A mailbox, of which only the domain means anything.
    Address(EmailAddress),
    /// The document does not say, or nothing that is an address.
    Unknown,
}

/// A mail that SES has received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SesMail {
    /// The mail.
    pub content: MailContent,
    /// To whom the envelope was addressed (E4); empty when the document does not say.
    pub recipients: Vec<EmailAddress>,
    /// Where bounces of it go.
    pub return_path: ReturnPath,
    /// What SES has found out about it.
    pub verdicts: Verdicts,
    /// The id that SES has given it.
    pub ses_id: Option<String>,
    /// When SES has received it.
    pub received_at: Option<Timestamp>,
    /// Whether the document has only a part of the header (E3).
    pub is_header_truncated: bool,
}

impl SesMail {
    /// How the mail was handed over.
    pub fn handover(&self) -> Handover {
        Handover {
            recipients: self.recipients.clone(),
            is_bounce: self.return_path == ReturnPath::Empty,
        }
    }

    /// What the scans say (E6).
    pub fn screening(&self) -> Screening {
        match (self.verdicts.virus, self.verdicts.spam) {
            (Checked::Fail, _) => Screening::Virus,
            (_, Checked::Fail) => Screening::Spam,
            (Checked::Failed, _) => Screening::Unscanned,
            _ => Screening::Clean,
        }
    }
}

/// Why a message of the mail queue tells of no mail that could be taken in. It will not do so later either.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Longer than any message of a queue.
    #[error("the message is longer than {max} bytes", max = super::MAX_BODY)]
    TooLong,
    /// No JSON object.
    #[error("the message is not a JSON object")]
    NotJson,
    /// Envelope in envelope in envelope.
    #[error("the message is wrapped too often")]
    TooDeep,
    /// More records than anybody sends at once.
    #[error("the message lists too many records")]
    TooMany,
    /// Some other document.
    #[error("the message is not a notification of a received mail")]
    Unknown,
    /// SNS asks for a subscription to be confirmed. Its link is never followed (A3).
    #[error("the message asks to confirm a subscription, which an operator must do")]
    Subscription,
    /// SES or S3 tries out whether it can reach us.
    #[error("the message is a trial of a new set-up and no mail")]
    Setup,
    /// SES tells of something else, for instance a bounce of ours.
    #[error("the message tells of another event than a received mail: {0}")]
    OtherEvent(String),
    /// Something is not there that must be.
    #[error("the notification has no {0}")]
    Lacks(&'static str),
    /// The content is neither UTF-8 nor base64 (E2).
    #[error("the notification's content cannot be decoded")]
    Encoding,
}
