//! How a task goes on by itself.

use std::sync::Arc;
use std::time::Duration;

use rustix::process::Signal;

use super::process::{WorkerProgram, exit_code, signal};
use super::server::Shared;
use super::task::{Status, Task};

/// Lives the whole life of a task, `step` in each status.
pub(super) async fn live(
    shared: Arc<Shared>,
    arn: String,
    step: Duration,
    workers: Option<WorkerProgram>,
) {
    let stop_asked = shared.with(&arn, |task| Arc::clone(&task.stop_asked));
    for status in [Status::Pending, Status::Running] {
        tokio::select! {
            () = tokio::time::sleep(step) => {}
            () = stop_asked.notified() => {
                return leave(&shared, &arn, step, &[Status::Deprovisioning, Status::Stopped]).await;
            }
        }
        if status == Status::Running
            && let Some(program) = &workers
        {
            work(&shared, &arn, program).await;
            return leave(
                &shared,
                &arn,
                step,
                &[Status::Deprovisioning, Status::Stopped],
            )
            .await;
        }
        shared.with(&arn, |task| task.status = status);
    }
    stop_asked.notified().await;
    shared.with(&arn, |task| task.exit_code.get_or_insert(143).to_owned());
    let rest = [
        Status::Deactivating,
        Status::Stopping,
        Status::Deprovisioning,
        Status::Stopped,
    ];
    leave(&shared, &arn, step, &rest).await;
}

async fn leave(shared: &Shared, arn: &str, step: Duration, path: &[Status]) {
    for status in path {
        shared.with(arn, |task| task.status = *status);
        tokio::time::sleep(step).await;
    }
}

/// Runs the worker until it ends, or is made to.
async fn work(shared: &Shared, arn: &str, program: &WorkerProgram) {
    let (mut child, stop_asked) = shared.with(arn, |task| {
        let child = program.spawn(task);
        task.pid = child.id();
        task.status = Status::Running;
        (child, Arc::clone(&task.stop_asked))
    });
    let pid = child.id().unwrap();
    let status = tokio::select! {
        status = child.wait() => status,
        () = stop_asked.notified() => {
            shared.with(arn, |task| task.status = Status::Stopping);
            signal(pid, Signal::TERM);
            let ended = tokio::time::timeout(program.stop_timeout, child.wait()).await;
            if ended.is_err() {
                signal(pid, Signal::KILL);
            }
            child.wait().await // the same again for one that has ended
        }
    };
    signal(pid, Signal::KILL); // a container ends with all that runs in it
    let code = exit_code(status.unwrap());
    shared.with(arn, |task: &mut Task| {
        task.pid = None;
        task.exit_code = Some(code);
        task.ask_to_stop(
            "EssentialContainerExited",
            "Essential container in task exited",
        );
    });
}
