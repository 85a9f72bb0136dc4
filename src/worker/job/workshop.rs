//! Everything a command needs beside itself.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::answer::Answer;
use super::cancel::Cancel;
use super::carry::{Job, Outcome};
use super::site::Site;
use super::trouble::Trouble;
use crate::domain::ids::ThreadId;
use crate::domain::project::AgentChoice;
use crate::domain::thread::Thread;
use crate::domain::wire::Work;
use crate::ports::clock::Clock;
use crate::ports::preview_store::PreviewStore;
use crate::worker::agent::{self, Agent};
use crate::worker::config::WorkerConfig;
use crate::worker::git::{Branch, Oid, Repository, Worktree};
use crate::worker::inbox::Fetch;
use crate::worker::process::HOME;
use crate::worker::queue::Progress;

/// Carries out commands, one at a time.
pub(crate) struct Workshop {
    pub(super) repository: Repository,
    pub(super) site: Site,
    pub(super) agent: Box<dyn Agent>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) fetch: Fetch,
    default_branch: String,
    home: PathBuf,
    /// Whether nothing but our own code writes into the worktrees.
    tidy: bool,
    /// Worktrees that hold nothing but this commit.
    clean: Mutex<HashMap<ThreadId, Oid>>,
}

impl Workshop {
    pub(crate) fn new(
        config: &WorkerConfig,
        clock: Arc<dyn Clock>,
        previews: Arc<dyn PreviewStore>,
        repository: Repository,
        fetch: Fetch,
    ) -> Self {
        let site = Site::new(config, previews);
        Self {
            repository,
            tidy: config.agent == AgentChoice::Literal && !site.is_built(),
            site,
            agent: agent::choose(config),
            clock,
            fetch,
            default_branch: config.default_branch.clone(),
            home: config.workspace.join(HOME),
            clean: Mutex::default(),
        }
    }

    /// Carries out one command, whatever state the workspace is in.
    pub(crate) async fn carry_out(
        &self,
        work: &Work,
        cancel: &Cancel,
        progress: &Progress,
    ) -> Outcome {
        let name = match work.branch.as_str() {
            "" => Thread::branch_of(&work.thread_id),
            name => name.to_owned(),
        };
        let Some(branch) = Branch::of_thread(&name, &self.default_branch) else {
            let message = format!("\"{name}\" cannot be the branch of a conversation.");
            return Outcome::answer(Answer::failure("bad_branch", message));
        };
        let job = Job {
            shop: self,
            work,
            branch: &branch,
            cancel,
            progress,
        };
        let outcome = match job.run().await {
            Err(Trouble::Workspace(error)) => {
                tracing::warn!(command.id = %work.command_id, error = &*error as &dyn std::error::Error,
                    "the workspace is made again for command {}", work.command_id);
                self.start_over(&job).await
            }
            other => other,
        };
        outcome.unwrap_or_else(|trouble| Outcome::answer(trouble.into_answer().on(&branch)))
    }

    /// The branch is the truth: a broken workspace is thrown away, once.
    async fn start_over(&self, job: &Job<'_>) -> Result<Outcome, Trouble> {
        self.repository.throw_away(&job.work.thread_id).await?;
        job.run().await
    }

    /// Makes whatever is not there of the workspace.
    pub(super) async fn prepare(&self) -> Result<(), Trouble> {
        tokio::fs::create_dir_all(&self.home).await?;
        Ok(self.repository.prepare().await?)
    }

    /// Makes the files of a thread those of a commit.
    pub(super) async fn check_out(
        &self,
        thread: &ThreadId,
        files: &Worktree<'_>,
        commit: &Oid,
    ) -> Result<(), Trouble> {
        let known = self.cleans().remove(thread);
        match known {
            Some(_) => files.restore(commit).await?,
            None => files.restore_all(commit).await?,
        }
        Ok(())
    }

    /// Takes note that the files of a thread are those of a commit, if that can be known.
    pub(super) fn left_clean(&self, thread: &ThreadId, commit: &Oid) {
        if self.tidy {
            self.cleans().insert(thread.clone(), commit.clone());
        }
    }

    fn cleans(&self) -> std::sync::MutexGuard<'_, HashMap<ThreadId, Oid>> {
        self.clean.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
