//! The object that says which version of a preview is shown.

use aws_sdk_s3::Client;
use serde::{Deserialize, Serialize};

use super::place::Place;
use super::version::Version;
use crate::adapters::aws::fault;
use crate::adapters::aws::s3::object::{self, Object};
use crate::ports::fault::{Fault, FaultKind};

/// Longer than any pointer.
const LONGEST: usize = 4096;
/// Lost races before a switch is given up: publications of one preview come one after another.
const TRIES: u32 = 8;

#[derive(Debug, Serialize, Deserialize)]
struct Written {
    version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<String>,
}

/// What is shown, and what was shown before it.
#[derive(Debug, Default)]
pub(super) struct Shown {
    pub(super) version: Option<Version>,
    pub(super) before: Option<Version>,
    tag: Option<String>,
}

/// What a preview shows now.
pub(super) async fn shown(client: &Client, place: &Place<'_>) -> Result<Shown, Fault> {
    let key = place.pointer();
    let at = (place.store.bucket.as_str(), key.as_str());
    let (content, tag) = match object::read(client, "previews.pointer", at, LONGEST).await? {
        Object::Missing => return Ok(Shown::default()),
        Object::TooLong => return Err(broken("it is too long".into())),
        Object::Found { content, tag } => (content, tag),
    };
    let written: Written =
        serde_json::from_slice(&content).map_err(|error| broken(error.into()))?;
    Ok(Shown {
        version: Version::parse(&written.version),
        before: written.before.as_deref().and_then(Version::parse),
        tag,
    })
}

fn broken(why: Box<dyn std::error::Error + Send + Sync>) -> Fault {
    Fault::new("previews.pointer", FaultKind::Broken, why)
}

/// Shows a version, unless a later one is shown already: then that stays. Answers what is shown in the end.
pub(super) async fn switch(
    client: &Client,
    place: &Place<'_>,
    version: &Version,
) -> Result<Shown, Fault> {
    for _ in 0..TRIES {
        let now = shown(client, place).await?;
        if now.version.as_ref().is_some_and(|shown| shown >= version) {
            return Ok(now);
        }
        if write(client, place, version, &now).await? {
            return Ok(Shown {
                version: Some(version.clone()),
                before: now.version,
                tag: None,
            });
        }
    }
    let why = "others publish the same preview all the time";
    Err(Fault::new("previews.switch", FaultKind::Transient, why))
}

/// Writes the pointer if it is still the one that was read.
async fn write(
    client: &Client,
    place: &Place<'_>,
    version: &Version,
    read: &Shown,
) -> Result<bool, Fault> {
    let written = Written {
        version: version.as_str().to_owned(),
        before: read.version.as_ref().map(|v| v.as_str().to_owned()),
    };
    let content = serde_json::to_vec(&written).map_err(|error| broken(error.into()))?;
    let mut put = client
        .put_object()
        .bucket(&place.store.bucket)
        .key(place.pointer())
        .content_type("application/json")
        .cache_control("no-store")
        .body(object::body(content.into()));
    put = match &read.tag {
        Some(tag) => put.if_match(tag),
        None => put.if_none_match("*"),
    };
    match put.send().await {
        Ok(_) => Ok(true),
        Err(error) => {
            // 409: another conditional write is under way
            let status = error.raw_response().map(|answer| answer.status().as_u16());
            if matches!(status, Some(409 | 412)) {
                return Ok(false);
            }
            Err(fault("previews.switch")(error))
        }
    }
}
