//! Reads and writes of single objects.

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::operation::head_object::HeadObjectError;
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use tokio::time::timeout;

use crate::adapters::aws::fault;
use crate::ports::fault::{Fault, FaultKind};

/// The SDK's deadlines end where the body begins; the largest mail takes a few seconds inside a region.
const BODY: Duration = Duration::from_mins(1);

/// What was found at a key.
#[derive(Debug)]
pub(super) enum Object {
    Found { content: Bytes, tag: Option<String> },
    TooLong,
    Missing,
}

/// Reads an object of at most `limit` bytes.
pub(super) async fn read(
    client: &Client,
    operation: &'static str,
    (bucket, key): (&str, &str),
    limit: usize,
) -> Result<Object, Fault> {
    let answer = match client.get_object().bucket(bucket).key(key).send().await {
        Ok(answer) => answer,
        Err(error)
            if error
                .as_service_error()
                .is_some_and(GetObjectError::is_no_such_key) =>
        {
            return Ok(Object::Missing);
        }
        Err(error) => return Err(fault(operation)(error)),
    };
    let length = answer.content_length().unwrap_or_default();
    if usize::try_from(length).is_ok_and(|length| length > limit) {
        return Ok(Object::TooLong);
    }
    let tag = answer.e_tag;
    let broken_off = |error: Box<dyn std::error::Error + Send + Sync>| {
        Fault::new(operation, FaultKind::Transient, error)
    };
    let content = timeout(BODY, answer.body.collect())
        .await
        .map_err(|late| broken_off(late.into()))?
        .map_err(|error| broken_off(error.into()))?
        .into_bytes();
    if content.len() > limit {
        return Ok(Object::TooLong);
    }
    Ok(Object::Found { content, tag })
}

/// Whether there is an object.
pub(super) async fn exists(
    client: &Client,
    operation: &'static str,
    (bucket, key): (&str, &str),
) -> Result<bool, Fault> {
    match client.head_object().bucket(bucket).key(key).send().await {
        Ok(_) => Ok(true),
        Err(error)
            if error
                .as_service_error()
                .is_some_and(HeadObjectError::is_not_found) =>
        {
            Ok(false)
        }
        Err(error) => Err(fault(operation)(error)),
    }
}

/// A body that is in memory: it can be sent again.
pub(super) fn body(content: Bytes) -> ByteStream {
    ByteStream::from(content)
}
