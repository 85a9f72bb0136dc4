//! Workers that an earlier Hermes has left running (C26): found by their pid files, known by pid and start time.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::Signal;

use super::proc::{Identity, boot_id, signal_group};

/// How long a killed process may take to be gone.
const GONE_WITHIN: Duration = Duration::from_secs(2);

/// Says on disk which process is a container's worker.
#[derive(Debug)]
pub(super) struct PidFile {
    path: PathBuf,
}

impl PidFile {
    pub(super) fn new(folder: &Path, name: &str) -> Self {
        Self {
            path: folder.join(format!("{name}.pid")),
        }
    }

    /// Writes it as a whole or not at all. It need not survive a power loss, which no worker does either.
    pub(super) fn write(&self, worker: Identity) -> io::Result<()> {
        let new = self.path.with_extension("pid.new");
        fs::write(&new, format!("{} {}\n", worker.task(), boot_id()))?;
        fs::rename(&new, &self.path)
    }

    /// Removes it, if it still names this worker and not already the next one.
    pub(super) fn remove(&self, worker: Identity) {
        if self.read() == Some(worker) {
            remove_file(&self.path);
        }
    }

    /// The worker that it names, when that can be running: start times count from the machine's boot.
    fn read(&self) -> Option<Identity> {
        let text = fs::read_to_string(&self.path).ok()?;
        let (task, boot) = text.trim_end().split_once(' ')?;
        Identity::parse(task).filter(|_| boot == boot_id())
    }
}

/// Kills what the pid files of `folder` name, with its group, and removes the files. A process that has got the same
/// pid since is left alone.
pub(super) async fn kill_all(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "pid") {
            let file = PidFile { path };
            if let Some(worker) = file.read().filter(|worker| worker.leads_its_group()) {
                tracing::warn!(task = %worker.task(), "killing a worker of an earlier Hermes");
                signal_group(worker.pid, Signal::KILL)?;
                gone(worker).await;
            }
            remove_file(&file.path);
        }
    }
    Ok(())
}

/// Waits for a killed process, which is nobody's child any more, so nothing tells when it is gone. One that the kernel
/// holds longer can't run any more either: its next step is its end.
async fn gone(worker: Identity) {
    let gone = async {
        while worker.leads_its_group() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    if tokio::time::timeout(GONE_WITHIN, gone).await.is_err() {
        tracing::warn!(task = %worker.task(), "a killed worker is not gone yet");
    }
}

fn remove_file(path: &Path) {
    if let Err(error) = fs::remove_file(path) {
        tracing::warn!(path = %path.display(), %error, "cannot remove a pid file");
    }
}
