//! What can go wrong on the way, sorted by what is to be done about it.

use std::error::Error;
use std::io;

use super::answer::Answer;
use crate::worker::git::{FetchError, GitError, TreeError};
use crate::worker::inbox::FetchFileError;

/// Why a command got stuck.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The workspace is at fault: with a new one it may work.
    Workspace(Box<dyn Error + Send + Sync>),
    /// There is nothing to be done but to say so.
    Final(Box<Answer>),
}

impl Trouble {
    /// A failure with a stable code and a message for the sender.
    pub(crate) fn told(code: &str, message: impl Into<String>) -> Self {
        Self::Final(Box::new(Answer::failure(code, message.into())))
    }

    /// The answer if there is no way out.
    pub(crate) fn into_answer(self) -> Answer {
        match self {
            Self::Workspace(error) => {
                tracing::error!(error = &*error as &dyn Error, "the workspace does not work");
                Answer::failure(
                    "workspace_failed",
                    "The editor's workspace does not work; nothing was changed.".to_owned(),
                )
            }
            Self::Final(answer) => *answer,
        }
    }
}

impl From<FetchFileError> for Trouble {
    fn from(error: FetchFileError) -> Self {
        match error {
            FetchFileError::Unavailable(name) => Self::told(
                "attachments_unavailable",
                format!(
                    "The file \"{name}\" of your message could not be fetched, so nothing was changed. Please send your message again with its files."
                ),
            ),
            FetchFileError::Worktree(error) => error.into(),
        }
    }
}

impl From<GitError> for Trouble {
    fn from(error: GitError) -> Self {
        Self::Workspace(error.into())
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Workspace(error.into())
    }
}

impl From<TreeError> for Trouble {
    fn from(error: TreeError) -> Self {
        match error {
            TreeError::Forbidden(message) => {
                Self::told("forbidden_path", format!("Nothing was saved. {message}."))
            }
            TreeError::Unreadable(_) | TreeError::Git(_) => Self::Workspace(error.into()),
        }
    }
}

impl From<FetchError> for Trouble {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Unreachable(cause) => {
                tracing::warn!(
                    error = &cause as &dyn Error,
                    "the project's repository cannot be reached"
                );
                Self::told(
                    "repository_unavailable",
                    "The website's repository cannot be reached; nothing was changed.",
                )
            }
            FetchError::NoDefaultBranch(_) => Self::told(
                "repository_unavailable",
                format!("Nothing was changed: {error}."),
            ),
            FetchError::Local(cause) => cause.into(),
        }
    }
}
