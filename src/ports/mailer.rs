//! Mail out.

use async_trait::async_trait;
use bytes::Bytes;

use super::fault::Fault;
use crate::domain::ids::ReplyId;
use crate::domain::mail::MessageId;

/// A mail, complete.
#[derive(Debug, Clone)]
pub struct OutgoingMail {
    /// Names the mail: sending the same id again is the same mail.
    pub id: ReplyId,
    /// Envelope sender.
    pub from: String,
    /// Envelope recipients, at least one; who is first is whom it is for.
    pub to: Vec<String>,
    /// The whole message, RFC 5322.
    pub raw: Bytes,
}

/// Why a mail was not sent.
#[derive(Debug, thiserror::Error)]
pub enum MailerError {
    /// The other side will never take this mail; the text has no addresses.
    #[error("the mail was rejected: {0}")]
    Rejected(String),
    /// The backend failed. A fault that is `Denied` holds up every mail until an operator has done what its source says.
    #[error("the mail system failed")]
    Backend(#[from] Fault),
}

/// Hands mails over to whatever delivers them.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands over one mail, and answers the name under which the other side knows it. Durable before it returns,
    /// as far as the other side promises that.
    async fn send(&self, mail: OutgoingMail) -> Result<String, MailerError>;

    /// Whether handing the same mail over again changes nothing: then it can be tried again at once when it is unknown
    /// whether the first time was the end of it.
    fn is_repeatable(&self) -> bool {
        false
    }

    /// Whether what cannot be delivered comes back to the envelope sender; a mail system that reports otherwise gets the
    /// same sender for every mail (L16).
    fn returns_to_sender(&self) -> bool {
        false
    }

    /// The Message-ID that the recipient sees, where the other side replaces ours by one of its own (T4). `sent_id` is what
    /// [`Self::send`] answered.
    fn replaced_id(&self, _sent_id: &str) -> Option<MessageId> {
        None
    }
}
