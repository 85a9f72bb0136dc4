//! C8: how tasks end, and what is kept of it.

use hermes::domain::container::StopReason;
use hermes::ports::fleet::TaskState;

use super::lab::Lab;
use crate::support::scripted::ecs::StopScript;

/// Code, reason, the container's reason, exit code: what becomes of it.
type Case = (
    &'static str,
    &'static str,
    &'static str,
    Option<i32>,
    StopReason,
);

const ENDS: [Case; 21] = [
    (
        "EssentialContainerExited",
        "Essential container in task exited",
        "",
        Some(0),
        StopReason::Idle,
    ),
    (
        "EssentialContainerExited",
        "Essential container in task exited",
        "",
        Some(1),
        StopReason::Crash,
    ),
    (
        "EssentialContainerExited",
        "Essential container in task exited",
        "",
        Some(139),
        StopReason::Crash,
    ),
    (
        "EssentialContainerExited",
        "Essential container in task exited",
        "",
        Some(137),
        StopReason::Oom,
    ),
    (
        "EssentialContainerExited",
        "Essential container in task exited",
        "",
        Some(143),
        StopReason::Asked,
    ),
    (
        "EssentialContainerExited",
        "Essential container in task exited",
        "OutOfMemoryError: Container killed due to memory usage",
        Some(137),
        StopReason::Oom,
    ),
    (
        "EssentialContainerExited",
        "Essential container in task exited",
        "ContainerRuntimeTimeoutError: Could not transition to running; timed out after waiting 3m0s",
        None,
        StopReason::Crash,
    ),
    (
        "EssentialContainerExited",
        "Essential container in task exited",
        "CannotStartContainerError: API error (400): OCI runtime create failed: exec: \"hermes\": executable file not found in $PATH",
        Some(127),
        StopReason::Setup,
    ),
    (
        "UserInitiated",
        "Hermes: this life of the container is over",
        "",
        Some(137),
        StopReason::Asked,
    ),
    (
        "UserInitiated",
        "Task stopped by user",
        "",
        None,
        StopReason::Asked,
    ),
    (
        "SpotInterruption",
        "Your Spot Task was interrupted.",
        "",
        Some(143),
        StopReason::Spot,
    ),
    (
        "TerminationNotice",
        "Host EC2 (instance i-0123456789abcdef0) terminated.",
        "",
        None,
        StopReason::Spot,
    ),
    (
        "InfrastructureHealth",
        "The infrastructure of the task is unhealthy",
        "",
        None,
        StopReason::Spot,
    ),
    (
        "ServiceSchedulerInitiated",
        "Scaling activity initiated by deployment ecs-svc/1",
        "",
        Some(0),
        StopReason::Spot,
    ),
    (
        "TaskFailedToStart",
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref hermes-edit:9: not found",
        "",
        None,
        StopReason::Image,
    ),
    (
        "TaskFailedToStart",
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed",
        "",
        None,
        StopReason::Setup,
    ),
    (
        "TaskFailedToStart",
        "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes",
        "",
        None,
        StopReason::Setup,
    ),
    (
        "TaskFailedToStart",
        "CannotCreateVolumeError: Get http://127.0.0.1/Plugin.Activate: unsupported",
        "",
        None,
        StopReason::Setup,
    ),
    (
        "TaskFailedToStart",
        "Timeout waiting for network interface provisioning to complete.",
        "",
        None,
        StopReason::NeverStarted,
    ),
    (
        "TaskFailedToStart",
        "ContainerRuntimeTimeoutError: could not transition to created",
        "",
        None,
        StopReason::NeverStarted,
    ),
    ("", "", "", None, StopReason::Crash),
];

#[tokio::test]
async fn c8_every_end_is_understood_and_kept_in_the_words_of_ecs() {
    let lab = Lab::start();
    let set = |text: &'static str| (!text.is_empty()).then_some(text);
    for (n, (code, reason, container_reason, exit_code, expected)) in ENDS.into_iter().enumerate() {
        let task = lab.started(&format!("box-{n}"), 1).await;
        let stop = StopScript {
            code: set(code),
            reason: set(reason),
            container_reason: set(container_reason),
            exit_code,
        };
        lab.ecs.end(&task.0, &stop);
        let TaskState::Stopped(stop) = lab.state(&task).await else {
            panic!("{code} {reason}");
        };
        assert_eq!(
            stop.reason, expected,
            "{code} {reason} {container_reason} {exit_code:?}"
        );
        let detail = stop.detail.unwrap();
        for words in [code, reason, container_reason] {
            assert!(detail.contains(words), "{detail}");
        }
        if let Some(code) = exit_code {
            assert!(detail.contains(&format!("edit: exit {code}")), "{detail}");
        }
    }
}

#[tokio::test]
async fn the_words_kept_are_bounded() {
    let lab = Lab::start();
    let task = lab.started("box", 1).await;
    let long: &'static str = Box::leak("ä".repeat(5000).into_boxed_str());
    let stop = StopScript {
        reason: Some(long),
        ..StopScript::default()
    };
    lab.ecs.end(&task.0, &stop);
    let TaskState::Stopped(stop) = lab.state(&task).await else {
        panic!("it has ended");
    };
    assert_eq!(stop.detail.unwrap().chars().count(), 500);
}
