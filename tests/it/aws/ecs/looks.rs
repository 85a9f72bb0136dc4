//! Looking at tasks.

use std::time::Duration;

use hermes::domain::container::{StopReason, TaskRef};
use hermes::ports::fault::FaultKind;
use hermes::ports::fleet::{Fleet as _, TaskState};

use super::lab::{Lab, launch};
use crate::support::scripted::ecs::Answer;

#[tokio::test]
async fn a_task_comes_up_and_goes_down() {
    let lab = Lab::start();
    let task = lab.started("box", 1).await;
    for status in ["PROVISIONING", "PENDING", "ACTIVATING"] {
        assert_eq!(lab.ecs.task(&task.0).status, status);
        assert_eq!(lab.state(&task).await, TaskState::Pending, "{status}");
        lab.ecs.move_on(&task.0);
    }
    assert_eq!(lab.state(&task).await, TaskState::Running);
    lab.fleet.stop(&task, Duration::ZERO).await.unwrap();
    let view = lab.ecs.task(&task.0);
    assert!(view.is_to_stop && view.stop_reason.unwrap().starts_with("Hermes"));
    for status in ["RUNNING", "DEACTIVATING", "STOPPING"] {
        assert_eq!(lab.ecs.task(&task.0).status, status);
        assert_eq!(
            lab.state(&task).await,
            TaskState::Running,
            "{status}: it may still save its work"
        );
        lab.ecs.move_on(&task.0);
    }
    assert_eq!(lab.ecs.task(&task.0).status, "DEPROVISIONING");
    let TaskState::Stopped(stop) = lab.state(&task).await else {
        panic!("only its network is left");
    };
    assert_eq!(stop.reason, StopReason::Asked);
}

#[tokio::test]
async fn c11_a_task_that_ecs_does_not_know_yet_is_on_its_way() {
    let lab = Lab::start();
    lab.ecs.lag(2);
    let task = lab.started("box", 1).await;
    assert_eq!(lab.state(&task).await, TaskState::Pending);
    assert_eq!(lab.state(&task).await, TaskState::Pending);
    lab.ecs.run(&task.0);
    assert_eq!(lab.state(&task).await, TaskState::Running);
    assert!(lab.ecs.started_twice().is_empty());
}

#[tokio::test]
async fn c11_a_task_that_stays_missing_for_a_minute_is_unknown() {
    let lab = Lab::start();
    let task =
        TaskRef("arn:aws:ecs:us-west-2:123456789012:task/webordinary-edit-cluster/0".to_owned());
    assert_eq!(lab.state(&task).await, TaskState::Pending);
    lab.clock.advance(Duration::from_secs(54));
    assert_eq!(lab.state(&task).await, TaskState::Pending);
    assert_eq!(lab.state(&task).await, TaskState::Unknown);
}

#[tokio::test]
async fn no_task_is_no_call_and_250_are_three() {
    let lab = Lab::start();
    assert!(lab.fleet.observe(&[]).await.unwrap().is_empty());
    assert!(lab.ecs.calls("DescribeTasks").is_empty());
    let mut tasks = Vec::new();
    for n in 0..250 {
        let task = lab
            .fleet
            .start(launch(&format!("box-{n}"), 1))
            .await
            .unwrap();
        if n % 2 == 0 {
            lab.ecs.run(&task.0);
        }
        tasks.push(task);
    }
    let states = lab.fleet.observe(&tasks).await.unwrap();
    assert_eq!(lab.ecs.calls("DescribeTasks").len(), 3);
    for (n, state) in states.iter().enumerate() {
        let expected = if n % 2 == 0 {
            TaskState::Running
        } else {
            TaskState::Pending
        };
        assert_eq!(*state, expected, "in the order asked");
    }
}

#[tokio::test]
async fn an_answer_is_good_for_five_seconds_and_an_end_for_ever() {
    let lab = Lab::start();
    let task = lab.started("box", 1).await;
    let look = || lab.fleet.observe(std::slice::from_ref(&task));
    let asked = || lab.ecs.calls("DescribeTasks").len();
    look().await.unwrap();
    lab.ecs.run(&task.0);
    lab.clock.advance(Duration::from_millis(4999));
    assert_eq!(look().await.unwrap(), [TaskState::Pending]);
    assert_eq!(asked(), 1);
    lab.clock.advance(Duration::from_millis(1));
    assert_eq!(look().await.unwrap(), [TaskState::Running]);
    lab.ecs.end(
        &task.0,
        &crate::support::scripted::ecs::StopScript::default(),
    );
    let TaskState::Stopped(end) = lab.state(&task).await else {
        panic!("it has ended");
    };
    assert_eq!(asked(), 3);
    lab.ecs.forget(&task.0); // as ECS does within the hour (C8)
    lab.clock.advance(Duration::from_mins(30));
    assert_eq!(look().await.unwrap(), [TaskState::Stopped(end)]);
    lab.fleet.stop(&task, Duration::ZERO).await.unwrap();
    assert_eq!((asked(), lab.ecs.calls("StopTask").len()), (3, 0));
}

#[tokio::test]
async fn to_stop_what_has_ended_or_never_was_is_no_error() {
    let lab = Lab::start();
    let task = lab.started("box", 1).await;
    lab.fleet.stop(&task, Duration::ZERO).await.unwrap();
    lab.fleet.stop(&task, Duration::ZERO).await.unwrap();
    lab.ecs.forget(&task.0);
    lab.fleet.stop(&task, Duration::ZERO).await.unwrap();
    lab.ecs.next("StopTask", Answer::denied());
    let denied = lab.fleet.stop(&task, Duration::ZERO).await.unwrap_err();
    assert_eq!(
        (denied.kind, denied.operation),
        (FaultKind::Denied, "ecs.stop_task")
    );
}

#[tokio::test]
async fn a_look_that_fails_says_which_call_and_why() {
    let lab = Lab::start();
    let task = lab.started("box", 1).await;
    for _ in 0..3 {
        lab.ecs.next("DescribeTasks", Answer::throttled());
    }
    let fault = lab.fleet.observe(&[task]).await.unwrap_err();
    assert_eq!(
        (fault.kind, fault.operation),
        (FaultKind::Throttled, "ecs.describe_tasks")
    );
    assert!(
        fault.source.to_string().contains("Rate exceeded"),
        "{}",
        fault.source
    );
}
