//! One command from the branch to the answer.
//!
//! The branch is looked at first: a command that has ended there is answered from its commit, however often it comes.
//! What an agent has changed is taken before the build, so that nothing a build leaves behind gets into a commit.

use std::path::Path;

use super::answer::{Answer, Saved};
use super::cancel::{Cancel, Why};
use super::landing::{Aim, Landing};
use super::site::Build;
use super::trouble::Trouble;
use super::workshop::Workshop;
use crate::domain::command::Action;
use crate::domain::wire::Work;
use crate::worker::agent::{AgentOutcome, AgentTask};
use crate::worker::git::{Branch, History, Oid, Worktree};
use crate::worker::inbox::{self, Unpacked};
use crate::worker::queue::Progress;

/// Summary of an interrupted command in its commit, and for its sender.
const WIP: &str = "[wip] Interrupted";
const UNFINISHED: &str = "Stopped before it was finished; what was done until then is saved.";

/// A command at work.
pub(crate) struct Job<'a> {
    pub(super) shop: &'a Workshop,
    pub(super) work: &'a Work,
    pub(super) branch: &'a Branch,
    pub(super) cancel: &'a Cancel,
    pub(super) progress: &'a Progress,
}

/// What is to be done about a command that is no longer running.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Answer it.
    Answer(Box<Answer>),
    /// Nothing: it is for the next generation.
    HandBack,
}

/// Words that are fixed are never handed to an agent, which would make something of them.
fn not_yet(action: Action) -> AgentOutcome {
    let what = match action {
        Action::Publish => "Publishing by mail",
        Action::Undo { .. } => "Taking changes back by mail",
        Action::Discard => "Discarding changes by mail",
        Action::Continue => "Going on by one word",
    };
    AgentOutcome::Refused {
        code: "unsupported".to_owned(),
        message: format!(
            "{what} is not possible here yet. Write in a sentence what should be different."
        ),
    }
}

impl Outcome {
    pub(crate) fn answer(answer: Answer) -> Self {
        Self::Answer(Box::new(answer))
    }
}

impl Job<'_> {
    /// Carries it out. Nothing is answered yet when a [`Trouble`] comes out.
    pub(crate) async fn run(&self) -> Result<Outcome, Trouble> {
        let repository = &self.shop.repository;
        self.progress.say("fetching the website");
        self.shop.prepare().await?;
        let history = repository.fetch(self.branch).await?;
        let files = repository.worktree(&self.work.thread_id);
        self.check_out(&files, &history.tip.id).await?;
        if let Some(commit) = history.find(&self.work.command_id) {
            return Ok(self.done(self.answer_again(&files, commit).await?));
        }
        self.first_preview(&files, &history.tip.id).await?;
        if self.cancel.token().is_cancelled() {
            return Ok(self.stopped(None));
        }
        self.progress.say("editing");
        match self.edit(&files).await? {
            AgentOutcome::Done { summary } => {
                self.save(&files, history, &summary, Aim::Answer).await
            }
            AgentOutcome::Unchanged { summary } => {
                self.left_clean(&history.tip.id);
                Ok(self.done(Answer::unchanged(summary)))
            }
            AgentOutcome::Refused { code, message } | AgentOutcome::Failed { code, message } => {
                Ok(self.done(Answer::failure(&code, message)))
            }
            AgentOutcome::Interrupted => self.save(&files, history, WIP, Aim::Keep).await,
        }
    }

    /// Has the agent work, with the files that came with the command in its worktree. They are gone afterwards, whatever
    /// came of it.
    async fn edit(&self, files: &Worktree<'_>) -> Result<AgentOutcome, Trouble> {
        if let Some(action) = self.work.action {
            return Ok(not_yet(action));
        }
        let (fetch, cancel) = (&self.shop.fetch, self.cancel.token());
        let outcome = match fetch.unpack(self.work, files.path(), cancel).await {
            Ok(Unpacked::Nothing) => Ok(self.agent(files, None).await),
            Ok(Unpacked::Folder(folder)) => Ok(self.agent(files, Some(folder.path())).await),
            Ok(Unpacked::Cancelled) => Ok(AgentOutcome::Interrupted),
            Err(error) => Err(error),
        };
        if !self.work.context.attachments.is_empty() {
            inbox::remove(files.path()).await?;
        }
        Ok(outcome?)
    }

    async fn agent(&self, files: &Worktree<'_>, inbox: Option<&Path>) -> AgentOutcome {
        let task = AgentTask {
            instruction: &self.work.instruction,
            files,
            context: &self.work.context,
            inbox,
        };
        self.shop.agent.run(&task, self.cancel.token()).await
    }

    /// The first activation shows the branch as it is, so that the link in the first answer is never empty.
    async fn first_preview(&self, files: &Worktree<'_>, tip: &Oid) -> Result<(), Trouble> {
        let site = &self.shop.site;
        if site.is_published(&self.work.session_id).await {
            return Ok(());
        }
        match self.build(files).await {
            Build::NotNeeded | Build::Green => {
                self.publish(files).await;
            }
            Build::Red(_) => {
                tracing::info!(session.id = %self.work.session_id,
                    "session {} has no preview yet: its branch does not build", self.work.session_id);
            }
            Build::Cancelled => {}
        }
        if site.is_built() {
            self.check_out(files, tip).await?; // whatever the build has left is not the agent's work
        }
        Ok(())
    }

    /// What the agent has changed becomes a commit: of a finished command with a build and a preview, of an
    /// interrupted one for the next command to begin from.
    async fn save(
        &self,
        files: &Worktree<'_>,
        base: History,
        summary: &str,
        aim: Aim,
    ) -> Result<Outcome, Trouble> {
        let unchanged = |summary: &str| match aim {
            Aim::Answer => self.done(Answer::unchanged(summary.to_owned())),
            Aim::Keep => self.stopped(None),
        };
        let Some(change) = files.snapshot(&base.tip.tree).await? else {
            self.left_clean(&base.tip.id);
            return Ok(unchanged(summary));
        };
        let summary = if summary.trim().is_empty() {
            "Done."
        } else {
            summary
        };
        let names = change.files.clone();
        let saved = |commit, summary: &str| Saved {
            commit,
            files: names,
            summary: summary.to_owned(),
        };
        Ok(match self.land(files, change, base, summary, aim).await? {
            Landing::Saved(commit, build) => {
                self.left_clean(&commit);
                let answer = Answer::saved(saved(commit, summary));
                self.done(self.show(files, answer, build).await)
            }
            Landing::Unfinished(commit) => self.stopped(Some(saved(commit, UNFINISHED))),
            Landing::Known(commit) => self.done(self.answer_again(files, &commit).await?),
            Landing::Same => unchanged(summary),
            Landing::Dropped => self.stopped(None),
        })
    }

    /// Shows what is on the branch and answers from the commit, as if it had only now been made.
    async fn answer_again(&self, files: &Worktree<'_>, commit: &Oid) -> Result<Answer, Trouble> {
        let (summary, names) = self.shop.repository.describe(commit).await?;
        let answer = Answer::saved(Saved {
            commit: commit.clone(),
            files: names,
            summary,
        });
        let build = self.build(files).await;
        Ok(self.show(files, answer, build).await)
    }

    /// Publishes what was built, unless it is red: then the last good preview stays.
    async fn show(&self, files: &Worktree<'_>, mut answer: Answer, build: Build) -> Answer {
        if matches!(build, Build::NotNeeded | Build::Green) {
            let shown = self.publish(files).await;
            answer.result.deploy_success = Some(shown);
            if !shown {
                answer.result.error =
                    Some("The change is saved, but the preview could not be updated.".to_owned());
                answer.result.error_code = Some("publish_failed".to_owned());
            }
        }
        answer.built(build)
    }

    pub(super) async fn build(&self, files: &Worktree<'_>) -> Build {
        if self.shop.site.is_built() {
            self.progress.say("building");
        }
        self.shop
            .site
            .build(files.path(), self.cancel.token())
            .await
    }

    async fn publish(&self, files: &Worktree<'_>) -> bool {
        self.progress.say("publishing the preview");
        let session = &self.work.session_id;
        let published = self.shop.site.publish(session, files.path()).await;
        if let Err(error) = &published {
            tracing::warn!(session.id = %session, error = error as &dyn std::error::Error,
                "the preview of session {session} was not published");
        }
        published.is_ok()
    }

    pub(super) async fn check_out(&self, files: &Worktree<'_>, to: &Oid) -> Result<(), Trouble> {
        self.shop.check_out(&self.work.thread_id, files, to).await
    }

    fn left_clean(&self, commit: &Oid) {
        self.shop.left_clean(&self.work.thread_id, commit);
    }

    fn done(&self, answer: Answer) -> Outcome {
        Outcome::answer(answer.on(self.branch))
    }

    fn stopped(&self, saved: Option<Saved>) -> Outcome {
        match self.cancel.why() {
            Some(Why::Ending | Why::Fenced) => Outcome::HandBack,
            Some(Why::Newer(_) | Why::Asked) | None => self.done(Answer::interrupted(saved)),
        }
    }
}
