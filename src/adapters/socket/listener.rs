//! The socket in the data folder.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{DirBuilderExt as _, FileTypeExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use tokio::net::UnixListener;

use crate::domain::ids::hex;
use crate::ports::entropy::Entropy;
use crate::ports::fault::{Fault, FaultKind};

/// Longest path in bytes that a Unix socket can have.
const MAX_PATH: usize = 107;

/// A bound socket that only its owner may use; its file is gone when it is dropped.
#[derive(Debug)]
pub struct WorkerSocket {
    pub(super) listener: UnixListener,
    pub(super) place: Place,
}

/// Where the socket is in the file system; removed when dropped.
#[derive(Debug)]
pub(super) struct Place {
    path: PathBuf,
    /// The folder that was made for it alone.
    folder: Option<PathBuf>,
}

impl WorkerSocket {
    /// Binds `worker.sock` in the data folder, in place of what an earlier Hermes has left there; the caller holds the
    /// folder's lock. If its path is too long for a socket, it is made in a new folder under the system's temporary one.
    pub fn bind(data: &Path, entropy: &dyn Entropy) -> Result<Self, Fault> {
        Self::try_bind(data, entropy).map_err(|error| {
            let kind = if error.kind() == io::ErrorKind::PermissionDenied {
                FaultKind::Denied
            } else {
                FaultKind::Broken
            };
            Fault::new("bind the workers' socket", kind, error)
        })
    }

    fn try_bind(data: &Path, entropy: &dyn Entropy) -> io::Result<Self> {
        let place = Place::choose(data, entropy)?;
        let listener = UnixListener::bind(&place.path)?;
        // Whoever connects before this line still needs a token.
        fs::set_permissions(&place.path, Permissions::from_mode(0o600))?;
        Ok(Self { listener, place })
    }

    /// Where workers find it.
    pub fn path(&self) -> &Path {
        &self.place.path
    }
}

impl Place {
    fn choose(data: &Path, entropy: &dyn Entropy) -> io::Result<Self> {
        let path = data.join("worker.sock");
        if path.as_os_str().as_bytes().len() <= MAX_PATH {
            remove_stale(&path)?;
            return Ok(Self { path, folder: None });
        }
        let mut bytes = [0; 8];
        entropy.fill(&mut bytes);
        let folder = std::env::temp_dir().join(format!("hermes-{}", hex(&bytes)));
        DirBuilder::new().mode(0o700).create(&folder)?;
        Ok(Self {
            path: folder.join("worker.sock"),
            folder: Some(folder),
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let file = fs::remove_file(&self.path);
        let folder = self.folder.as_ref().map_or(Ok(()), fs::remove_dir);
        if let Err(error) = file.and(folder) {
            tracing::debug!(path = %self.path.display(), %error, "cannot remove the workers' socket");
        }
    }
}

fn remove_stale(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(meta) if meta.file_type().is_socket() => fs::remove_file(path),
        Ok(_) => Err(io::Error::new(
            io::ErrorKind::AlreadyExists,
            format!("{} is there and is no socket", path.display()),
        )),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}
