//! Copies a folder that an agent could write anything into: no link is followed, no device opened, nothing unbounded.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use rustix::fs::{CWD, Dir, Mode, OFlags, openat};

/// Most files and folders of a preview.
const MAX_ENTRIES: u32 = 20_000;

/// Most bytes of a preview: 1 GB.
const MAX_BYTES: u64 = 1_000_000_000;

/// Most folders inside one another.
const MAX_DEPTH: u32 = 64;

/// How much may still be copied.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget {
    pub(super) entries: u32,
    pub(super) bytes: u64,
    pub(super) depth: u32,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            entries: MAX_ENTRIES,
            bytes: MAX_BYTES,
            depth: MAX_DEPTH,
        }
    }
}

/// Copies the regular files and folders of `from` into the folder `to`, which is there and empty. Links, dotfiles and
/// anything else are left out. Fails when `budget` is used up, with what was copied so far left in place.
pub(super) fn copy_folder(from: &Path, to: &Path, mut budget: Budget) -> io::Result<()> {
    copy_level(&open_folder(CWD, from)?, to, &mut budget)
}

fn copy_level(from: &File, to: &Path, budget: &mut Budget) -> io::Result<()> {
    for entry in Dir::read_from(from)? {
        let entry = entry?;
        let name = OsStr::from_bytes(entry.file_name().to_bytes());
        if name.as_bytes().starts_with(b".") {
            continue;
        }
        // Whatever the entry was when it was listed, what is opened is no link, and is asked what it is.
        let Ok(source) = openat(from, name, READ, Mode::empty()) else {
            continue;
        };
        let mut source = File::from(source);
        let kind = source.metadata()?.file_type();
        let target = to.join(name);
        if kind.is_dir() {
            budget.take_entry()?;
            budget.depth = budget
                .depth
                .checked_sub(1)
                .ok_or_else(|| too_much("folders inside one another"))?;
            fs::create_dir(&target)?;
            copy_level(&source, &target, budget)?;
            budget.depth += 1;
        } else if kind.is_file() {
            budget.take_entry()?;
            let mut copy = File::create_new(&target)?;
            let limit = budget.bytes.saturating_add(1);
            let copied = io::copy(&mut source.by_ref().take(limit), &mut copy)?;
            budget.bytes = budget
                .bytes
                .checked_sub(copied)
                .ok_or_else(|| too_much("bytes"))?;
        }
    }
    Ok(())
}

/// Opens no link; never waits for the other end of a pipe.
const READ: OFlags = OFlags::RDONLY
    .union(OFlags::NOFOLLOW)
    .union(OFlags::NONBLOCK)
    .union(OFlags::CLOEXEC);

fn open_folder(at: std::os::fd::BorrowedFd<'_>, path: &Path) -> io::Result<File> {
    let folder = openat(at, path, READ | OFlags::DIRECTORY, Mode::empty())?;
    Ok(File::from(folder))
}

impl Budget {
    fn take_entry(&mut self) -> io::Result<()> {
        self.entries = self
            .entries
            .checked_sub(1)
            .ok_or_else(|| too_much("files"))?;
        Ok(())
    }
}

fn too_much(what: &str) -> io::Error {
    let message = format!("the website has too many {what} for a preview");
    io::Error::new(io::ErrorKind::FileTooLarge, message)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn site() -> (tempfile::TempDir, tempfile::TempDir) {
        let from = tempfile::tempdir().unwrap();
        fs::create_dir_all(from.path().join("a/b")).unwrap();
        fs::write(from.path().join("index.html"), "index").unwrap();
        fs::write(from.path().join("a/b/page.html"), "page").unwrap();
        (from, tempfile::tempdir().unwrap())
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn files_and_folders_are_copied_and_nothing_else() {
        let (from, to) = site();
        let secret = tempfile::tempdir().unwrap();
        fs::write(secret.path().join("key"), "secret").unwrap();
        fs::write(from.path().join(".env"), "secret").unwrap();
        fs::create_dir(from.path().join(".git")).unwrap();
        symlink(secret.path(), from.path().join("folder-link")).unwrap();
        symlink(secret.path().join("key"), from.path().join("file-link")).unwrap();
        let pipe = from.path().join("pipe");
        rustix::fs::mknodat(CWD, &pipe, rustix::fs::FileType::Fifo, Mode::RWXU, 0).unwrap();
        copy_folder(from.path(), to.path(), Budget::default()).unwrap();
        assert_eq!(names(to.path()), ["a", "index.html"]);
        assert_eq!(fs::read(to.path().join("a/b/page.html")).unwrap(), b"page");
    }

    #[test]
    fn a_link_in_place_of_the_folder_is_refused() {
        let (from, to) = site();
        let link = to.path().join("link");
        symlink(from.path(), &link).unwrap();
        assert!(copy_folder(&link, to.path(), Budget::default()).is_err());
    }

    #[test]
    fn every_bound_holds_and_what_just_fits_is_copied() {
        let fits = Budget {
            entries: 4,
            bytes: 9,
            depth: 2,
        };
        let (from, to) = site();
        copy_folder(from.path(), to.path(), fits).unwrap();
        let tight = [
            Budget { entries: 3, ..fits },
            Budget { bytes: 8, ..fits },
            Budget { depth: 1, ..fits },
        ];
        for budget in tight {
            let (from, to) = site();
            let error = copy_folder(from.path(), to.path(), budget).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::FileTooLarge, "{budget:?}");
        }
    }
}
