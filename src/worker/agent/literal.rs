//! The agent `literal`: reads the pages, has them edited in memory, writes what has changed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use super::task::{Agent, AgentOutcome, AgentTask};
use crate::worker::literal::{FileEdit, Outcome, Site, carry_out};

const PAGES: [&str; 5] = ["html", "htm", "md", "markdown", "txt"];
/// A page larger than this was not written by hand, and is left alone.
const MAX_PAGE: u64 = 2 * 1024 * 1024;
/// All pages together.
const MAX_SITE: u64 = 64 * 1024 * 1024;

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
        let edit = tokio::task::spawn_blocking(move || edit(&root, files, &instruction, &cancel));
        match edit.await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(error)) => unreadable(&error),
            Err(error) => unreadable(&error),
        }
    }
}

fn edit(
    root: &Path,
    files: Vec<PathBuf>,
    instruction: &str,
    cancel: &CancellationToken,
) -> io::Result<AgentOutcome> {
    let Some(site) = load(root, files)? else {
        return Ok(AgentOutcome::Refused {
            code: "site_too_large".to_owned(),
            message: "This website is too large for exact edits; nothing was changed.".to_owned(),
        });
    };
    Ok(match carry_out(instruction, &site) {
        Outcome::Edited { .. } if cancel.is_cancelled() => AgentOutcome::Interrupted,
        Outcome::Edited { edits, summary } => {
            write(root, &edits)?;
            AgentOutcome::Done { summary }
        }
        Outcome::Unchanged { summary } => AgentOutcome::Unchanged { summary },
        Outcome::Refused { code, message } => AgentOutcome::Refused {
            code: code.as_str().to_owned(),
            message,
        },
    })
}

/// Reads the pages among `files`; `None` when they are too many to be held in memory.
fn load(root: &Path, files: Vec<PathBuf>) -> io::Result<Option<Site>> {
    let mut pages = Vec::new();
    let mut total = 0_u64;
    for file in files {
        let Some(name) = file.to_str().filter(|_name| may_be_page(&file)) else {
            continue;
        };
        let path = root.join(&file);
        let size = fs::symlink_metadata(&path)?.len();
        if size > MAX_PAGE {
            continue;
        }
        total += size;
        if total > MAX_SITE {
            return Ok(None);
        }
        if let Ok(text) = String::from_utf8(fs::read(&path)?) {
            pages.push((name.to_owned(), text));
        }
    }
    Ok(Some(Site::new(pages)))
}

/// Saves reading pictures; what is a page in the end, [`Site::new`] decides.
fn may_be_page(file: &Path) -> bool {
    let ending = file.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| PAGES.iter().any(|page| page.eq_ignore_ascii_case(ending)))
}

fn write(root: &Path, edits: &[FileEdit]) -> io::Result<()> {
    edits
        .iter()
        .try_for_each(|edit| fs::write(root.join(&edit.path), &edit.new_text))
}

fn unreadable(error: &(dyn std::error::Error + 'static)) -> AgentOutcome {
    tracing::warn!(error, "the pages could not be read or written");
    AgentOutcome::failed(
        "agent_failed",
        "The pages could not be read; nothing was changed.",
    )
}
