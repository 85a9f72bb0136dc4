//! Removes versions that are no longer shown.

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};

use super::place::Place;
use super::pointer::Shown;
use super::version::Version;
use crate::adapters::aws::fault;
use crate::domain::time::Timestamp;
use crate::ports::fault::{Fault, FaultKind};

/// A version stays this long: somebody may look at it, or may still be at work on it.
const GRACE: Duration = Duration::from_hours(1);
/// Versions that one pass removes; what is left goes with a later one.
const MOST: usize = 10;

/// Removes what is older than the grace and neither shown nor shown last.
pub(super) async fn sweep(
    client: &Client,
    place: &Place<'_>,
    shown: &Shown,
    now: Timestamp,
) -> Result<(), Fault> {
    let listed = client
        .list_objects_v2()
        .bucket(&place.store.bucket)
        .prefix(&place.store.prefix)
        .delimiter("/")
        .send()
        .await
        .map_err(fault("previews.list"))?;
    let versions = listed.common_prefixes().iter().filter_map(|prefix| {
        let name = prefix.prefix()?.strip_prefix(&place.store.prefix)?;
        Version::parse(name.trim_end_matches('/'))
    });
    let old = versions.filter(|version| {
        let is_kept = [&shown.version, &shown.before]
            .into_iter()
            .any(|kept| kept.as_ref() == Some(version));
        !is_kept && version.is_older(GRACE, now)
    });
    for version in old.take(MOST) {
        remove(client, place, &version).await?;
    }
    Ok(())
}

/// Removes all objects of a version.
pub(super) async fn remove(
    client: &Client,
    place: &Place<'_>,
    version: &Version,
) -> Result<(), Fault> {
    const OPERATION: &str = "previews.remove";
    let broken = |why: String| Fault::new(OPERATION, FaultKind::Broken, why);
    loop {
        let listed = client
            .list_objects_v2()
            .bucket(&place.store.bucket)
            .prefix(place.prefix(version))
            .send()
            .await
            .map_err(fault("previews.list"))?;
        let keys = listed.contents().iter().filter_map(|object| object.key());
        let objects: Result<Vec<_>, _> = keys
            .map(|key| ObjectIdentifier::builder().key(key).build())
            .collect();
        let objects = objects.map_err(|error| broken(error.to_string()))?;
        if objects.is_empty() {
            return Ok(());
        }
        let delete = Delete::builder().set_objects(Some(objects)).quiet(true);
        let delete = delete.build().map_err(|error| broken(error.to_string()))?;
        let deleted = client
            .delete_objects()
            .bucket(&place.store.bucket)
            .delete(delete)
            .send()
            .await
            .map_err(fault(OPERATION))?;
        if let Some(error) = deleted.errors().first() {
            let code = error.code().unwrap_or("no code");
            return Err(broken(format!("AWS did not delete an object: {code}")));
        }
    }
}
