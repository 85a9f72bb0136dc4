//! The one place that starts git.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::askpass::Askpass;
use crate::domain::time::Timestamp;
use crate::ports::git_credentials::GitCredentials;
use crate::worker::config::WorkerConfig;
use crate::worker::process::{self, Bounds, End, Finished, Launch};

/// For calls that stay on this machine.
const LOCAL_TIME: Duration = Duration::from_mins(1);
/// For calls that speak with the project's repository.
const REMOTE_TIME: Duration = Duration::from_mins(5);
/// Bytes of an answer; a list of files in a very large change is well below.
const ANSWER_LIMIT: usize = 16 * 1024 * 1024;
/// Settings that hold whatever the repository or the tree say. Git's own defaults allow a repository to name programs.
const SETTINGS: [&str; 9] = [
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.attributesFile=/dev/null",
    "core.excludesFile=/dev/null",
    "gc.auto=0",
    "maintenance.auto=false",
    "protocol.allow=never",
    "submodule.recurse=false",
    "credential.helper=",
];
/// The files of a repository that say what it is.
const SKELETON: [(&str, &str); 2] = [
    ("HEAD", "ref: refs/heads/none\n"),
    (
        "config",
        "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n",
    ),
];
const PROTOCOLS: [&str; 3] = ["https", "ssh", "file"];

/// A call of git that did not succeed.
#[derive(Debug, thiserror::Error)]
#[error("git {verb} failed ({cause}): {detail}")]
pub(crate) struct GitError {
    verb: &'static str,
    cause: String,
    /// What git said last, without the repository's address.
    detail: String,
}

/// Git with this container's repository.
#[derive(Debug)]
pub(crate) struct Git {
    program: PathBuf,
    folder: PathBuf,
    repository: PathBuf,
    repo_url: String,
    environment: Vec<(OsString, OsString)>,
    askpass: Option<Askpass>,
}

/// One call of git.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    verb: &'static str,
    args: Vec<OsString>,
    tree: Option<(&'a Path, &'a Path)>,
    date: Option<Timestamp>,
    input: Vec<u8>,
    time: Duration,
    is_remote: bool,
}

impl<'a> Call<'a> {
    pub(crate) fn new(verb: &'static str) -> Self {
        Self {
            verb,
            args: Vec::new(),
            tree: None,
            date: None,
            input: Vec::new(),
            time: LOCAL_TIME,
            is_remote: false,
        }
    }

    pub(crate) fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        let args = args.into_iter().map(|arg| arg.as_ref().to_owned());
        self.args.extend(args);
        self
    }

    /// Works on this folder with this index file.
    pub(crate) fn tree(mut self, tree: &'a Path, index: &'a Path) -> Self {
        self.tree = Some((tree, index));
        self
    }

    /// Date of the commit to make.
    pub(crate) fn date(mut self, at: Timestamp) -> Self {
        self.date = Some(at);
        self
    }

    pub(crate) fn input(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = input.into();
        self
    }

    /// Speaks with the project's repository, which it calls `origin`.
    pub(crate) fn remote(mut self) -> Self {
        self.time = REMOTE_TIME;
        self.is_remote = true;
        self
    }
}

/// What git answered.
#[derive(Debug)]
pub(crate) struct Answer {
    verb: &'static str,
    end: End,
    stdout: Vec<u8>,
    detail: String,
}

impl Answer {
    pub(crate) fn code(&self) -> Option<i32> {
        match self.end {
            End::Exited(code) => code,
            End::TimedOut | End::Silent | End::Cancelled => None,
        }
    }

    pub(crate) fn stdout(&self) -> &[u8] {
        &self.stdout
    }

    /// The answer as one line of text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).trim().to_owned()
    }

    pub(crate) fn ok(self) -> Result<Self, GitError> {
        match self.end {
            End::Exited(Some(0)) => Ok(self),
            End::Exited(Some(code)) => Err(self.error(format!("exit {code}"))),
            End::Exited(None) => Err(self.error("killed".to_owned())),
            End::TimedOut | End::Silent | End::Cancelled => {
                Err(self.error("no answer in time".to_owned()))
            }
        }
    }

    pub(crate) fn error(self, cause: String) -> GitError {
        GitError {
            verb: self.verb,
            cause,
            detail: self.detail,
        }
    }
}

/// Where git is. A child whose program must still be searched for is started the slow way, by a fork.
fn find_git(path: &OsStr) -> PathBuf {
    let places = std::env::split_paths(path).map(|folder| folder.join("git"));
    let mut found = places.filter(|place| place.is_absolute() && place.is_file());
    found.next().unwrap_or_else(|| PathBuf::from("git"))
}

impl Git {
    pub(crate) fn new(config: &WorkerConfig, credentials: Option<Arc<dyn GitCredentials>>) -> Self {
        let mut environment = config.git_environment.clone();
        let home = config.workspace.clone().into_os_string();
        environment.extend([("PATH".into(), config.path.clone()), ("HOME".into(), home)]);
        environment.extend(
            [
                ("LANG", "C.UTF-8"),
                ("TZ", "UTC"),
                ("GIT_CONFIG_GLOBAL", "/dev/null"),
                ("GIT_CONFIG_NOSYSTEM", "1"),
                ("GIT_ATTR_NOSYSTEM", "1"),
                ("GIT_TERMINAL_PROMPT", "0"),
                ("GIT_SSH_COMMAND", "ssh -oBatchMode=yes"),
                ("GIT_AUTHOR_NAME", "Hermes"),
                ("GIT_AUTHOR_EMAIL", "hermes@localhost"),
                ("GIT_COMMITTER_NAME", "Hermes"),
                ("GIT_COMMITTER_EMAIL", "hermes@localhost"),
                // Not an argument: arguments are for all to see, and the address may carry a secret.
                ("GIT_CONFIG_COUNT", "1"),
                ("GIT_CONFIG_KEY_0", "remote.origin.url"),
                ("GIT_CONFIG_VALUE_0", &config.repo_url),
            ]
            .map(|(name, value)| (name.into(), value.into())),
        );
        Self {
            program: find_git(&config.path),
            folder: config.workspace.clone(),
            repository: config.workspace.join("repo.git"),
            repo_url: config.repo_url.clone(),
            environment,
            askpass: credentials.and_then(|credentials| Askpass::new(config, credentials)),
        }
    }

    pub(crate) fn repository(&self) -> &Path {
        &self.repository
    }

    /// Makes the repository if it is not there, and makes its settings ours again: they can name programs, and an agent
    /// that is not confined can write them.
    async fn settle(&self) -> io::Result<()> {
        let repository = self.repository.clone();
        let settled = tokio::task::spawn_blocking(move || settle(&repository)).await;
        settled.map_err(io::Error::other)?
    }

    /// Makes the call and takes any exit code; an error means that git did not run.
    pub(crate) async fn ask(&self, call: Call<'_>) -> Result<Answer, GitError> {
        let verb = call.verb;
        let broken = |error: io::Error| GitError {
            verb,
            cause: error.to_string(),
            detail: String::new(),
        };
        self.settle().await.map_err(broken)?;
        let bounds = Bounds {
            time: call.time,
            silence: None,
            grace: Duration::from_secs(2),
            output: ANSWER_LIMIT,
        };
        let finished = self.run_to_the_end(call, bounds).await.map_err(broken)?;
        let cut = finished.stdout.cut;
        let answer = Answer {
            verb,
            end: finished.end,
            stdout: finished.stdout.into_bytes(),
            detail: self.redacted(&finished.log.into_text(20)),
        };
        if cut {
            return Err(answer.error("answer too long".to_owned()));
        }
        Ok(answer)
    }

    /// Runs git, and answers what it asks when it speaks with the project's repository.
    async fn run_to_the_end(&self, call: Call<'_>, bounds: Bounds) -> io::Result<Finished> {
        let never = CancellationToken::new();
        let askpass = self.askpass.as_ref().filter(|_| call.is_remote);
        let mut launch = self.launch(call);
        let Some(askpass) = askpass else {
            return process::run(launch, bounds, &never).await;
        };
        let counter = askpass.open()?;
        launch.environment.extend(counter.environment());
        launch.started = Some(Arc::clone(&counter.git));
        tokio::select! {
            finished = process::run(launch, bounds, &never) => finished,
            never = counter.serve() => match never {},
        }
    }

    /// Makes the call and wants it to succeed.
    pub(crate) async fn run(&self, call: Call<'_>) -> Result<Answer, GitError> {
        self.ask(call).await?.ok()
    }

    fn launch(&self, call: Call<'_>) -> Launch {
        let mut args: Vec<OsString> = vec!["--git-dir".into(), self.repository.clone().into()];
        let mut environment = self.environment.clone();
        if let Some((tree, index)) = call.tree {
            args.extend(["--work-tree".into(), tree.into()]);
            environment.push(("GIT_INDEX_FILE".into(), index.into()));
        }
        if let Some(at) = call.date {
            let date = format!("@{} +0000", at.as_secs());
            environment.push(("GIT_AUTHOR_DATE".into(), date.clone().into()));
            environment.push(("GIT_COMMITTER_DATE".into(), date.into()));
        }
        for setting in SETTINGS {
            args.extend(["-c".into(), setting.into()]);
        }
        for protocol in PROTOCOLS {
            args.extend([
                "-c".into(),
                format!("protocol.{protocol}.allow=always").into(),
            ]);
        }
        args.push(call.verb.into());
        args.extend(call.args);
        Launch {
            program: self.program.clone(),
            args,
            folder: self.folder.clone(),
            environment,
            input: call.input,
            started: None,
        }
    }

    fn redacted(&self, text: &str) -> String {
        redact(text, &self.repo_url)
    }
}

/// Git repeats the repository's address in its messages, or a part of it; whoever reads them need not know it.
fn redact(text: &str, url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_scheme, rest)| rest);
    let secret = rest.rsplit_once('@').map_or("", |(secret, _host)| secret);
    [(url, "(the repository)"), (secret, "***")]
        .iter()
        .filter(|(known, _)| !known.is_empty())
        .fold(text.to_owned(), |text, (known, instead)| {
            text.replace(known, instead)
        })
}

/// A bare repository of the oldest format, which every git reads.
fn settle(repository: &Path) -> io::Result<()> {
    for folder in ["objects", "refs"] {
        fs::create_dir_all(repository.join(folder))?;
    }
    for (name, text) in SKELETON {
        let file = repository.join(name);
        if fs::read(&file).ok().as_deref() != Some(text.as_bytes()) {
            fs::write(&file, text)?;
        }
    }
    match fs::remove_file(repository.join("commondir")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()), // it would lead to settings elsewhere
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_the_address_nor_its_secret_is_repeated() {
        let url = "https://bot:s3cret@example.com/a.git";
        let said = "cannot access 'https://bot:s3cret@example.com/a.git/': bot:s3cret is wrong";
        assert_eq!(
            redact(said, url),
            "cannot access '(the repository)/': *** is wrong"
        );
        assert_eq!(redact("fatal: x", ""), "fatal: x");
        assert_eq!(redact("in /a/b.git", "/a/b.git"), "in (the repository)");
    }
}
