//! Previews as folders: `<previews>/<session>/current` is a link to the version that is shown.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, symlink};
use std::path::{Path, PathBuf};

use async_trait::async_trait;

use super::copy::{Budget, copy_folder};
use super::fault::fault;
use super::lookup::find_file;
use crate::domain::ids::SessionId;
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::preview_store::{Found, PreviewOf, PreviewStore};

/// The file whose lock is the turn to publish.
const LOCK: &str = ".lock";
/// The link to the version that is shown.
const CURRENT: &str = "current";

/// Previews in a folder, one folder a session.
///
/// Each publication is a version of its own, `v1`, `v2` and so on, copied completely before the link is moved to it. The
/// one before stays, for those who found a file there and have not read it yet. A version that was not finished is never
/// shown, and goes with a later publication.
#[derive(Debug, Clone)]
pub struct FolderPreviews {
    folder: PathBuf,
}

impl FolderPreviews {
    /// Previews under `folder`, which is made at the first publication.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    fn of(&self, session: &SessionId) -> PathBuf {
        // A session's name may not be a hidden file's, nor `..`.
        self.folder.join(session.as_str().replace('.', "%2E"))
    }
}

#[async_trait]
impl PreviewStore for FolderPreviews {
    async fn publish(&self, preview: &PreviewOf, folder: &Path) -> Result<(), Fault> {
        let home = self.of(&preview.session);
        let folder = folder.to_owned();
        blocking("publish a preview", move || publish(&home, &folder)).await
    }

    async fn find(&self, preview: &PreviewOf, path: &str) -> Result<Found, Fault> {
        let home = self.of(&preview.session);
        let path = path.to_owned();
        blocking("find a preview", move || find(&home, &path)).await
    }
}

async fn blocking<T: Send + 'static>(
    operation: &'static str,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, Fault> {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(fault(operation, error)),
        Err(stopped) => Err(Fault::new(operation, FaultKind::Transient, stopped)),
    }
}

fn publish(home: &Path, folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(home)?;
    // one at a time, whichever process it is: a later one clears away what it takes for left over
    let turn = File::create(home.join(LOCK))?;
    turn.lock()?;
    let version = new_version(home)?;
    let target = version_path(home, version);
    let copied = copy_folder(folder, &target, Budget::default());
    let shown = copied.and_then(|()| show(home, version));
    if let Err(error) = shown {
        remove(&target);
        return Err(error);
    }
    Ok(())
}

/// Makes the folder of the next version.
fn new_version(home: &Path) -> io::Result<u64> {
    let mut version = versions(home)?.into_iter().max().unwrap_or(0);
    loop {
        version = version.saturating_add(1);
        match fs::create_dir(version_path(home, version)) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made.map(|()| version),
        }
    }
}

/// Moves the link, which is one step for every reader, and removes what is older than the version shown before. What is
/// newer than that may be another publication under way, or one that died: it goes the next time.
fn show(home: &Path, version: u64) -> io::Result<()> {
    let before = shown_version(home).unwrap_or(0);
    let link = link_path(home, version);
    remove_link(&link)?;
    symlink(format!("v{version}"), &link)?;
    fs::rename(&link, home.join(CURRENT))?;
    for old in versions(home)? {
        if old < before.min(version) {
            remove(&version_path(home, old));
            remove_link(&link_path(home, old))?;
        }
    }
    Ok(())
}

/// Removes a link that a publication left behind.
fn remove_link(link: &Path) -> io::Result<()> {
    match fs::remove_file(link) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Err(_) | Ok(()) => Ok(()),
    }
}

fn find(home: &Path, path: &str) -> io::Result<Found> {
    let current = home.join(CURRENT);
    loop {
        let shown = fs::read_link(&current);
        let found = match fs::canonicalize(&current) {
            Ok(root) => find_file(&root, path)?.map_or(Found::Missing, Found::File),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Found::Unpublished,
            Err(error) => return Err(error),
        };
        let still_shown = shown.ok() == fs::read_link(&current).ok();
        // what is not there may only be gone with a version that is no longer shown
        if matches!(found, Found::File(_)) || still_shown {
            return Ok(found);
        }
    }
}

fn link_path(home: &Path, version: u64) -> PathBuf {
    home.join(format!("{CURRENT}.{version}"))
}

fn version_path(home: &Path, version: u64) -> PathBuf {
    home.join(format!("v{version}"))
}

fn versions(home: &Path) -> io::Result<Vec<u64>> {
    let mut versions = Vec::new();
    for entry in fs::read_dir(home)? {
        versions.extend(version_in(Path::new(&entry?.file_name())));
    }
    Ok(versions)
}

fn shown_version(home: &Path) -> Option<u64> {
    version_in(&fs::read_link(home.join(CURRENT)).ok()?)
}

fn version_in(name: &Path) -> Option<u64> {
    name.to_str()?.strip_prefix('v')?.parse().ok()
}

/// What can't be removed now is tried again with the next publication.
fn remove(version: &Path) {
    if let Err(error) = fs::remove_dir_all(version) {
        tracing::warn!(%error, "cannot remove an old version of a preview");
    }
}
