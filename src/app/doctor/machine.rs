//! The data folder and the way that mail goes out.

use std::path::Path;
use std::time::Duration;

use rustix::fs::{Access, access, statvfs};
use tokio::net::TcpStream;

use super::links::innermost;
use crate::config::{MailOut, Settings, SmtpServer};
use crate::domain::check::Check;

/// Workspaces, builds and the journal of the database want room; a full disk stops everything.
const LEAST_ROOM: u64 = 1 << 30;
/// Longest wait for a mail server.
const CONNECT: Duration = Duration::from_secs(5);

/// The folder and its disk.
pub(super) fn data(settings: &Settings) -> Vec<Check> {
    let folder = &settings.data_dir;
    vec![
        writable("data folder", "HERMES_DATA_DIR", folder),
        room(folder),
    ]
}

/// Nothing is written to try it.
fn writable(name: &str, variable: &str, folder: &Path) -> Check {
    let shown = folder.display();
    let name = format!("{name} {shown}");
    let there = existing(folder);
    let fix = format!("let the user that Hermes runs as write there (chown), or set {variable}");
    if !there.is_dir() {
        return Check::wrong(name, format!("{} is no folder", there.display()), fix);
    }
    match access(there, Access::WRITE_OK | Access::EXEC_OK) {
        Ok(()) if there == folder => Check::ok(name, "can be written"),
        Ok(()) => Check::ok(name, "is made at the first start"),
        Err(error) => {
            let detail = format!("{} cannot be written: {error}", there.display());
            Check::wrong(name, detail, fix)
        }
    }
}

/// The folder, or the nearest one above it that exists.
fn existing(folder: &Path) -> &Path {
    let mut above = folder.ancestors();
    above.find(|path| path.exists()).unwrap_or(Path::new("/"))
}

fn room(folder: &Path) -> Check {
    let name = "disk space";
    match statvfs(existing(folder)) {
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let detail = format!("{} MiB free", free >> 20);
            if free < LEAST_ROOM {
                let fix = "free some, or move the data folder (HERMES_DATA_DIR) to a larger disk";
                Check::wrong(name, detail, fix)
            } else {
                Check::ok(name, detail)
            }
        }
        Err(error) => Check::unknown(name, error.to_string(), "see df"),
    }
}

/// A folder, or a mail server.
pub(super) async fn mail_out(settings: &Settings) -> Vec<Check> {
    match &settings.mail_out {
        MailOut::Folder(folder) => vec![writable("mail folder", "HERMES_MAIL_OUT", folder)],
        MailOut::Smtp(server) => vec![smtp(server).await],
        MailOut::Ses => Vec::new(),
    }
}

/// Whether somebody answers; the login is tried with the first mail.
async fn smtp(server: &SmtpServer) -> Check {
    const FIX: &str = "see that HERMES_MAIL_OUT names the mail server and its port, and that a firewall lets it through (many networks close 25, 465 and 587)";
    let (host, port) = (server.host.as_str(), server.port);
    let name = format!("mail server {host}:{port}");
    let connected = tokio::time::timeout(CONNECT, TcpStream::connect((host, port))).await;
    match connected {
        Ok(Ok(_)) => Check::ok(name, "answers; the login is not tried"),
        Ok(Err(error)) => Check::wrong(name, innermost(&error), FIX),
        Err(_) => Check::wrong(
            name,
            format!("no answer within {} s", CONNECT.as_secs()),
            FIX,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::check::CheckState;

    #[test]
    fn a_folder_that_is_not_there_yet_is_fine_and_a_file_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let state = |path: &Path| writable("data folder", "HERMES_DATA_DIR", path).state;
        assert_eq!(state(&data.join("deep")), CheckState::Ok);
        assert!(!data.exists(), "nothing is written");
        std::fs::write(&data, "").unwrap();
        assert_eq!(state(&data), CheckState::Wrong);
        assert_eq!(state(&data.join("deep")), CheckState::Wrong);
    }
}
