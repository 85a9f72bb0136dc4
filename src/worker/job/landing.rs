//! Bringing a change onto the branch, at most once.

use std::time::Duration;

use tokio::time::sleep;

use super::cancel::Why;
use super::carry::Job;
use super::site::Build;
use super::trouble::Trouble;
use crate::worker::git::{Change, History, Message, Oid, Pick, Push, State, Worktree};

/// Pushes of one change; each further one means that somebody else was faster once more.
const PUSHES: u32 = 4;
/// Before a push is tried again although the branch has not moved.
const PAUSE: Duration = Duration::from_secs(1);

/// What became of a change.
#[derive(Debug)]
pub(super) enum Landing {
    /// It is on the branch, as the answer to its command, and this is what its build says.
    Saved(Oid, Build),
    /// It is on the branch, but its command was interrupted.
    Unfinished(Oid),
    /// Somebody else has ended the same command, with this commit.
    Known(Oid),
    /// Somebody else has made the same change.
    Same,
    /// A later generation is at work: it is not ours to save any more.
    Dropped,
}

/// What a change is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aim {
    /// The answer to its command.
    Answer,
    /// Kept for the next command, because its own was interrupted.
    Keep,
}

enum Pushed {
    Done,
    Known(Oid),
    /// The branch is there now; begin again from it.
    Behind(History),
}

impl Job<'_> {
    /// Builds a change, commits it and pushes it with a lease; a lost lease looks for the command before it rebases.
    pub(super) async fn land(
        &self,
        files: &Worktree<'_>,
        change: Change,
        mut base: History,
        summary: &str,
        aim: Aim,
    ) -> Result<Landing, Trouble> {
        let mut tree = change.tree;
        for _ in 0..PUSHES {
            let build = match aim {
                Aim::Answer => self.build(files).await,
                Aim::Keep => Build::Cancelled,
            };
            let state = match build {
                Build::NotNeeded | Build::Green => State::Done,
                Build::Red(_) => State::Red,
                Build::Cancelled if self.cancel.why() == Some(&Why::Fenced) => {
                    return Ok(Landing::Dropped);
                }
                Build::Cancelled => State::Wip,
            };
            let commit = self.commit(&tree, &base, summary, state).await?;
            match self.push(&commit, &base).await? {
                Pushed::Done if state == State::Wip => return Ok(Landing::Unfinished(commit)),
                Pushed::Done => return Ok(Landing::Saved(commit, build)),
                Pushed::Known(commit) => return Ok(Landing::Known(commit)),
                Pushed::Behind(now) => {
                    tree = self.take_over(&base, &commit, &now).await?;
                    if tree == now.tip.tree {
                        return Ok(Landing::Same);
                    }
                    self.check_out(files, &tree).await?;
                    base = now;
                }
            }
        }
        Err(not_pushed())
    }

    async fn commit(
        &self,
        tree: &Oid,
        base: &History,
        summary: &str,
        state: State,
    ) -> Result<Oid, Trouble> {
        let message = Message {
            summary,
            command: &self.work.command_id,
            session: &self.work.session_id,
        };
        let (text, now) = (message.write(state), self.shop.clock.now());
        let commit = self.shop.repository.commit(tree, &base.tip.id, &text, now);
        Ok(commit.await?)
    }

    async fn push(&self, commit: &Oid, base: &History) -> Result<Pushed, Trouble> {
        self.progress.say("saving");
        let repository = &self.shop.repository;
        match repository.push(commit, self.branch, base).await? {
            Push::Done => return Ok(Pushed::Done),
            Push::Refused(reason) => {
                let message =
                    format!("The website's repository does not accept the change: {reason}.");
                return Err(Trouble::told("push_refused", message));
            }
            Push::Unknown(error) => {
                tracing::info!(command.id = %self.work.command_id, error = &error as &dyn std::error::Error,
                    "the branch of command {} is looked at again", self.work.command_id);
            }
        }
        let now = repository.fetch(self.branch).await?;
        if now.exists && now.tip.id == *commit {
            return Ok(Pushed::Done); // it had arrived, only the answer was lost
        }
        if let Some(commit) = now.find(&self.work.command_id) {
            self.check_out(&repository.worktree(&self.work.thread_id), &now.tip.id)
                .await?;
            return Ok(Pushed::Known(commit.clone()));
        }
        if now.exists == base.exists && now.tip.id == base.tip.id {
            sleep(PAUSE).await;
        }
        Ok(Pushed::Behind(now))
    }

    /// The change on top of what the branch is now.
    async fn take_over(&self, base: &History, commit: &Oid, now: &History) -> Result<Oid, Trouble> {
        let at = self.shop.clock.now();
        match self
            .shop
            .repository
            .pick(&base.tip, commit, &now.tip, at)
            .await?
        {
            Pick::Clean(tree) => Ok(tree),
            Pick::Conflict => Err(Trouble::told(
                "conflict",
                "Somebody else has changed the same place at the same time. Nothing was saved; please look at the website as it is now and ask again.",
            )),
        }
    }
}

fn not_pushed() -> Trouble {
    Trouble::told(
        "push_failed",
        "The change could not be saved in the website's repository. Please ask again.",
    )
}
