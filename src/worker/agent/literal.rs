//! The agent `literal`: reads the pages, has them edited in memory, writes what has changed.

use std::io;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use super::task::{Agent, AgentOutcome, AgentTask};
use crate::domain::command::Attachment;
use crate::domain::mail::files::FileNote;
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
        let instruction = match whole_message(task).await {
            Ok(instruction) => instruction,
            Err(error) => return unreadable(&error),
        };
        let root = task.files.path().to_path_buf();
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

/// The instruction, from the file that has all of it where it is too long for a message (B11): half an instruction would
/// be carried out as if it were one.
async fn whole_message(task: &AgentTask<'_>) -> io::Result<String> {
    let is_whole = |file: &&Attachment| file.notes.contains(&FileNote::WholeMessage);
    let file = task.context.attachments.iter().find(is_whole);
    match (file, task.inbox) {
        (Some(file), Some(inbox)) => tokio::fs::read_to_string(inbox.join(&file.name)).await,
        _ => Ok(task.instruction.to_owned()),
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
