//! What a user may do on a project.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A user's role on a project, ordered by what it may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Sees sessions and previews.
    Viewer,
    /// May also have the website edited.
    Editor,
    /// May also publish.
    Publisher,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Publisher => "publisher",
        })
    }
}
