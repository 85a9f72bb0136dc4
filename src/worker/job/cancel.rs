//! How a running command is stopped, and why.

use std::sync::OnceLock;

use tokio_util::sync::CancellationToken;

use crate::domain::ids::CommandId;

/// Why a running command is stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Why {
    /// A newer command of its session has come (C16).
    Newer(CommandId),
    /// Somebody asked for it: `stop` or deactivate (C20).
    Asked,
    /// The worker ends, and the command is for the next generation (C9).
    Ending,
    /// A later generation is at work: nothing of this one counts any more (C4).
    Fenced,
}

/// Stops one command. The first reason counts.
#[derive(Debug, Default)]
pub(crate) struct Cancel {
    token: CancellationToken,
    why: OnceLock<Why>,
}

impl Cancel {
    pub(crate) fn call(&self, why: Why) {
        self.why.get_or_init(|| why);
        self.token.cancel();
    }

    pub(crate) fn token(&self) -> &CancellationToken {
        &self.token
    }

    pub(crate) fn why(&self) -> Option<&Why> {
        self.why.get()
    }
}
