//! What ECS says of a task, in the fleet's words (C8).

use aws_sdk_ecs::types::{Container, Task, TaskStopCode};

use crate::domain::container::{Stop, StopReason};
use crate::ports::fleet::TaskState;

/// Longest text kept with a record, in characters: room for the code, an image's name and the registry's answer.
const LONGEST_DETAIL: usize = 500;

/// Exit codes as a shell gives them: 128 and the signal.
const BY_SIGKILL: i32 = 137;
const BY_SIGTERM: i32 = 143;

/// The state of a task that ECS has described.
pub(super) fn state_of(task: &Task) -> TaskState {
    match task.last_status().unwrap_or_default() {
        // a container that was told to end may still save its work
        "RUNNING" | "DEACTIVATING" | "STOPPING" => TaskState::Running,
        // no container is left, only its network
        "DEPROVISIONING" | "STOPPED" | "DELETED" => TaskState::Stopped(stop_of(task)),
        // PROVISIONING, PENDING, ACTIVATING, and what ECS may add before RUNNING
        _ => TaskState::Pending,
    }
}

fn stop_of(task: &Task) -> Stop {
    let said = words_of(task);
    let exit_code = task
        .containers()
        .iter()
        .filter_map(Container::exit_code)
        .max_by_key(|code| code.unsigned_abs());
    Stop {
        reason: reason_of(task.stop_code(), &said, exit_code),
        detail: Some(said.chars().take(LONGEST_DETAIL).collect()),
    }
}

/// All that ECS has to say, as in `EssentialContainerExited: Essential container in task exited; edit: exit 137`.
fn words_of(task: &Task) -> String {
    let code = task.stop_code().map_or("no code", TaskStopCode::as_str);
    let first = format!("{code}: {}", task.stopped_reason().unwrap_or("no reason"));
    let of_containers = task.containers().iter().filter_map(words_of_container);
    let said: Vec<String> = std::iter::once(first).chain(of_containers).collect();
    said.join("; ")
}

fn words_of_container(container: &Container) -> Option<String> {
    let exit = container.exit_code().map(|code| format!("exit {code}"));
    let facts = exit
        .into_iter()
        .chain(container.reason().map(ToOwned::to_owned));
    let facts: Vec<String> = facts.collect();
    let name = container.name().unwrap_or("a container");
    (!facts.is_empty()).then(|| format!("{name}: {}", facts.join(", ")))
}

/// C8. Codes and texts: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html>.
fn reason_of(code: Option<&TaskStopCode>, said: &str, exit_code: Option<i32>) -> StopReason {
    let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
    let code = code.map(TaskStopCode::as_str).unwrap_or_default();
    match code {
        "UserInitiated" => return StopReason::Asked,
        "SpotInterruption"
        | "TerminationNotice"
        | "InfrastructureHealth"
        | "ServiceSchedulerInitiated" => {
            return StopReason::Spot;
        }
        _ => {}
    }
    if says(&["OutOfMemory"]) {
        StopReason::Oom
    } else if says(&["CannotPull"]) {
        StopReason::Image
    } else if says(&[
        "ResourceInitializationError",
        "CannotCreateVolumeError",
        "CannotCreateContainerError",
        "CannotStartContainerError",
    ]) {
        StopReason::Setup
    } else if code == "TaskFailedToStart" {
        StopReason::NeverStarted
    } else {
        reason_of_exit(exit_code)
    }
}

fn reason_of_exit(exit_code: Option<i32>) -> StopReason {
    match exit_code {
        Some(0) => StopReason::Idle,
        // only the kernel kills without asking first: `StopTask` has a code of its own
        Some(BY_SIGKILL) => StopReason::Oom,
        Some(BY_SIGTERM) => StopReason::Asked,
        Some(_) | None => StopReason::Crash,
    }
}
