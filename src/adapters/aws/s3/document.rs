//! A text in a bucket that people write, such as the file of projects.

use aws_sdk_s3::Client;

use super::object::{self, Object};
use crate::adapters::aws::Clients;
use crate::ports::fault::Fault;

/// Longer than any list of projects.
const LONGEST: usize = 4 * 1024 * 1024;

/// Why there is no text.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The address is none.
    #[error("must be an address such as s3://bucket/config/projects.toml")]
    Address,
    /// Nothing is there.
    #[error("{0} is not there")]
    Missing(String),
    /// It is no text of a sensible length.
    #[error("{0} is no text of at most 4 MiB in UTF-8")]
    NoText(String),
    /// The store failed.
    #[error("the object store failed")]
    Backend(#[from] Fault),
}

/// One object, read again and again.
#[derive(Debug, Clone)]
pub struct S3Document {
    client: Client,
    bucket: String,
    key: String,
}

impl S3Document {
    /// The object at `s3://bucket/key`.
    pub fn at(clients: &Clients, url: &str) -> Result<Self, DocumentError> {
        let rest = url.trim().strip_prefix("s3://");
        let (bucket, key) = rest
            .and_then(|rest| rest.split_once('/'))
            .filter(|(bucket, key)| !bucket.is_empty() && !key.is_empty())
            .ok_or(DocumentError::Address)?;
        Ok(Self {
            client: clients.s3.clone(),
            bucket: bucket.to_owned(),
            key: key.to_owned(),
        })
    }

    /// The text as it is now.
    pub async fn read(&self) -> Result<String, DocumentError> {
        let name = || format!("s3://{}/{}", self.bucket, self.key);
        let place = (self.bucket.as_str(), self.key.as_str());
        match object::read(&self.client, "document.read", place, LONGEST).await? {
            Object::Missing => Err(DocumentError::Missing(name())),
            Object::TooLong => Err(DocumentError::NoText(name())),
            Object::Found { content, .. } => {
                String::from_utf8(content.into()).map_err(|_not_utf8| DocumentError::NoText(name()))
            }
        }
    }
}
