//! How a program that is not ours is started: by `worker-exec`, without Hermes' secrets.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::child::Launch;
use crate::worker::config::WorkerConfig;

/// The home folder of agents and builds, in the workspace: for their caches, beside the worktrees.
pub(crate) const HOME: &str = "home";

/// What agents and builds run in.
#[derive(Debug, Clone)]
pub(crate) struct Sandbox {
    hermes: PathBuf,
    environment: Vec<(OsString, OsString)>,
}

impl Sandbox {
    pub(crate) fn new(config: &WorkerConfig) -> Self {
        let home = config.workspace.join(HOME).into_os_string();
        let environment = vec![
            ("PATH".into(), config.path.clone()),
            ("HOME".into(), home),
            ("LANG".into(), "C.UTF-8".into()),
            ("TERM".into(), "dumb".into()),
        ];
        Self {
            hermes: config.hermes.clone(),
            environment,
        }
    }

    /// Starts `command` in `folder`: `hermes worker-exec <our pid> -- <command>`.
    pub(crate) fn launch(&self, command: &[String], folder: &Path, input: Vec<u8>) -> Launch {
        let mut args: Vec<OsString> = vec![
            "worker-exec".into(),
            std::process::id().to_string().into(),
            "--".into(),
        ];
        args.extend(command.iter().map(OsString::from));
        Launch {
            program: self.hermes.clone(),
            args,
            folder: folder.to_path_buf(),
            environment: self.environment.clone(),
            input,
            started: None,
        }
    }
}
