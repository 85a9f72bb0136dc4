//! The files of a worktree: which of them an edit may read and write.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::document::format_of;
use super::outcome::FileEdit;
use super::site::Site;

/// Largest file that is read, in bytes.
pub const MAX_FILE: u64 = 1 << 20;
/// Most files that are read.
pub const MAX_FILES: usize = 2_000;
/// Most bytes that are read in all.
pub const MAX_TOTAL: u64 = 32 << 20;

/// Why a site could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// The file system refused.
    #[error("cannot access {path}")]
    Io {
        /// Relative to the worktree.
        path: String,
        /// What it said.
        #[source]
        source: io::Error,
    },
    /// A path that leads out of the worktree, or to something that is no plain file.
    #[error("{path} is no plain file of the site")]
    Unsafe {
        /// As given.
        path: String,
    },
}

/// Reads the editable ones among `files`, given relative to the worktree: HTML, Markdown and plain text in UTF-8.
/// Dotfiles, `node_modules`, links, files above [`MAX_FILE`] and what is beyond [`MAX_FILES`] or [`MAX_TOTAL`] are left
/// out. Blocking.
///
/// The caller names the files, because a worktree also holds what a build has made: the same text a second time.
pub fn load_site(worktree: &Path, files: &[PathBuf]) -> Result<Site, SiteError> {
    let mut pages: Vec<(String, String)> = Vec::new();
    let mut total = 0;
    let mut named: Vec<&str> = files.iter().filter_map(|file| file.to_str()).collect();
    // In order, so that the same worktree gives the same site.
    named.sort_unstable();
    for path in named.into_iter().filter(|path| is_editable(path)) {
        if pages.len() >= MAX_FILES {
            break;
        }
        let failed = |source| SiteError::Io {
            path: path.to_owned(),
            source,
        };
        if !is_plain(worktree, path).map_err(failed)? {
            continue;
        }
        let text = read(&worktree.join(path)).map_err(failed)?;
        if let Some(text) = text.filter(|text| total + text.len() as u64 <= MAX_TOTAL) {
            total += text.len() as u64;
            pages.push((path.to_owned(), text));
        }
    }
    Ok(Site::new(pages))
}

/// Whether a path is a page's, and in no folder that is not the site's own.
fn is_editable(path: &str) -> bool {
    let own = |part: &str| !part.starts_with('.') && part != "node_modules";
    path.split('/').all(own) && format_of(path).is_some()
}

/// The text of a file; `None` for one that is too large or no UTF-8.
fn read(path: &Path) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    // One byte more than allowed tells a file that is too large, even if it grew meanwhile.
    open_plain(path)?
        .take(MAX_FILE + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE {
        return Ok(None);
    }
    Ok(String::from_utf8(bytes).ok())
}

/// Opens a file without following a link in its last step.
fn open_plain(path: &Path) -> io::Result<fs::File> {
    use rustix::fs::{Mode, OFlags, open};
    let file = fs::File::from(open(
        path,
        OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK,
        Mode::empty(),
    )?);
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::ErrorKind::InvalidInput.into())
    }
}

/// Writes edits into a worktree. Only plain files that are there are written; a path that leads out, also
/// through a link that appeared meanwhile, fails the whole before anything is written. Blocking.
pub fn write_edits(worktree: &Path, edits: &[FileEdit]) -> Result<(), SiteError> {
    for edit in edits {
        check(worktree, &edit.path)?;
    }
    for edit in edits {
        write(worktree, edit).map_err(|source| SiteError::Io {
            path: edit.path.clone(),
            source,
        })?;
    }
    Ok(())
}

fn check(worktree: &Path, path: &str) -> Result<(), SiteError> {
    let refused = || SiteError::Unsafe {
        path: path.to_owned(),
    };
    let parts: Vec<&str> = path.split('/').collect();
    if parts
        .iter()
        .any(|p| p.is_empty() || p.starts_with('.') || p.contains('\0'))
    {
        return Err(refused());
    }
    let plain = is_plain(worktree, path).map_err(|source| SiteError::Io {
        path: path.to_owned(),
        source,
    })?;
    if plain { Ok(()) } else { Err(refused()) }
}

/// Whether a path names a plain file, and nothing on the way is a link.
fn is_plain(worktree: &Path, path: &str) -> io::Result<bool> {
    let mut at = worktree.to_owned();
    let mut parts = path.split('/').peekable();
    while let Some(part) = parts.next() {
        at.push(part);
        let kind = match fs::symlink_metadata(&at) {
            Ok(found) => found.file_type(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        };
        let wanted = if parts.peek().is_some() {
            kind.is_dir()
        } else {
            kind.is_file()
        };
        if !wanted {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Replaces a file as a whole: a build that runs meanwhile reads the old or the new, never half of it.
fn write(worktree: &Path, edit: &FileEdit) -> io::Result<()> {
    let path = worktree.join(&edit.path);
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let temporary = path.with_file_name(format!(".{name}.hermes"));
    let permissions = fs::symlink_metadata(&path)?.permissions();
    // What a killed worker left is in the way of `create_new`, which keeps us from writing through a link.
    match fs::remove_file(&temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut file = fs::File::options()
        .write(true)
        .create_new(true)
        .open(&temporary)?;
    let written = file
        .write_all(edit.new_text.as_bytes())
        .and_then(|()| file.set_permissions(permissions))
        .and_then(|()| fs::rename(&temporary, &path));
    if written.is_err() {
        fs::remove_file(&temporary).or_else(|error| {
            if error.kind() == io::ErrorKind::NotFound {
                Ok(())
            } else {
                Err(error)
            }
        })?;
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn edit(path: &str) -> FileEdit {
        FileEdit {
            path: path.to_owned(),
            new_text: "new".to_owned(),
        }
    }

    #[test]
    fn only_pages_of_the_site_are_read() {
        let root = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret.html"), "secret").unwrap();
        for folder in [".git", "node_modules", "blog", ".hidden"] {
            fs::create_dir(root.path().join(folder)).unwrap();
            fs::write(root.path().join(folder).join("a.html"), folder).unwrap();
        }
        for file in [
            "index.html",
            "notes.txt",
            "style.css",
            ".draft.html",
            "README.md",
            "post.md",
        ] {
            fs::write(root.path().join(file), "x").unwrap();
        }
        fs::write(root.path().join("latin.html"), [0xe9]).unwrap();
        fs::write(root.path().join("big.html"), vec![b'x'; (1 << 20) + 1]).unwrap();
        symlink(
            outside.path().join("secret.html"),
            root.path().join("link.html"),
        )
        .unwrap();
        symlink(outside.path(), root.path().join("linked")).unwrap();
        let files = [
            ".draft.html",
            ".git/a.html",
            "README.md",
            "big.html",
            "blog/a.html",
            "index.html",
            "latin.html",
            "link.html",
            "linked/secret.html",
            "node_modules/a.html",
            "notes.txt",
            "post.md",
            "style.css",
        ];
        let site = load_site(root.path(), &files.map(PathBuf::from)).unwrap();
        let pages = site.pages();
        let paths: Vec<&str> = pages.iter().map(|p| p.path.as_str()).collect();
        assert_eq!(paths, ["blog/a.html", "index.html", "notes.txt", "post.md"]);
    }

    #[test]
    fn edits_are_written_whole_and_keep_the_mode() {
        use std::os::unix::fs::PermissionsExt as _;
        let root = tempfile::tempdir().unwrap();
        let page = root.path().join("a.html");
        fs::write(&page, "old").unwrap();
        fs::set_permissions(&page, fs::Permissions::from_mode(0o640)).unwrap();
        write_edits(root.path(), &[edit("a.html")]).unwrap();
        assert_eq!(fs::read_to_string(&page).unwrap(), "new");
        assert_eq!(
            fs::metadata(&page).unwrap().permissions().mode() & 0o777,
            0o640
        );
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    }

    #[test]
    fn nothing_is_written_outside_or_through_a_link() {
        let root = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        let secret = outside.path().join("a.html");
        fs::write(&secret, "old").unwrap();
        fs::write(root.path().join("good.html"), "old").unwrap();
        symlink(&secret, root.path().join("link.html")).unwrap();
        symlink(outside.path(), root.path().join("linked")).unwrap();
        for path in [
            "link.html",
            "linked/a.html",
            "../a.html",
            "/a.html",
            ".git/a.html",
            "gone.html",
        ] {
            assert!(
                write_edits(root.path(), &[edit("good.html"), edit(path)]).is_err(),
                "{path}"
            );
        }
        assert_eq!(fs::read_to_string(secret).unwrap(), "old");
        assert_eq!(
            fs::read_to_string(root.path().join("good.html")).unwrap(),
            "old"
        );
    }
}
