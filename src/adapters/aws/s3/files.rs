//! Files for a worker, in the folder of its client.

use async_trait::async_trait;
use aws_sdk_s3::Client;
use bytes::Bytes;

use super::object::{self, Object};
use crate::adapters::aws::Clients;
use crate::domain::command::Attachment;
use crate::domain::ids::CommandId;
use crate::ports::attached_files::AttachedFiles;
use crate::ports::fault::{Fault, FaultKind};

/// Reads objects by their addresses. Which those may be is the business of the task's role: its client's folder.
#[derive(Debug, Clone)]
pub struct S3Files {
    client: Client,
}

impl S3Files {
    /// Whatever the credentials may read.
    pub fn new(clients: &Clients) -> Self {
        Self {
            client: clients.s3.clone(),
        }
    }
}

#[async_trait]
impl AttachedFiles for S3Files {
    async fn read(&self, _command: &CommandId, file: &Attachment) -> Result<Option<Bytes>, Fault> {
        const OPERATION: &str = "attached_files.read";
        let place = file.reference.strip_prefix("s3://");
        let Some(place) = place.and_then(|rest| rest.split_once('/')) else {
            let what = "the reference is no address of an object";
            return Err(Fault::new(OPERATION, FaultKind::Broken, what));
        };
        let limit = usize::try_from(file.bytes).unwrap_or(usize::MAX);
        Ok(
            match object::read(&self.client, OPERATION, place, limit).await? {
                Object::Found { content, .. } => Some(content),
                Object::Missing | Object::TooLong => None,
            },
        )
    }
}
