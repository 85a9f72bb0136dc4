//! The files of a folder that an agent could write anything into: no link is followed, no device opened, nothing unbounded.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read as _};
use std::os::fd::{AsFd as _, BorrowedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use bytes::Bytes;
use rustix::fs::{CWD, Dir, Mode, OFlags, openat};

/// Most files and folders of a preview.
const MAX_ENTRIES: usize = 20_000;
/// Most folders inside one another.
const MAX_DEPTH: usize = 64;
/// Largest file: it is in memory while it is sent.
const MAX_FILE: u64 = 100_000_000;

/// Opens no link; never waits for the other end of a pipe.
const READ: OFlags = OFlags::RDONLY
    .union(OFlags::NOFOLLOW)
    .union(OFlags::NONBLOCK)
    .union(OFlags::CLOEXEC);

/// A folder, and what is in it.
#[derive(Debug)]
pub(super) struct Folder {
    root: File,
    files: Vec<Names>,
}

/// The names on the way from the folder to a file.
pub(super) type Names = Vec<OsString>;

impl Folder {
    /// Lists the regular files below `path`. Links, dotfiles, names that are no text, and anything else are left out.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let root = open_folder(CWD, path.as_os_str())?;
        let mut folder = Self {
            root,
            files: Vec::new(),
        };
        let mut entries = 0;
        let mut open = vec![Names::new()];
        while let Some(names) = open.pop() {
            let level = folder.descend(&names)?;
            for entry in Dir::read_from(&level)? {
                let entry = entry?;
                let name = OsStr::from_bytes(entry.file_name().to_bytes());
                if name.as_bytes().starts_with(b".") || name.to_str().is_none_or(is_odd) {
                    continue;
                }
                // whatever it was when it was listed: what is opened is no link, and is asked what it is
                let Ok(found) = openat(&level, name, READ, Mode::empty()) else {
                    continue;
                };
                let kind = File::from(found).metadata()?.file_type();
                let inside: Names = names.iter().cloned().chain([name.to_owned()]).collect();
                if kind.is_dir() {
                    open.push(inside);
                } else if kind.is_file() {
                    folder.files.push(inside);
                } else {
                    continue;
                }
                entries += 1;
                if entries > MAX_ENTRIES {
                    return Err(too_much("files"));
                }
            }
            if names.len() >= MAX_DEPTH {
                return Err(too_much("folders inside one another"));
            }
        }
        Ok(folder)
    }

    /// The files.
    pub(super) fn files(&self) -> &[Names] {
        &self.files
    }

    /// Reads a file; `None` when it is a file no more.
    pub(super) fn read(&self, names: &[OsString]) -> io::Result<Option<Bytes>> {
        let Some((name, folders)) = names.split_last() else {
            return Ok(None);
        };
        let level = self.descend(folders)?;
        let Ok(file) = openat(&level, name, READ, Mode::empty()) else {
            return Ok(None);
        };
        let file = File::from(file);
        if !file.metadata()?.is_file() {
            return Ok(None);
        }
        let mut content = Vec::new();
        let length = file.take(MAX_FILE + 1).read_to_end(&mut content)?;
        if length as u64 > MAX_FILE {
            return Err(too_much("bytes in one file"));
        }
        Ok(Some(content.into()))
    }

    fn descend(&self, names: &[OsString]) -> io::Result<File> {
        let mut level = self.root.try_clone()?;
        for name in names {
            level = open_folder(level.as_fd(), name)?;
        }
        // a clone shares its position with the original: a listing of its own begins at the beginning
        open_folder(level.as_fd(), OsStr::new("."))
    }
}

fn open_folder(at: BorrowedFd<'_>, name: &OsStr) -> io::Result<File> {
    Ok(File::from(openat(
        at,
        name,
        READ | OFlags::DIRECTORY,
        Mode::empty(),
    )?))
}

/// Names that mean something else to another system.
fn is_odd(name: &str) -> bool {
    name.contains('\\') || name.chars().any(char::is_control)
}

fn too_much(what: &str) -> io::Error {
    let message = format!("the website has too many {what} for a preview");
    io::Error::new(io::ErrorKind::FileTooLarge, message)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    fn listed(folder: &Folder) -> Vec<String> {
        let join = |names: &Names| {
            let names: Vec<_> = names.iter().map(|name| name.to_str().unwrap()).collect();
            names.join("/")
        };
        let mut files: Vec<String> = folder.files().iter().map(join).collect();
        files.sort();
        files
    }

    #[test]
    fn regular_files_are_listed_and_nothing_else() {
        let temp = tempfile::tempdir().unwrap();
        let site = temp.path().join("site");
        fs::create_dir_all(site.join("a/b")).unwrap();
        fs::create_dir_all(site.join(".git")).unwrap();
        fs::write(temp.path().join("secret"), "secret").unwrap();
        for file in [
            "index.html",
            "a/b/c.css",
            ".env",
            ".git/config",
            "odd\\name",
            "tab\tname",
        ] {
            fs::write(site.join(file), file).unwrap();
        }
        symlink("../secret", site.join("link")).unwrap();
        symlink("..", site.join("up")).unwrap();
        let folder = Folder::open(&site).unwrap();
        assert_eq!(listed(&folder), ["a/b/c.css", "index.html"]);
        let read = folder
            .read(&["a".into(), "b".into(), "c.css".into()])
            .unwrap();
        assert_eq!(read.as_deref(), Some(&b"a/b/c.css"[..]));
        assert!(Folder::open(&site.join("up")).is_err());
        assert!(Folder::open(&site.join("index.html")).is_err());
    }

    #[test]
    fn a_file_that_became_a_link_is_not_read() {
        let temp = tempfile::tempdir().unwrap();
        let site = temp.path().join("site");
        fs::create_dir_all(site.join("a")).unwrap();
        fs::write(temp.path().join("secret"), "secret").unwrap();
        fs::write(site.join("a/page"), "").unwrap();
        let folder = Folder::open(&site).unwrap();
        fs::remove_file(site.join("a/page")).unwrap();
        symlink("../../secret", site.join("a/page")).unwrap();
        assert_eq!(folder.read(&["a".into(), "page".into()]).unwrap(), None);
        fs::remove_dir_all(site.join("a")).unwrap();
        symlink(temp.path(), site.join("a")).unwrap();
        assert!(folder.read(&["a".into(), "secret".into()]).is_err());
    }

    #[test]
    fn a_folder_without_bottom_is_refused() {
        let temp = tempfile::tempdir().unwrap();
        let deep: std::path::PathBuf = (0..=MAX_DEPTH).map(|_| "d").collect();
        fs::create_dir_all(temp.path().join(deep)).unwrap();
        assert!(Folder::open(temp.path()).is_err());
    }
}
