//! The container's repository: a cache of what the project's repository has.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::fs;

use super::branch::Branch;
use super::cli::{Answer, Call, Git, GitError};
use super::history::{Commit, DEPTH, FORMAT, History, Message, Oid};
use super::worktree::Worktree;
use crate::domain::ids::ThreadId;
use crate::domain::time::Timestamp;
use crate::ports::git_credentials::GitCredentials;
use crate::worker::config::WorkerConfig;

/// A bare repository, and beside it a worktree for each thread.
#[derive(Debug)]
pub(crate) struct Repository {
    git: Git,
    threads: PathBuf,
    default_branch: String,
}

/// Why a branch could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    /// The project's repository does not answer, or does not let us in.
    #[error("the project's repository cannot be reached")]
    Unreachable(#[source] GitError),
    /// It has no default branch, so there is nothing to start from.
    #[error("the project's repository has no branch {0}")]
    NoDefaultBranch(String),
    /// Our own copy is at fault; a new one may help.
    #[error(transparent)]
    Local(#[from] GitError),
}

/// What became of a push.
#[derive(Debug)]
pub(crate) enum Push {
    Done,
    /// The project's repository will not have it, for this reason.
    Refused(String),
    /// The branch has moved on, or nobody knows: fetch and look.
    Unknown(GitError),
}

/// What became of taking a commit over to another one.
#[derive(Debug)]
pub(crate) enum Pick {
    /// This tree has both changes.
    Clean(Oid),
    /// They change the same lines.
    Conflict,
}

impl Repository {
    pub(crate) fn new(config: &WorkerConfig, credentials: Option<Arc<dyn GitCredentials>>) -> Self {
        Self {
            git: Git::new(config, credentials),
            threads: config.workspace.join("threads"),
            default_branch: config.default_branch.clone(),
        }
    }

    /// Makes its folder if it is not there; the repository in it is made when it is used.
    pub(crate) async fn prepare(&self) -> io::Result<()> {
        fs::create_dir_all(&self.threads).await
    }

    /// The worktree of a thread.
    pub(crate) fn worktree(&self, thread: &ThreadId) -> Worktree<'_> {
        // Ids by other tools may be `.` or `..`.
        Worktree::new(&self.git, self.threads.join(format!("t-{thread}")))
    }

    /// Throws away what can be fetched again: the repository and the worktree of a thread.
    pub(crate) async fn throw_away(&self, thread: &ThreadId) -> io::Result<()> {
        gone(fs::remove_dir_all(self.git.repository()).await)?;
        self.worktree(thread).throw_away().await
    }

    /// Reads a thread's branch from the project's repository.
    pub(crate) async fn fetch(&self, branch: &Branch) -> Result<History, FetchError> {
        let default = &self.default_branch;
        let fetch = Call::new("fetch")
            .args([
                "--quiet",
                "--no-tags",
                "--no-write-fetch-head",
                "--no-recurse-submodules",
                "--prune",
                "origin",
            ])
            // A pattern, because a branch that does not exist yet is no error then.
            .args([
                format!("+refs/heads/{default}:{}", tracking(default)),
                format!("+refs/heads/{branch}*:{}*", tracking(branch.as_str())),
            ])
            .remote();
        if let Err(error) = self.git.run(fetch).await {
            return Err(self.explain(error).await);
        }
        let log = self.log(tracking(branch.as_str()), DEPTH).await?;
        if log.code() == Some(0) {
            return read(log, true);
        }
        read(
            self.log(tracking(default), "--max-count=1").await?.ok()?,
            false,
        )
    }

    async fn log(&self, from: String, depth: &str) -> Result<Answer, GitError> {
        let log = Call::new("log").args([depth, FORMAT, &from, "--"]);
        self.git.ask(log).await
    }

    /// Finds out whether a fetch failed for the other side's sake or for ours.
    async fn explain(&self, error: GitError) -> FetchError {
        let default = format!("refs/heads/{}", self.default_branch);
        let heads = Call::new("ls-remote").args(["origin", &default]).remote();
        match self.git.run(heads).await {
            Ok(heads) if heads.text().is_empty() => {
                FetchError::NoDefaultBranch(self.default_branch.clone())
            }
            Ok(_) => FetchError::Local(error),
            Err(error) => FetchError::Unreachable(error),
        }
    }

    /// Makes a commit that is on no branch yet.
    pub(crate) async fn commit(
        &self,
        tree: &Oid,
        parent: &Oid,
        message: &str,
        at: Timestamp,
    ) -> Result<Oid, GitError> {
        let call = Call::new("commit-tree")
            .args([tree.as_str(), "-p", parent.as_str()])
            .input(message)
            .date(at);
        oid(self.git.run(call).await?)
    }

    /// Makes the branch this commit, if it still is what we think it is.
    pub(crate) async fn push(
        &self,
        commit: &Oid,
        branch: &Branch,
        seen: &History,
    ) -> Result<Push, GitError> {
        let expected = if seen.exists {
            seen.tip.id.as_str()
        } else {
            ""
        };
        let push = Call::new("push")
            .args(["--quiet", "--porcelain", "--no-follow-tags"])
            .args([
                format!("--force-with-lease=refs/heads/{branch}:{expected}"),
                "origin".to_owned(),
                format!("{commit}:refs/heads/{branch}"),
            ])
            .remote();
        let answer = self.git.ask(push).await?;
        if answer.code() == Some(0) {
            return Ok(Push::Done);
        }
        Ok(match refusal(&answer.text()) {
            Some(reason) => Push::Refused(reason),
            None => Push::Unknown(answer.error("not pushed".to_owned())),
        })
    }

    /// Takes the change from `base` to `ours` over to `theirs`.
    pub(crate) async fn pick(
        &self,
        base: &Commit,
        ours: &Oid,
        theirs: &Commit,
        at: Timestamp,
    ) -> Result<Pick, GitError> {
        // A branch may have been rewritten: as a child of `base`, their tree is compared with what we began from.
        let theirs = self.commit(&theirs.tree, &base.id, "theirs", at).await?;
        let merge = Call::new("merge-tree").args(["--write-tree", theirs.as_str(), ours.as_str()]);
        let answer = self.git.ask(merge).await?;
        match answer.code() {
            Some(0) => oid(answer).map(Pick::Clean),
            Some(1) => Ok(Pick::Conflict),
            _ => Err(answer.error("no merge".to_owned())),
        }
    }

    /// The summary in a commit, and the files it changes.
    pub(crate) async fn describe(&self, commit: &Oid) -> Result<(String, Vec<String>), GitError> {
        let show = Call::new("log").args(["--max-count=1", "--format=%B", commit.as_str(), "--"]);
        let message = self.git.run(show).await?.text();
        let diff = Call::new("diff-tree").args([
            "--root",
            "--no-commit-id",
            "--name-only",
            "-r",
            "-z",
            commit.as_str(),
        ]);
        let names = self.git.run(diff).await?;
        let files = names
            .stdout()
            .split(|byte| *byte == 0)
            .filter(|name| !name.is_empty())
            .map(|name| String::from_utf8_lossy(name).into_owned())
            .collect();
        Ok((Message::summary_of(&message), files))
    }
}

fn tracking(branch: &str) -> String {
    format!("refs/remotes/origin/{branch}")
}

fn read(log: Answer, exists: bool) -> Result<History, FetchError> {
    let history = History::read(&log.text(), exists);
    history.ok_or_else(|| log.error("unreadable".to_owned()).into())
}

pub(super) fn oid(answer: Answer) -> Result<Oid, GitError> {
    let id = Oid::parse(&answer.text());
    id.ok_or_else(|| answer.error("unreadable".to_owned()))
}

/// The reason if the other side refused a push for good; a branch that has moved on is not that.
fn refusal(porcelain: &str) -> Option<String> {
    let line = porcelain.lines().find(|line| line.starts_with('!'))?;
    let reason = line.split_once("[remote rejected]")?.1.trim();
    let raced = [
        "cannot lock ref",
        "failed to update ref",
        "reference already exists",
    ];
    let race = raced.iter().any(|text| reason.contains(text));
    (!race).then(|| reason.trim_matches(['(', ')']).to_owned())
}

/// Being gone already is as good as removed.
pub(super) fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_race_is_no_refusal() {
        let line = |why: &str| format!("To x\n!\tabc:refs/heads/t\t{why}\nDone");
        assert_eq!(refusal(&line("[rejected] (stale info)")), None);
        assert_eq!(
            refusal(&line("[remote rejected] (cannot lock ref 'refs/heads/t')")),
            None
        );
        assert_eq!(
            refusal(&line("[remote rejected] (pre-receive hook declined)")).as_deref(),
            Some("pre-receive hook declined")
        );
    }
}
