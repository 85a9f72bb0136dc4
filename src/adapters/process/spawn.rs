//! Starts the process of one generation.

use std::ffi::OsString;
use std::fmt;
use std::fs::{DirBuilder, File};
use std::io::{self, ErrorKind};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use rustix::process::Pid;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::environment::{self, Places};
use super::leftovers::PidFile;
use super::life::Life;
use super::proc::{Identity, fault};
use super::worker_log::WorkerLog;
use crate::domain::ids::ContainerId;
use crate::ports::clock::Clock;
use crate::ports::fleet::{Launch, LaunchError};

/// Makes the token with which a generation of a container reaches its queues; tokens of its earlier ones are void.
pub type IssueToken = Arc<dyn Fn(&ContainerId, u64) -> SecretString + Send + Sync>;

/// What a fleet needs to know.
pub struct FleetSettings {
    /// The program of a worker: Hermes' own binary.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Hermes' data folder, absolute: workspaces, sample sites, pid files and logs of workers go there.
    pub data: PathBuf,
    /// The socket on which workers reach their queues.
    pub socket: PathBuf,
    /// The folder of all previews.
    pub previews: PathBuf,
    /// Hermes' own environment; workers get an allow-list of it.
    pub environment: Vec<(OsString, OsString)>,
    /// Makes a worker's token.
    pub issue_token: IssueToken,
    /// Says when a task has been over for an hour.
    pub clock: Arc<dyn Clock>,
}

/// Starts the worker and writes its pid file. Nothing in here may wait: a child is never started and then forgotten.
pub(super) fn spawn(
    settings: &FleetSettings,
    launch: &Launch,
    repo_url: &str,
) -> Result<Life, LaunchError> {
    let name = file_name(&launch.container_id);
    let data = &settings.data;
    let workspace = data.join("workspaces").join(&name);
    make_folder(&workspace).map_err(|error| fault("make the workspace", error))?;
    let log = WorkerLog::new(&data.join("logs"), &name);
    let output = log.open().map_err(|error| fault("open the log", error))?;
    let places = Places {
        socket: &settings.socket,
        previews: &settings.previews,
        workspace: &workspace,
        repo_url,
    };
    let mut command =
        command(settings, launch, places, output).map_err(|error| fault("open the log", error))?;
    let child = command.spawn().map_err(spawn_error)?;
    // From here on a failure drops the child and with it its input, which ends it.
    let identity = identity_of(child.id()).map_err(|error| fault("start", error))?;
    let pid_file = PidFile::new(&data.join("run"), &name);
    let written = pid_file.write(identity);
    written.map_err(|error| fault("write the pid file", error))?;
    let who = (launch.container_id.clone(), launch.generation);
    Ok(Life::new(who, identity, child, log, pid_file))
}

/// Writes the token as the first line of the worker's input, which stays open. A worker that has ended already does
/// not read it; its end is seen by the next look.
pub(super) async fn send_token(life: &Life, token: &SecretString) {
    let Some(mut stdin) = life.take_stdin() else {
        return;
    };
    let first_line = format!("{}\n", token.expose_secret());
    match stdin.write_all(first_line.as_bytes()).await {
        Ok(()) => life.keep_stdin(stdin),
        Err(error) => {
            tracing::warn!(container.id = %life.container, %error, "a worker did not take its token");
        }
    }
}

/// Makes a folder and those above it, for their owner only.
pub(super) fn make_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn command(
    settings: &FleetSettings,
    launch: &Launch,
    places: Places<'_>,
    output: File,
) -> io::Result<Command> {
    let mut command = Command::new(&settings.program);
    command
        .args(&settings.arguments)
        .env_clear()
        .envs(settings.environment.iter().cloned())
        .envs(environment::of_worker(launch, places))
        .current_dir(places.workspace)
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(output.try_clone()?)
        .stderr(output);
    Ok(command)
}

fn identity_of(pid: Option<u32>) -> io::Result<Identity> {
    let pid = pid.and_then(|pid| i32::try_from(pid).ok());
    let missing = || io::Error::new(ErrorKind::InvalidData, "a child without a pid");
    Identity::of(pid.and_then(Pid::from_raw).ok_or_else(missing)?)
}

/// A container's id as the name of a file: never hidden, never `..`.
fn file_name(container: &ContainerId) -> String {
    container.as_str().replace('.', "%2E")
}

fn spawn_error(error: io::Error) -> LaunchError {
    let no_room = [ErrorKind::WouldBlock, ErrorKind::OutOfMemory];
    let no_program = [ErrorKind::NotFound, ErrorKind::PermissionDenied];
    if no_room.contains(&error.kind()) {
        LaunchError::Capacity(error.to_string())
    } else if no_program.contains(&error.kind()) {
        LaunchError::Rejected(format!("the worker's program: {error}"))
    } else {
        fault("start", error).into()
    }
}

impl fmt::Debug for FleetSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The environment holds the operator's secrets.
        f.debug_struct("FleetSettings")
            .field("program", &self.program)
            .field("data", &self.data)
            .finish_non_exhaustive()
    }
}
