//! The file that a worker's output goes to.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Size in bytes from which a log begins anew; the part before is kept once, beside it.
const MAX_BYTES: u64 = 5 * 1024 * 1024;

/// `<container>.log`, and what came before it in `<container>.log.1`.
#[derive(Debug)]
pub(super) struct WorkerLog {
    path: PathBuf,
}

impl WorkerLog {
    pub(super) fn new(folder: &Path, name: &str) -> Self {
        Self {
            path: folder.join(format!("{name}.log")),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Opens it for a worker to write to; a full one begins anew.
    pub(super) fn open(&self) -> io::Result<File> {
        self.rotate()?;
        OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.path)
    }

    /// Whether [`WorkerLog::rotate`] would do anything.
    pub(super) fn is_full(&self) -> bool {
        fs::metadata(&self.path).is_ok_and(|meta| meta.len() > MAX_BYTES)
    }

    /// Begins a full log anew. The worker may go on writing meanwhile: it holds the file itself, opened for appending,
    /// so the file is emptied, not replaced; lines written between the copy and that are lost.
    pub(super) fn rotate(&self) -> io::Result<()> {
        if !self.is_full() {
            return Ok(());
        }
        let mut log = OpenOptions::new().read(true).write(true).open(&self.path)?;
        let start = log.metadata()?.len().saturating_sub(MAX_BYTES);
        log.seek(SeekFrom::Start(start))?;
        let mut kept = File::create(self.path.with_extension("log.1"))?;
        io::copy(&mut Read::by_ref(&mut log).take(MAX_BYTES), &mut kept)?;
        log.set_len(0)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_full_log_begins_anew_under_its_writer() {
        let folder = tempfile::tempdir().unwrap();
        let log = WorkerLog::new(folder.path(), "site");
        let mut writer = log.open().unwrap();
        let line = [b'x'; 1024];
        for _ in 0..=MAX_BYTES / 1024 {
            writer.write_all(&line).unwrap();
        }
        writer.write_all(b"last").unwrap();
        assert!(log.is_full());
        log.rotate().unwrap();
        writer.write_all(b"next").unwrap();
        assert_eq!(fs::read(log.path()).unwrap(), b"next");
        let kept = fs::read(folder.path().join("site.log.1")).unwrap();
        assert_eq!(kept.len() as u64, MAX_BYTES);
        assert!(kept.ends_with(b"last"));
    }
}
