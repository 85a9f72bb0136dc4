//! Raw mails, and files for workers, under the hash of their content.

use async_trait::async_trait;
use aws_sdk_s3::Client;
use bytes::Bytes;

use super::object::{self, Object};
use crate::adapters::aws::{Clients, fault};
use crate::config::StoreUrl;
use crate::domain::blob::BlobId;
use crate::domain::ids::ClientId;
use crate::domain::time::Timestamp;
use crate::ports::archive::Archive;
use crate::ports::fault::{Fault, FaultKind};

/// What the keys of the archive begin with, below the mail store: nothing there is a mail that has yet to be taken in.
pub(super) const FOLDERS: [&str; 2] = [RAW, FILES];
const RAW: &str = "raw/";
/// Files for workers, in a folder for each client: the role of its containers reads there and nowhere else.
const FILES: &str = "files/";
/// Larger than any mail (E7).
const LARGEST: usize = 64 * 1024 * 1024;

/// An archive in a bucket.
///
/// Putting the same content again writes the same object again, so that its age counts from the later time: the lifecycle
/// rule of the bucket deletes by age, Hermes deletes nothing.
#[derive(Debug, Clone)]
pub struct S3Archive {
    client: Client,
    store: StoreUrl,
}

impl S3Archive {
    /// The archive in `store`.
    pub fn new(clients: &Clients, store: &StoreUrl) -> Self {
        Self {
            client: clients.s3.clone(),
            store: store.clone(),
        }
    }

    fn key(&self, id: &BlobId) -> String {
        format!("{}{RAW}{id}", self.store.prefix)
    }

    async fn write(
        &self,
        operation: &'static str,
        key: &str,
        (content, at): (Bytes, Timestamp),
    ) -> Result<(), Fault> {
        let put = self
            .client
            .put_object()
            .bucket(&self.store.bucket)
            .key(key)
            .content_type("application/octet-stream")
            .metadata("received-at", at.rfc3339())
            .body(object::body(content))
            .send();
        put.await.map(drop).map_err(fault(operation))
    }
}

#[async_trait]
impl Archive for S3Archive {
    async fn put(&self, content: Bytes, at: Timestamp) -> Result<BlobId, Fault> {
        let id = BlobId::of(&content);
        let key = self.key(&id);
        self.write("archive.put", &key, (content, at)).await?;
        Ok(id)
    }

    async fn put_file(
        &self,
        client: &ClientId,
        content: Bytes,
        at: Timestamp,
    ) -> Result<String, Fault> {
        let (prefix, id) = (&self.store.prefix, BlobId::of(&content));
        let key = format!("{prefix}{FILES}{}/{id}", client.hash8());
        self.write("archive.put_file", &key, (content, at)).await?;
        Ok(format!("s3://{}/{key}", self.store.bucket))
    }

    async fn get(&self, id: &BlobId) -> Result<Option<Bytes>, Fault> {
        const OPERATION: &str = "archive.get";
        let key = self.key(id);
        let place = (self.store.bucket.as_str(), key.as_str());
        let broken = |what: String| Err(Fault::new(OPERATION, FaultKind::Broken, what));
        match object::read(&self.client, OPERATION, place, LARGEST).await? {
            Object::Missing => Ok(None),
            Object::Found { content, .. } if BlobId::of(&content) == *id => Ok(Some(content)),
            Object::Found { .. } => broken(format!("{key} is damaged")),
            Object::TooLong => broken(format!("{key} is longer than any mail")),
        }
    }
}
