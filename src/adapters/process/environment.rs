//! The environment of a worker: an allow-list, so that a secret of Hermes needs no rule to stay out.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use crate::domain::wire::WorkerProject;
use crate::ports::fleet::Launch;
use crate::ports::queues::QueueName;

/// What a worker sees of Hermes' own environment.
const INHERITED: [&str; 5] = ["PATH", "LANG", "TZ", "RUST_LOG", "LOG_FORMAT"];

/// The part of Hermes' own environment that is passed on.
pub(super) fn inherited(own: Vec<(OsString, OsString)>) -> Vec<(OsString, OsString)> {
    own.into_iter()
        .filter(|(name, _)| INHERITED.iter().any(|allowed| name == OsStr::new(allowed)))
        .collect()
}

/// Where things are for one worker.
#[derive(Debug, Clone, Copy)]
pub(super) struct Places<'a> {
    pub(super) socket: &'a Path,
    pub(super) previews: &'a Path,
    pub(super) workspace: &'a Path,
    pub(super) repo_url: &'a str,
}

/// The variables that tell a worker what it is.
pub(super) fn of_worker(launch: &Launch, places: Places<'_>) -> Vec<(&'static str, OsString)> {
    let container = &launch.container_id;
    let project = WorkerProject::from(&launch.project);
    vec![
        ("HOME", places.workspace.into()),
        ("WORKSPACE_PATH", places.workspace.into()),
        ("CONTAINER_ID", container.as_str().into()),
        ("CLIENT_ID", launch.client_id.as_str().into()),
        ("PROJECT_ID", launch.project_id.as_str().into()),
        ("USER_ID", launch.user_id.as_str().into()),
        (
            "INPUT_QUEUE_URL",
            queue_url(places.socket, &QueueName::input(container.clone())),
        ),
        (
            "OUTPUT_QUEUE_URL",
            queue_url(places.socket, &QueueName::output(container.clone())),
        ),
        (
            "DLQ_URL",
            queue_url(places.socket, &QueueName::dead(container.clone())),
        ),
        ("REPO_URL", places.repo_url.into()),
        ("HERMES_GENERATION", launch.generation.to_string().into()),
        ("HERMES_SOCKET", places.socket.into()),
        ("HERMES_PREVIEW_PATH", places.previews.into()),
        (
            "HERMES_PROJECT",
            serde_json::to_string(&project).unwrap_or_default().into(),
        ),
    ]
}

fn queue_url(socket: &Path, queue: &QueueName) -> OsString {
    let mut url = OsString::from("unix:");
    url.push(socket);
    url.push(format!("?queue={queue}"));
    url
}
