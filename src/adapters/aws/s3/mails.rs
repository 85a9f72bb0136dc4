//! Mails that SES has put into a bucket.

use async_trait::async_trait;
use aws_sdk_s3::Client;

use super::archive::FOLDERS;
use super::object::{self, Object};
use crate::adapters::aws::Clients;
use crate::config::StoreUrl;
use crate::domain::mail::envelope::ObjectRef;
use crate::ports::fault::Fault;
use crate::ports::mail_objects::{Fetched, MailObjects};

/// Reads mails below one prefix of one bucket (A3), where the archive's own objects are no mails: a bucket that tells of
/// each new object would tell of those too, without end.
#[derive(Debug, Clone)]
pub struct S3Mails {
    client: Client,
    store: StoreUrl,
}

impl S3Mails {
    /// Mails in `store`.
    pub fn new(clients: &Clients, store: &StoreUrl) -> Self {
        Self {
            client: clients.s3.clone(),
            store: store.clone(),
        }
    }

    fn key_of(&self, object: &ObjectRef) -> Option<String> {
        match object {
            ObjectRef::At { bucket, key } => {
                let name = key.strip_prefix(&self.store.prefix)?;
                let is_kept = FOLDERS.iter().any(|folder| name.starts_with(folder));
                let is_ours = *bucket == self.store.bucket && !is_kept;
                is_ours.then(|| key.clone())
            }
            ObjectRef::Named(id) => Some(format!("{}{id}", self.store.prefix)),
        }
    }
}

#[async_trait]
impl MailObjects for S3Mails {
    async fn fetch(&self, object: &ObjectRef, limit: usize) -> Result<Fetched, Fault> {
        let Some(key) = self.key_of(object) else {
            return Ok(Fetched::Outside);
        };
        let place = (self.store.bucket.as_str(), key.as_str());
        Ok(
            match object::read(&self.client, "mail_objects.fetch", place, limit).await? {
                Object::Found { content, .. } => Fetched::Mail(content),
                Object::TooLong => Fetched::TooLong,
                Object::Missing => Fetched::Missing,
            },
        )
    }
}
