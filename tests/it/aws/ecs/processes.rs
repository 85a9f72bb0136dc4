//! Tasks of the scripted ECS that are real processes: the ground of the tests with two Hermes.

use std::path::Path;
use std::time::Duration;

use hermes::domain::container::StopReason;
use hermes::ports::fleet::{Fleet as _, TaskState};

use super::lab::with_processes;

/// Waits until the worker of `box` has said how it takes signals.
async fn until_ready(folder: &Path) {
    let ready = folder.join("workspace/box/ready");
    let is_there = async {
        while !ready.exists() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), is_there).await;
    waited.expect("the worker begins");
}

#[tokio::test]
async fn a_worker_is_told_by_the_overrides_and_its_exit_code_is_the_tasks() {
    let (lab, folder) = with_processes(
        "env > $WORKSPACE_PATH/told; exit 7",
        Duration::from_secs(10),
    );
    let task = lab.started("box", 4).await;
    lab.ecs
        .until("its end", |tasks| tasks[0].status == "STOPPED")
        .await;
    let TaskState::Stopped(stop) = lab.state(&task).await else {
        panic!("it has ended");
    };
    assert_eq!(stop.reason, StopReason::Crash);
    assert!(stop.detail.unwrap().contains("exit 7"));
    let told = std::fs::read_to_string(folder.path().join("workspace/box/told")).unwrap();
    assert!(
        told.contains("HERMES_GENERATION=4\n") && told.contains("AWS_REGION=us-west-2\n"),
        "{told}"
    );
    assert!(!told.contains("CARGO"), "nothing is inherited");
}

#[tokio::test]
async fn a_worker_that_is_stopped_gets_sigterm_first() {
    let script = "trap 'exit 0' TERM; touch $WORKSPACE_PATH/ready; while :; do sleep 0.01; done";
    let (lab, folder) = with_processes(script, Duration::from_mins(1));
    let task = lab.started("box", 1).await;
    until_ready(folder.path()).await;
    lab.fleet.stop(&task, Duration::ZERO).await.unwrap();
    lab.ecs
        .until("its end", |tasks| tasks[0].status == "STOPPED")
        .await;
    assert_eq!(
        lab.ecs.task(&task.0).stop_code.as_deref(),
        Some("UserInitiated")
    );
}

#[tokio::test]
async fn a_worker_that_does_not_listen_is_killed() {
    let script = "trap '' TERM; touch $WORKSPACE_PATH/ready; while :; do sleep 0.01; done";
    let (lab, folder) = with_processes(script, Duration::from_millis(50));
    let task = lab.started("box", 1).await;
    until_ready(folder.path()).await;
    lab.fleet.stop(&task, Duration::ZERO).await.unwrap();
    lab.ecs
        .until("its end", |tasks| tasks[0].status == "STOPPED")
        .await;
    let view = lab.ecs.task(&task.0);
    assert_eq!(
        (view.stop_code.as_deref(), view.exit_code),
        (Some("UserInitiated"), Some(137))
    );
}

#[tokio::test]
async fn a_worker_that_is_killed_shows_it() {
    let (lab, _folder) = with_processes("while :; do sleep 0.01; done", Duration::from_secs(10));
    let task = lab.started("box", 1).await;
    lab.ecs
        .until("its start", |tasks| tasks[0].pid.is_some())
        .await;
    assert_eq!(lab.ecs.running(), 1);
    lab.ecs.kill_worker(&task.0);
    lab.ecs
        .until("its end", |tasks| tasks[0].status == "STOPPED")
        .await;
    assert_eq!(lab.ecs.task(&task.0).exit_code, Some(137));
}
