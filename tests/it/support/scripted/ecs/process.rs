//! Tasks that are real processes.

use std::fs::File;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};

use super::task::Task;

/// The program in the worker's image, and what its container has by itself.
#[derive(Debug, Clone)]
pub(crate) struct WorkerProgram {
    /// The program.
    pub(crate) program: PathBuf,
    /// Its arguments.
    pub(crate) arguments: Vec<String>,
    /// What the container has by itself, such as `PATH` and credentials; the overrides of `RunTask` win over it.
    pub(crate) environment: Vec<(String, String)>,
    /// The containers' disk: `workspace/<container>` and `logs/<task>.log` are made in it.
    pub(crate) folder: PathBuf,
    /// Between SIGTERM and SIGKILL.
    pub(crate) stop_timeout: Duration,
}

impl WorkerProgram {
    /// What the task definition says in `WORKSPACE_PATH`.
    pub(super) fn workspace(&self) -> String {
        self.folder.join("workspace").to_str().unwrap().to_owned()
    }

    /// Starts the process of a task, as a container has it: nothing inherited, no input, a group of its own.
    pub(super) fn spawn(&self, task: &Task) -> Child {
        let logs = self.folder.join("logs");
        std::fs::create_dir_all(&logs).unwrap();
        std::fs::create_dir_all(task.variable("WORKSPACE_PATH")).unwrap();
        let name = task.arn.rsplit('/').next().unwrap();
        let log = File::create(logs.join(format!("{name}.log"))).unwrap();
        Command::new(&self.program)
            .args(&self.arguments)
            .env_clear()
            .envs(self.environment.iter().cloned())
            .envs(task.environment())
            .current_dir(&self.folder)
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .unwrap()
    }
}

/// Signals a process and all that it has started. That it has ended already is no failure.
pub(super) fn signal(pid: u32, signal: Signal) {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).unwrap();
    kill_process_group(pid, signal).ok();
}

/// The code as ECS shows it: 128 and the signal for what was killed.
pub(super) fn exit_code(status: ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt as _;
    status
        .code()
        .unwrap_or_else(|| 128 + status.signal().unwrap_or_default())
}
