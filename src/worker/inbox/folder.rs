//! The folder itself, made and removed without following links.

use std::io;
use std::path::{Path, PathBuf};

use tokio::fs;
use tokio::io::AsyncWriteExt as _;

/// Its name in the worktree.
pub(crate) const NAME: &str = ".hermes-inbox";

/// Removes whatever has the folder's name, and nothing that a link there leads to.
pub(crate) async fn remove(tree: &Path) -> io::Result<()> {
    let path = tree.join(NAME);
    match fs::symlink_metadata(&path).await {
        Ok(found) if found.is_dir() => fs::remove_dir_all(&path).await,
        Ok(_) => fs::remove_file(&path).await,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// A folder that was made for one command.
#[derive(Debug)]
pub(crate) struct InboxFolder {
    path: PathBuf,
}

impl InboxFolder {
    /// Makes it anew: neither a folder nor a link that is there already is taken for it.
    pub(crate) async fn make(tree: &Path) -> io::Result<Self> {
        remove(tree).await?;
        let path = tree.join(NAME);
        fs::create_dir(&path).await?;
        Ok(Self { path })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Puts a new file into it.
    pub(crate) async fn put(&self, name: &str, content: &[u8]) -> io::Result<()> {
        if !is_plain(name) {
            let what = "an attachment's name is no name of a file";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
        }
        let mut options = fs::OpenOptions::new();
        let mut file = options
            .write(true)
            .create_new(true) // follows no link
            .open(self.path.join(name))
            .await?;
        file.write_all(content).await?;
        file.flush().await
    }
}

/// Whether a name is one component of a path. Hermes has seen to that (B12); it is too important to be seen to once.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 255
        && name != "."
        && name != ".."
        && !name.contains(['/', '\\'])
        && !name.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b12_only_names_of_files_are_plain() {
        for name in [
            "",
            ".",
            "..",
            "a/b",
            "../a",
            "/etc/passwd",
            "a\\b",
            "a\0",
            "a\nb",
        ] {
            assert!(!is_plain(name), "{name:?}");
        }
        assert!(is_plain("Men\u{fc} 1.pdf"));
        assert!(!is_plain(&"x".repeat(256)));
    }

    #[tokio::test]
    async fn nothing_in_its_place_is_followed_or_kept() {
        let root = tempfile::tempdir().unwrap();
        let (tree, outside) = (root.path().join("tree"), root.path().join("outside"));
        std::fs::create_dir(&tree).unwrap();
        std::fs::create_dir(&outside).unwrap();
        std::fs::write(outside.join("kept.txt"), "x").unwrap();
        std::os::unix::fs::symlink(&outside, tree.join(NAME)).unwrap();
        let folder = InboxFolder::make(&tree).await.unwrap();
        folder.put("a.txt", b"a").await.unwrap();
        assert!(folder.put("a.txt", b"b").await.is_err(), "twice");
        assert!(folder.put("../b.txt", b"b").await.is_err());
        assert!(!outside.join("a.txt").exists() && !tree.join("b.txt").exists());
        std::os::unix::fs::symlink(&outside, folder.path().join("link")).unwrap();
        remove(&tree).await.unwrap();
        assert!(!tree.join(NAME).exists());
        assert!(outside.join("kept.txt").exists());
        remove(&tree).await.unwrap();
    }
}
