//! The agent `literal`: reads the pages, has them edited in memory, writes what has changed.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use super::task::{Agent, AgentOutcome, AgentTask};
use crate::worker::literal::{Outcome, SiteError, carry_out, load_site, write_edits};

/// Exact edits in plain words; see [`crate::worker::literal`].
pub(super) struct Literal;

#[async_trait]
impl Agent for Literal {
    async fn run(&self, task: &AgentTask<'_>, cancel: &CancellationToken) -> AgentOutcome {
        let files = match task.files.tracked().await {
            Ok(files) => files,
            Err(error) => return unreadable(&error),
        };
        let (root, instruction) = (task.files.path().to_path_buf(), task.instruction.to_owned());
        let cancel = cancel.clone();
        // It is a matter of milliseconds, but not for the thread that serves the queues.
        let edit = tokio::task::spawn_blocking(move || edit(&root, &files, &instruction, &cancel));
        match edit.await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(error)) => unreadable(&error),
            Err(error) => unreadable(&error),
        }
    }
}

fn edit(
    root: &Path,
    files: &[PathBuf],
    instruction: &str,
    cancel: &CancellationToken,
) -> Result<AgentOutcome, SiteError> {
    let site = load_site(root, files)?;
    Ok(match carry_out(instruction, &site) {
        Outcome::Edited { .. } if cancel.is_cancelled() => AgentOutcome::Interrupted,
        Outcome::Edited { edits, summary } => {
            write_edits(root, &edits)?;
            AgentOutcome::Done { summary }
        }
        Outcome::Unchanged { summary } => AgentOutcome::Unchanged { summary },
        Outcome::Refused { code, message } => AgentOutcome::Refused {
            code: code.as_str().to_owned(),
            message,
        },
    })
}

fn unreadable(error: &(dyn std::error::Error + 'static)) -> AgentOutcome {
    tracing::warn!(error, "the pages could not be read or written");
    AgentOutcome::failed(
        "agent_failed",
        "The pages could not be read; nothing was changed.",
    )
}
