//! The files of one thread: a plain folder without any metadata of git.

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use tokio::fs;

use super::cli::{Call, Git, GitError};
use super::history::Oid;
use super::paths::{find_dot_git, leads_out};
use super::repository::{gone, oid};
use crate::worker::inbox;

/// A thread's folder.
#[derive(Debug)]
pub(crate) struct Worktree<'a> {
    git: &'a Git,
    folder: PathBuf,
    tree: PathBuf,
    index: PathBuf,
}

/// What an agent has changed.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) tree: Oid,
    pub(crate) files: Vec<String>,
}

/// Why the files cannot be brought in order or taken as they are.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TreeError {
    /// A path that no website may have.
    #[error("{0}")]
    Forbidden(String),
    /// The folder cannot be read.
    #[error("the worktree cannot be read")]
    Unreadable(#[from] io::Error),
    /// Git cannot do it.
    #[error(transparent)]
    Git(#[from] GitError),
}

const LINK: &str = "120000";
const REPOSITORY: &str = "160000";

impl<'a> Worktree<'a> {
    pub(super) fn new(git: &'a Git, folder: PathBuf) -> Self {
        Self {
            git,
            tree: folder.join("tree"),
            index: folder.join("index"),
            folder,
        }
    }

    /// Where the files are.
    pub(crate) fn path(&self) -> &Path {
        &self.tree
    }

    pub(crate) async fn throw_away(&self) -> io::Result<()> {
        gone(fs::remove_dir_all(&self.folder).await)
    }

    /// Makes the files that git knows those of a commit or tree.
    pub(crate) async fn restore(&self, to: &Oid) -> Result<(), TreeError> {
        fs::create_dir_all(&self.tree).await?;
        let read = Call::new("read-tree").args(["--reset", "-u", to.as_str()]);
        Ok(self.run(read).await?)
    }

    /// The same, and removes the files that git does not know. Those that the project ignores stay: they are caches.
    pub(crate) async fn restore_all(&self, to: &Oid) -> Result<(), TreeError> {
        fs::create_dir_all(&self.tree).await?;
        if self.dot_git().await?.is_some() {
            self.throw_away().await?; // git would not see it
        }
        inbox::remove(&self.tree).await?; // nor this, where the project ignores it
        self.restore(to).await?;
        Ok(self.run(Call::new("clean").args(["-ffdq"])).await?)
    }

    /// The regular files that git knows, as of the last [`Worktree::restore`]; not what a build has left beside them.
    pub(crate) async fn tracked(&self) -> Result<Vec<PathBuf>, GitError> {
        let list = Call::new("ls-files").args(["--stage", "-z"]);
        let list = self.git.run(list.tree(&self.tree, &self.index)).await?;
        Ok(regular_files(list.stdout())
            .map(Path::to_path_buf)
            .collect())
    }

    async fn dot_git(&self) -> io::Result<Option<PathBuf>> {
        let tree = self.tree.clone();
        let search = tokio::task::spawn_blocking(move || find_dot_git(&tree));
        search.await.map_err(io::Error::other)?
    }

    /// Takes the files as they are, as a change of `base`; `None` when nothing has changed.
    pub(crate) async fn snapshot(&self, base: &Oid) -> Result<Option<Change>, TreeError> {
        if let Some(path) = self.dot_git().await? {
            return Err(forbidden(
                &path,
                "a path named .git cannot be part of a website",
            ));
        }
        let not_inbox = format!(":(top,exclude,literal){}", inbox::NAME);
        let add = Call::new("add").args(["--all", "--", ":(top)", &not_inbox]);
        self.run(add).await?;
        let tree = oid(self.git.run(self.call("write-tree")).await?)?;
        if tree == *base {
            return Ok(None);
        }
        let diff = Call::new("diff-tree").args([
            "-r",
            "-z",
            "--raw",
            "--no-renames",
            base.as_str(),
            tree.as_str(),
        ]);
        let diff = self.git.run(diff).await?;
        let mut files = Vec::new();
        for (mode, path) in changed(diff.stdout()) {
            self.check(mode, path).await?;
            files.push(path.to_string_lossy().into_owned());
        }
        Ok(Some(Change { tree, files }))
    }

    async fn check(&self, mode: &str, path: &Path) -> Result<(), TreeError> {
        if mode == REPOSITORY {
            return Err(forbidden(
                path,
                "a repository inside the website cannot be saved",
            ));
        }
        if mode == LINK && leads_out(path, &fs::read_link(self.tree.join(path)).await?) {
            return Err(forbidden(
                path,
                "a link that leads out of the website cannot be saved",
            ));
        }
        Ok(())
    }

    fn call(&self, verb: &'static str) -> Call<'_> {
        Call::new(verb).tree(&self.tree, &self.index)
    }

    async fn run(&self, call: Call<'_>) -> Result<(), GitError> {
        self.git
            .run(call.tree(&self.tree, &self.index))
            .await
            .map(drop)
    }
}

fn forbidden(path: &Path, why: &str) -> TreeError {
    TreeError::Forbidden(format!("{}: {why}", path.display()))
}

/// Reads `diff-tree --raw -z`: the new mode and the path of every file that was changed.
fn changed(raw: &[u8]) -> impl Iterator<Item = (&str, &Path)> {
    let mut fields = raw.split(|byte| *byte == 0);
    std::iter::from_fn(move || {
        let meta = fields.next().filter(|meta| !meta.is_empty())?;
        let path = fields.next()?;
        let mode = std::str::from_utf8(meta).ok()?.split(' ').nth(1)?;
        Some((mode, Path::new(OsStr::from_bytes(path))))
    })
}

/// Reads `ls-files --stage -z`: the paths of regular files.
fn regular_files(list: &[u8]) -> impl Iterator<Item = &Path> {
    list.split(|byte| *byte == 0).filter_map(|entry| {
        let tab = entry.iter().position(|byte| *byte == b'\t')?;
        let (meta, path) = entry.split_at_checked(tab)?;
        let path = path.get(1..)?;
        meta.starts_with(b"100")
            .then(|| Path::new(OsStr::from_bytes(path)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_no_regular_files() {
        let list = [
            "100644 aa 0\ta b.html",
            "120000 bb 0\tlink.html",
            "100755 cc 0\tx\ty",
            "",
        ]
        .join("\0");
        let list = list.as_bytes();
        let paths: Vec<_> = regular_files(list)
            .map(|path| path.to_str().unwrap())
            .collect();
        assert_eq!(paths, ["a b.html", "x\ty"]);
    }

    #[test]
    fn a_raw_diff_is_read() {
        let raw = b":100644 100644 aa bb M\0a b.html\0:000000 120000 00 cc A\0link\0:100644 000000 dd 00 D\0x\0";
        let read: Vec<_> = changed(raw)
            .map(|(mode, path)| (mode, path.to_str().unwrap()))
            .collect();
        assert_eq!(
            read,
            [("100644", "a b.html"), (LINK, "link"), ("000000", "x")]
        );
    }
}
