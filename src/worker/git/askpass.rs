//! Tells git the credential of the repository, and nobody else.
//!
//! Git asks for a name and a password by starting `GIT_ASKPASS`, which is this program: it hands the question to the
//! worker over a socket, and the answer to git. So the secret is in no environment, no argument and no file. The worker
//! answers while a call of git runs, only to what descends from that very call, and only about the host of the project's
//! repository: an agent that finds the socket is not answered, and a redirect leads the secret nowhere else. What it does not
//! keep out, until agents run in a sandbox: a process of the agent that has fled its group and reads the memory of git itself.

use std::ffi::OsString;
use std::io::{self, Read as _, Write as _};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixListener as StdListener, UnixStream as StdStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use secrecy::ExposeSecret as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};
use tokio::time::{sleep, timeout};

use crate::ports::git_credentials::GitCredentials;
use crate::worker::config::WorkerConfig;

/// The variable that makes this program answer git, and says where to ask.
const SOCKET: &str = "HERMES_ASKPASS";
/// Longest question that is read: a sentence with the address of a host.
const LONGEST_QUESTION: u64 = 4096;
/// How long one question may take, a look into Secrets Manager included.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// Processes between the worker and who asks: git, its helper for https, and this program are three.
const DEPTH: usize = 16;

/// What git asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Username,
    Password,
}

/// Answers git for one repository.
pub(super) struct Askpass {
    credentials: Arc<dyn GitCredentials>,
    /// This program.
    hermes: PathBuf,
    /// Host and port of the repository.
    host: String,
}

impl Askpass {
    /// For the repository of a project, if it is reached over https: nothing else asks for a password.
    pub(super) fn new(config: &WorkerConfig, credentials: Arc<dyn GitCredentials>) -> Option<Self> {
        Some(Self {
            credentials,
            hermes: config.hermes.clone(),
            host: host_of(&config.repo_url)?.to_owned(),
        })
    }

    /// Opens a counter for one call of git.
    pub(super) fn open(&self) -> io::Result<Counter<'_>> {
        /// Makes names unique within this process.
        static COUNTERS: AtomicU64 = AtomicU64::new(0);
        let number = COUNTERS.fetch_add(1, Ordering::Relaxed);
        let name = format!("hermes-askpass-{}-{number}", std::process::id());
        let listener = StdListener::bind_addr(&SocketAddr::from_abstract_name(&name)?)?;
        listener.set_nonblocking(true)?;
        Ok(Counter {
            askpass: self,
            name,
            listener: UnixListener::from_std(listener)?,
            git: Arc::default(),
        })
    }

    async fn answer(&self, question: &str) -> Option<String> {
        let wanted = wanted(question, &self.host)?;
        match self.credentials.current().await {
            Ok(credential) => Some(match wanted {
                Wanted::Username => credential.username,
                Wanted::Password => credential.password.expose_secret().to_owned(),
            }),
            Err(fault) => {
                tracing::error!(
                    error = &fault as &dyn std::error::Error,
                    "the credential of the repository cannot be read"
                );
                None
            }
        }
    }
}

impl std::fmt::Debug for Askpass {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Askpass")
            .field("host", &self.host)
            .finish_non_exhaustive()
    }
}

/// Where one call of git asks.
pub(super) struct Counter<'a> {
    askpass: &'a Askpass,
    name: String,
    listener: UnixListener,
    /// The process of the call, once it is started.
    pub(super) git: Arc<OnceLock<u32>>,
}

impl Counter<'_> {
    /// What git must be told.
    pub(super) fn environment(&self) -> [(OsString, OsString); 2] {
        [
            ("GIT_ASKPASS".into(), self.askpass.hermes.clone().into()),
            (SOCKET.into(), self.name.clone().into()),
        ]
    }

    /// Answers for as long as it is polled.
    pub(super) async fn serve(&self) -> std::convert::Infallible {
        loop {
            let Ok((stream, _)) = self.listener.accept().await else {
                sleep(Duration::from_millis(100)).await;
                continue;
            };
            // one that hangs or goes away is not answered; git says what it misses
            if let Ok(Err(error)) = timeout(ANSWER_WITHIN, self.attend(stream)).await {
                tracing::debug!(%error, "a question of git was not answered");
            }
        }
    }

    async fn attend(&self, mut stream: UnixStream) -> io::Result<()> {
        if !self.is_of_this_call(&stream)? {
            tracing::warn!("a process that git did not start has asked for the credential");
            return Ok(());
        }
        let mut question = String::new();
        let mut limited = (&mut stream).take(LONGEST_QUESTION);
        limited.read_to_string(&mut question).await?;
        if let Some(answer) = self.askpass.answer(&question).await {
            stream.write_all(answer.as_bytes()).await?;
        }
        stream.shutdown().await
    }

    /// Whether who asks descends from the call that this counter is for.
    fn is_of_this_call(&self, stream: &UnixStream) -> io::Result<bool> {
        let (Some(git), Some(asking)) = (self.git.get(), stream.peer_cred()?.pid()) else {
            return Ok(false);
        };
        let mut process = u32::try_from(asking).unwrap_or_default();
        for _ in 0..DEPTH {
            if process == *git {
                return Ok(true);
            }
            match parent(process)? {
                0 | 1 => return Ok(false),
                parent => process = parent,
            }
        }
        Ok(false)
    }
}

/// The parent of a process, from `/proc/PID/stat`: `pid (name) state parent ...`, where a name may hold anything.
fn parent(process: u32) -> io::Result<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    let rest = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let parent = rest
        .split(' ')
        .nth(1)
        .and_then(|parent| parent.parse().ok());
    parent.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "not a process's stat"))
}

/// Host and port of an https URL, without a name before them.
fn host_of(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    (!host.is_empty()).then_some(host)
}

/// What git asks for, if it asks about `host`: `Password for 'https://name@host': `.
fn wanted(question: &str, host: &str) -> Option<Wanted> {
    let (wanted, rest) = if let Some(rest) = question.strip_prefix("Username for '") {
        (Wanted::Username, rest)
    } else {
        (Wanted::Password, question.strip_prefix("Password for '")?)
    };
    let (url, _) = rest.rsplit_once('\'')?;
    host_of(url)?.eq_ignore_ascii_case(host).then_some(wanted)
}

/// Whether this process was started by git to ask; then where.
pub fn asks(variable: impl Fn(&str) -> Option<OsString>) -> Option<OsString> {
    variable(SOCKET)
}

/// Hands git's question to the worker and writes the answer to standard output. An error means that there is none.
pub fn ask(socket: &std::ffi::OsStr, question: &str) -> io::Result<()> {
    let address = SocketAddr::from_abstract_name(socket.as_encoded_bytes())?;
    let mut stream = StdStream::connect_addr(&address)?;
    stream.write_all(question.as_bytes())?;
    stream.shutdown(std::net::Shutdown::Write)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    if answer.is_empty() {
        return Err(io::Error::new(io::ErrorKind::NotFound, "no credential"));
    }
    answer.push(b'\n');
    io::stdout().write_all(&answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_questions_about_the_repositorys_host_are_answered() {
        let host = host_of("https://bot@Git.example.com:8443/acme/site.git").unwrap();
        assert_eq!(host, "Git.example.com:8443");
        for (question, expected) in [
            (
                "Username for 'https://git.example.com:8443': ",
                Some(Wanted::Username),
            ),
            (
                "Password for 'https://bot@git.example.com:8443': ",
                Some(Wanted::Password),
            ),
            ("Password for 'https://bot@git.example.com': ", None),
            (
                "Password for 'https://git.example.com:8443@evil.example': ",
                None,
            ),
            ("Password for 'http://git.example.com:8443': ", None),
            ("Enter passphrase for key '/home/a/.ssh/id': ", None),
            ("", None),
        ] {
            assert_eq!(wanted(question, host), expected, "{question}");
        }
        for url in [
            "ssh://git@example.com/a.git",
            "/srv/a.git",
            "file:///a.git",
            "https:///a",
        ] {
            assert_eq!(host_of(url), None, "{url}");
        }
    }

    #[test]
    fn a_process_knows_its_parent() {
        let parent = parent(std::process::id()).unwrap();
        assert_eq!(parent, std::os::unix::process::parent_id());
    }
}
