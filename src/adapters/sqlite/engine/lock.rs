//! One Hermes a folder: an advisory lock on `hermes.lock`, released by the system when the process ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::time::{Duration, Instant};

use rustix::process::{Pid, test_kill_process};

use super::connection::Layout;
use super::error::OpenError;

/// Holds the folder while it lives.
#[derive(Debug)]
pub(crate) struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Takes the folder, or says which process has it.
    pub(crate) fn take(layout: &Layout) -> Result<Self, OpenError> {
        let folder = |source| layout.folder_error(source);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(layout.lock())
            .map_err(folder)?;
        let begun = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(folder(error)),
            }
            let pid = holder(&mut file);
            if is_alive(&pid) || begun.elapsed() > FORK_WINDOW {
                let folder = layout.folder().to_owned();
                return Err(OpenError::Locked { folder, pid });
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()))
            .map_err(folder)?;
        Ok(Self { _file: file })
    }
}

/// A process that was killed in the middle of starting a child leaves its lock with that child, which lets go of it as
/// soon as it becomes another program.
const FORK_WINDOW: Duration = Duration::from_secs(2);

/// Whether there is a process of this number, so that waiting for its lock is in vain.
fn is_alive(pid: &str) -> bool {
    let pid = pid.parse().ok().and_then(Pid::from_raw);
    pid.is_some_and(|pid| test_kill_process(pid).is_ok())
}

/// The process id in the lock file, if there is a sensible one.
fn holder(file: &mut File) -> String {
    let mut text = String::new();
    let read = file
        .rewind()
        .and_then(|()| file.take(32).read_to_string(&mut text));
    let pid = text.trim();
    if read.is_ok() && !pid.is_empty() && pid.bytes().all(|b| b.is_ascii_digit()) {
        pid.to_owned()
    } else {
        "unknown".to_owned()
    }
}
