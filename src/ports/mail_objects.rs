//! Received mails that a mail service has put into an object store.

use async_trait::async_trait;
use bytes::Bytes;

use super::fault::Fault;
use crate::domain::mail::envelope::ObjectRef;

/// What is found where a notification says that a mail is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// The whole raw mail.
    Mail(Bytes),
    /// Nothing is there: not yet, or no more.
    Missing,
    /// It is longer than the limit that was asked for.
    TooLong,
    /// It is not in the one place from which mails are taken (A3); nothing was asked of the store.
    Outside,
}

/// Reads received mails by reference.
///
/// Only what is in the configured place is ever read, whatever a reference says.
#[async_trait]
pub trait MailObjects: Send + Sync {
    /// The mail at a place, unless it is longer than `limit` bytes.
    async fn fetch(&self, object: &ObjectRef, limit: usize) -> Result<Fetched, Fault>;
}
