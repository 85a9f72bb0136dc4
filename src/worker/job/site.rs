//! From sources to a preview: the build, and publishing its output.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::domain::ids::{ClientId, ProjectId, SessionId};
use crate::ports::fault::Fault;
use crate::ports::preview_store::{Found, PreviewOf, PreviewStore};
use crate::worker::config::WorkerConfig;
use crate::worker::process::{self, Bounds, End, Finished, Sandbox};

/// Lines of a build log that the sender sees.
const LOG_LINES: usize = 60;
/// Tries to publish, and the pause between them.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_secs(1);

/// What became of a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Build {
    /// The sources are the website.
    NotNeeded,
    /// It succeeded.
    Green,
    /// It did not; the end of its log.
    Red(String),
    /// It was stopped.
    Cancelled,
}

/// Why nothing was published.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PublishError {
    #[error("the output folder is missing or outside of the website")]
    NoOutput,
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// A project's build and preview.
pub(crate) struct Site {
    client: ClientId,
    project: ProjectId,
    build: Option<Vec<String>>,
    output: PathBuf,
    sandbox: Sandbox,
    bounds: Bounds,
    previews: Arc<dyn PreviewStore>,
}

impl Site {
    pub(crate) fn new(config: &WorkerConfig, previews: Arc<dyn PreviewStore>) -> Self {
        Self {
            client: config.client_id.clone(),
            project: config.project_id.clone(),
            build: config.build.clone(),
            output: config.output.clone(),
            sandbox: Sandbox::new(config),
            bounds: Bounds {
                time: config.timings.build,
                silence: None,
                grace: config.timings.grace,
                output: 0,
            },
            previews,
        }
    }

    /// Whether the sources must be built.
    pub(crate) fn is_built(&self) -> bool {
        self.build.is_some()
    }

    /// Builds the website in its worktree.
    pub(crate) async fn build(&self, tree: &Path, cancel: &CancellationToken) -> Build {
        let Some(argv) = &self.build else {
            return Build::NotNeeded;
        };
        let launch = self.sandbox.launch(argv, tree, Vec::new());
        match process::run(launch, self.bounds, cancel).await {
            Ok(finished) => self.judge(finished),
            Err(error) => Build::Red(format!("the build could not be started: {error}")),
        }
    }

    fn judge(&self, finished: Finished) -> Build {
        match finished.end {
            End::Exited(Some(0)) => Build::Green,
            End::Exited(_) => Build::Red(finished.log.into_text(LOG_LINES)),
            End::TimedOut | End::Silent => {
                let limit = humantime::format_duration(self.bounds.time);
                let log = finished.log.into_text(LOG_LINES - 1);
                Build::Red(
                    format!("{log}\n(stopped after {limit})")
                        .trim_start()
                        .to_owned(),
                )
            }
            End::Cancelled => Build::Cancelled,
        }
    }

    /// Whether a session has a preview already. When nobody can say, it is not made on suspicion.
    pub(crate) async fn is_published(&self, session: &SessionId) -> bool {
        match self.previews.find(&self.preview(session), "/").await {
            Ok(Found::Unpublished) => false,
            Ok(Found::File(_) | Found::Missing | Found::Elsewhere(_)) => true,
            Err(fault) => {
                tracing::warn!(session.id = %session, error = &fault as &dyn std::error::Error,
                    "the preview of session {session} could not be looked up");
                true
            }
        }
    }

    /// Makes the output folder the preview of a session.
    pub(crate) async fn publish(
        &self,
        session: &SessionId,
        tree: &Path,
    ) -> Result<(), PublishError> {
        let folder = self.output_of(tree).await.ok().flatten();
        let folder = folder.ok_or(PublishError::NoOutput)?;
        let preview = self.preview(session);
        let mut tries = 1;
        loop {
            match self.previews.publish(&preview, &folder).await {
                Err(fault) if fault.is_transient() && tries < TRIES => tries += 1,
                other => return Ok(other?),
            }
            sleep(PAUSE).await;
        }
    }

    fn preview(&self, session: &SessionId) -> PreviewOf {
        PreviewOf {
            client: self.client.clone(),
            project: self.project.clone(),
            session: session.clone(),
        }
    }

    /// The output folder, unless a link on its way leads out of the tree.
    async fn output_of(&self, tree: &Path) -> io::Result<Option<PathBuf>> {
        let tree = tokio::fs::canonicalize(tree).await?;
        let folder = tokio::fs::canonicalize(tree.join(&self.output)).await?;
        Ok((folder.starts_with(&tree) && folder.is_dir()).then_some(folder))
    }
}
