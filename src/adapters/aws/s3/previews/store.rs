//! Publishes and finds.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_s3::Client;
use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::lookup::candidates;
use super::place::{Place, Places};
use super::pointer::{shown, switch};
use super::sweep::{remove, sweep};
use super::version::Version;
use super::walk::Folder;
use crate::adapters::aws::s3::object;
use crate::adapters::aws::{Clients, fault};
use crate::config::AwsSettings;
use crate::ports::clock::Clock;
use crate::ports::entropy::Entropy;
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::preview_store::{Found, PreviewOf, PreviewStore};

/// Files that are sent at once: each is in memory, and each waits for the other side most of its time.
const UPLOADS: usize = 8;
/// A version never changes, so a browser need not ask again.
const CACHE: &str = "public, max-age=31536000, immutable";
/// Most bytes of a preview: 1 GB.
const MAX_BYTES: u64 = 1_000_000_000;

/// Previews in a bucket, where browsers get them; Hermes only says where.
///
/// A publication is complete before it is shown, and what is shown is said by one conditional write, so that of two
/// publications at once the one that began later stays. The version shown before stays for those who look at it; older
/// ones go with the next publication.
pub struct S3Previews {
    client: Client,
    places: Places,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl S3Previews {
    /// Previews where the settings say; `None` when they have no store of previews.
    pub fn new(
        clients: &Clients,
        settings: &AwsSettings,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Option<Self> {
        Some(Self {
            client: clients.s3.clone(),
            places: Places::new(settings)?,
            clock,
            entropy,
        })
    }

    fn place<'a>(&'a self, preview: &'a PreviewOf) -> Result<Place<'a>, Fault> {
        let broken = |why| Fault::new("previews.place", FaultKind::Broken, why);
        self.places.of(preview).map_err(broken)
    }

    async fn upload(
        &self,
        place: &Place<'_>,
        version: &Version,
        folder: Arc<Folder>,
    ) -> Result<(), Fault> {
        let prefix = place.prefix(version);
        let total = std::sync::atomic::AtomicU64::new(0);
        let each = folder.files().to_vec().into_iter().map(|names| {
            let folder = Arc::clone(&folder);
            let (prefix, total) = (&prefix, &total);
            async move {
                let name = key_of(&names);
                let read = blocking(move || folder.read(&names)).await?;
                let Some(content) = read else {
                    return Ok(());
                };
                let size = content.len() as u64;
                if total.fetch_add(size, std::sync::atomic::Ordering::Relaxed) + size > MAX_BYTES {
                    let why = "the website has too many bytes for a preview";
                    return Err(Fault::new("previews.publish", FaultKind::Broken, why));
                }
                self.put(place, format!("{prefix}{name}"), content).await
            }
        });
        stream::iter(each)
            .buffer_unordered(UPLOADS)
            .try_collect::<()>()
            .await
    }

    /// What is left behind is removed by a later publication.
    fn tidied(preview: &PreviewOf, removed: Result<(), Fault>) {
        if let Err(fault) = removed {
            tracing::warn!(session.id = %preview.session, error = &fault as &dyn std::error::Error,
                "an old version of the preview of session {} could not be removed", preview.session);
        }
    }

    async fn put(&self, place: &Place<'_>, key: String, content: Bytes) -> Result<(), Fault> {
        self.client
            .put_object()
            .bucket(&place.store.bucket)
            .content_type(content_type(&key))
            .cache_control(CACHE)
            .key(key)
            .body(object::body(content))
            .send()
            .await
            .map_err(fault("previews.publish"))?;
        Ok(())
    }
}

#[async_trait]
impl PreviewStore for S3Previews {
    async fn publish(&self, preview: &PreviewOf, folder: &Path) -> Result<(), Fault> {
        let place = self.place(preview)?;
        let folder = folder.to_owned();
        let folder = Arc::new(blocking(move || Folder::open(&folder)).await?);
        let before = shown(&self.client, &place).await?.version;
        let version = Version::new(self.clock.now(), before.as_ref(), &*self.entropy);
        let uploaded = self.upload(&place, &version, folder).await;
        let published = match uploaded {
            // a switch that fails may have been made all the same: the version stays
            Ok(()) => switch(&self.client, &place, &version).await,
            Err(fault) => {
                Self::tidied(preview, remove(&self.client, &place, &version).await);
                return Err(fault);
            }
        };
        let shown = published?;
        let swept = sweep(&self.client, &place, &shown, self.clock.now()).await;
        Self::tidied(preview, swept);
        Ok(())
    }

    async fn find(&self, preview: &PreviewOf, path: &str) -> Result<Found, Fault> {
        let place = self.place(preview)?;
        let Some(version) = shown(&self.client, &place).await?.version else {
            return Ok(Found::Unpublished);
        };
        let Some(files) = candidates(path) else {
            return Ok(Found::Missing);
        };
        let prefix = place.prefix(&version);
        for file in files {
            let key = format!("{prefix}{file}");
            let at = (place.store.bucket.as_str(), key.as_str());
            if object::exists(&self.client, "previews.find", at).await? {
                return Ok(Found::Elsewhere(place.url(&version, &file)));
            }
        }
        Ok(Found::Missing)
    }
}

impl std::fmt::Debug for S3Previews {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("S3Previews")
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, Fault> {
    const OPERATION: &str = "previews.read";
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(Fault::new(OPERATION, FaultKind::Broken, error)),
        Err(stopped) => Err(Fault::new(OPERATION, FaultKind::Transient, stopped)),
    }
}

/// Names were listed only if they are text.
fn key_of(names: &[OsString]) -> String {
    let names: Vec<_> = names.iter().map(|name| name.to_string_lossy()).collect();
    names.join("/")
}

/// The type of a file by its ending; texts are UTF-8, as the web has it.
fn content_type(key: &str) -> String {
    let guess = mime_guess::from_path(key).first_or_octet_stream();
    let essence = guess.essence_str();
    let is_text = guess.type_() == mime_guess::mime::TEXT
        || matches!(
            essence,
            "application/javascript" | "application/json" | "image/svg+xml"
        );
    if is_text {
        format!("{essence}; charset=utf-8")
    } else {
        essence.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_the_type_that_a_browser_needs() {
        for (key, expected) in [
            ("x/index.html", "text/html; charset=utf-8"),
            ("style.CSS", "text/css; charset=utf-8"),
            ("app.js", "text/javascript; charset=utf-8"),
            ("logo.svg", "image/svg+xml; charset=utf-8"),
            ("a.png", "image/png"),
            ("font.woff2", "font/woff2"),
            ("LICENSE", "application/octet-stream"),
        ] {
            assert_eq!(content_type(key), expected, "{key}");
        }
    }
}
