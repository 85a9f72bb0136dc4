//! The outbox: outgoing mails as `.eml` files.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;

use super::fault::fault;
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::mailer::{Mailer, MailerError, OutgoingMail};

/// Writes each mail to `<reply id>.eml`; the same id again replaces the file by an equal one.
#[derive(Debug, Clone)]
pub struct FolderMailer {
    folder: PathBuf,
    /// Tells the unfinished files of two sends apart.
    sends: Arc<AtomicU64>,
}

impl FolderMailer {
    /// Opens the outbox; a folder that is not there is made, for its owner only.
    pub fn open(folder: PathBuf) -> Result<Self, Fault> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .map_err(|error| fault("open the outbox", error))?;
        Ok(Self {
            folder,
            sends: Arc::default(),
        })
    }
}

#[async_trait]
impl Mailer for FolderMailer {
    /// The same name, the same bytes.
    fn is_repeatable(&self) -> bool {
        true
    }

    async fn send(&self, mail: OutgoingMail) -> Result<String, MailerError> {
        // A mail's name may not be a hidden file's.
        let name = format!("{}.eml", mail.id.as_str().replace('.', "%2E"));
        let send = self.sends.fetch_add(1, Ordering::Relaxed);
        let unfinished = self.folder.join(format!(".{name}.{send}"));
        let folder = self.folder.clone();
        let target = folder.join(&name);
        let write =
            move || write_durably(&mail.raw, &unfinished, &target).and_then(|()| sync(&folder));
        match tokio::task::spawn_blocking(write).await {
            Ok(Ok(())) => Ok(name),
            Ok(Err(error)) => Err(fault("write a mail", error).into()),
            Err(stopped) => Err(Fault::new("write a mail", FaultKind::Transient, stopped).into()),
        }
    }
}

/// Whoever watches the folder sees the whole mail or none, also after a power loss.
fn write_durably(content: &[u8], unfinished: &Path, target: &Path) -> io::Result<()> {
    let written = File::create(unfinished).and_then(|mut file| {
        file.write_all(content)?;
        file.sync_all()
    });
    let moved = written.and_then(|()| fs::rename(unfinished, target));
    if moved.is_err() && fs::remove_file(unfinished).is_err() {
        tracing::debug!("an unfinished mail stays in the outbox");
    }
    moved
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
