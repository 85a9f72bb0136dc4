//! Mail out.

use async_trait::async_trait;
use bytes::Bytes;

use super::fault::Fault;
use crate::domain::ids::ReplyId;

/// A mail, complete.
#[derive(Debug, Clone)]
pub struct OutgoingMail {
    /// Names the mail: sending the same id again is the same mail.
    pub id: ReplyId,
    /// Envelope sender.
    pub from: String,
    /// Envelope recipient.
    pub to: String,
    /// The whole message, RFC 5322.
    pub raw: Bytes,
}

/// Why a mail was not sent.
#[derive(Debug, thiserror::Error)]
pub enum MailerError {
    /// The other side will never take this mail.
    #[error("the mail was rejected: {0}")]
    Rejected(String),
    /// The backend failed.
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
}
