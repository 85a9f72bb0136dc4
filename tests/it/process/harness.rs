//! A running `hermes serve`, and what a test wants to know of it.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::Value;

/// Longest wait for anything; far above what a slow machine needs.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);

/// The binary with a clean environment.
pub(super) fn hermes(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hermes"));
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .current_dir(folder)
        .stdin(Stdio::null());
    command
}

/// A client for plain HTTP; the TLS library wants a provider all the same.
pub(super) fn client() -> Client {
    // another test may have been first
    rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .ok();
    Client::builder().no_proxy().build().unwrap()
}

/// A service in a child process; killed when it is dropped.
pub(super) struct Hermes {
    child: Child,
    pub(super) url: String,
    log: Arc<Mutex<Vec<String>>>,
}

impl Hermes {
    /// Starts it on a free port and waits until it listens.
    pub(super) fn start(folder: &Path, settings: &[(&str, &str)]) -> Self {
        let mut child = hermes(folder)
            .args([
                "serve",
                "--host",
                "127.0.0.1",
                "--port",
                "0",
                "--log-format",
                "json",
            ])
            .envs(settings.iter().copied())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap())
            .lines()
            .map_while(Result::ok);
        let mut seen = Vec::new();
        let port = loop {
            let line = lines
                .next()
                .unwrap_or_else(|| panic!("it ended before it listened: {seen:#?}"));
            if let Some((_, rest)) = line.split_once("listening on 127.0.0.1:") {
                break rest
                    .chars()
                    .take_while(char::is_ascii_digit)
                    .collect::<String>();
            }
            seen.push(line);
        };
        let log = Arc::new(Mutex::new(seen));
        let kept = Arc::clone(&log);
        std::thread::spawn(move || lines.for_each(|line| kept.lock().unwrap().push(line)));
        Self {
            child,
            url: format!("http://127.0.0.1:{port}"),
            log,
        }
    }

    /// SIGKILL: the process gets no chance to do anything.
    pub(super) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop, and answers its exit code and how long that took.
    pub(super) fn terminate(mut self) -> (Option<i32>, Duration) {
        let pid = rustix::process::Pid::from_child(&self.child);
        let begun = Instant::now();
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        let status = self.child.wait().unwrap();
        (status.code(), begun.elapsed())
    }

    /// What it has logged so far.
    pub(super) fn log(&self) -> String {
        self.log.lock().unwrap().join("\n")
    }

    /// Posts a mail and answers what was said, or nothing when it could not be reached.
    pub(super) async fn post_mail(&self, mail: &str) -> Option<(u16, Value)> {
        let answer = client()
            .post(format!("{}/hermes/api/mail", self.url))
            .header("content-type", "message/rfc822")
            .body(mail.to_owned())
            .send()
            .await
            .ok()?;
        let status = answer.status().as_u16();
        Some((status, answer.json().await.ok()?))
    }

    /// Posts JSON.
    pub(super) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        let answer = client()
            .post(format!("{}{path}", self.url))
            .json(&body)
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// Gets JSON.
    pub(super) async fn get(&self, path: &str) -> (u16, Value) {
        let request = client()
            .get(format!("{}{path}", self.url))
            .header("accept", "application/json");
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }
}

impl Drop for Hermes {
    fn drop(&mut self) {
        // it may be gone already
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Looks again and again until `look` finds something. Another process's files have no event to wait for.
pub(super) async fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The answers in the outbox, by file.
pub(super) fn outbox(data: &Path) -> Vec<(PathBuf, String)> {
    let Ok(files) = std::fs::read_dir(data.join("outbox")) else {
        return Vec::new();
    };
    let mut mails: Vec<_> = files
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "eml"))
        .map(|path| (path.clone(), std::fs::read_to_string(path).unwrap()))
        .collect();
    mails.sort();
    mails
}

/// The value of a header that stands on one line.
pub(super) fn header<'m>(mail: &'m str, name: &str) -> &'m str {
    let mut lines = mail.lines().take_while(|line| !line.is_empty());
    lines
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
        .unwrap_or_default()
}

/// The answer of git about the demo's repository.
pub(super) fn git(data: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .arg("--git-dir")
        .arg(data.join("repos/demo.git"))
        .args(arguments)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "git {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// A mail of a member of the demo project.
pub(super) fn mail(from: &str, id: &str, text: &str) -> String {
    format!(
        "From: {from}\r\nTo: edit@hermes.localhost\r\nSubject: A wish\r\nMessage-ID: <{id}>\r\n\
         Date: Sat, 21 Nov 2026 10:00:00 +0000\r\n\r\n{text}\r\n"
    )
}
