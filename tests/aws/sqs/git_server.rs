//! A git server that wants a password, over https.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::trial::Ignored;

/// Serves the repositories of a folder; ends with its standard input.
pub(super) struct GitServer {
    process: Child,
    port: u16,
    folder: PathBuf,
}

impl GitServer {
    /// Serves `folder` to whoever knows the password.
    pub(super) fn start(folder: &Path, user: &str, password: &str) -> Result<Self, Ignored> {
        certify(folder)?;
        let mut process = Command::new("python3")
            .args(["-c", include_str!("git_server.py")])
            .arg(folder)
            .args([folder.join("cert.pem"), folder.join("key.pem")])
            .arg(format!("{user}:{password}"))
            .arg(folder.join("refusals"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| Ignored(format!("needs python3: {error}")))?;
        let mut port = String::new();
        BufReader::new(process.stdout.take().expect("its output"))
            .read_line(&mut port)
            .expect("it says its port");
        Ok(Self {
            port: port.trim().parse().expect("its port"),
            process,
            folder: folder.to_owned(),
        })
    }

    /// Its address.
    pub(super) fn origin(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    /// Who signs for it.
    pub(super) fn certificate(&self) -> PathBuf {
        self.folder.join("cert.pem")
    }

    /// Requests without the right password.
    pub(super) fn refused(&self) -> usize {
        fs::read(self.folder.join("refusals")).map_or(0, |marks| marks.len())
    }
}

impl Drop for GitServer {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn certify(folder: &Path) -> Result<(), Ignored> {
    let made = Command::new("openssl")
        .args([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
        ])
        .args([
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
        ])
        .arg("-keyout")
        .arg(folder.join("key.pem"))
        .arg("-out")
        .arg(folder.join("cert.pem"))
        .output()
        .map_err(|error| Ignored(format!("needs openssl: {error}")))?;
    let said = String::from_utf8_lossy(&made.stderr);
    if made.status.success() {
        Ok(())
    } else {
        Err(Ignored(format!("needs openssl: {said}")))
    }
}
