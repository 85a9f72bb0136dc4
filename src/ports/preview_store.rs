//! What previews show: the last good output of each thread.

use std::path::{Path, PathBuf};

use async_trait::async_trait;

use super::fault::Fault;
use crate::domain::ids::{ClientId, ProjectId, SessionId};

/// Names a preview: stores may keep those of a client or project apart.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each field is the id of its type")]
pub struct PreviewOf {
    pub client: ClientId,
    pub project: ProjectId,
    pub session: SessionId,
}

/// What is found at a path of a preview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A regular file inside the preview, safe to serve.
    File(PathBuf),
    /// The preview is there, the path is not; also for dotfiles and links that lead out.
    Missing,
    /// Nothing was published for this session yet.
    Unpublished,
    /// Another server has it.
    Elsewhere(String),
}

/// Publishes and finds previews.
///
/// `publish` replaces the whole preview at once: whoever reads sees all of the old one or all of the new one.
/// Links and dotfiles in the folder are not published.
#[async_trait]
pub trait PreviewStore: Send + Sync {
    /// Makes the files of `folder` the preview of a session.
    async fn publish(&self, preview: &PreviewOf, folder: &Path) -> Result<(), Fault>;

    /// The file at the URL path `path`, which is not decoded yet and may try anything; a folder is its `index.html`,
    /// and a name without ending may be an `.html` file.
    async fn find(&self, preview: &PreviewOf, path: &str) -> Result<Found, Fault>;
}
