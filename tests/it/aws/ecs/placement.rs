//! As what and where tasks run.

use std::time::Duration;

use hermes::ports::fleet::{Fleet as _, LaunchError};

use super::lab::{Lab, launch};
use crate::support::scripted::ecs::{Answer, EcsScript};

#[tokio::test]
async fn the_edit_service_is_asked_once_for_many_starts_and_again_after_five_minutes() {
    let lab = Lab::start();
    let starts = (1..=20).map(|n| lab.fleet.start(launch(&format!("box-{n}"), 1)));
    for started in futures_util::future::join_all(starts).await {
        started.unwrap();
    }
    let asked = || {
        let calls = ["DescribeServices", "DescribeTaskDefinition"];
        calls.map(|name| lab.ecs.calls(name).len())
    };
    assert_eq!(asked(), [1, 1]);
    lab.clock.advance(Duration::from_mins(5));
    lab.started("box", 1).await;
    assert_eq!(asked(), [2, 2]);
}

#[tokio::test]
async fn settings_override_the_edit_service_one_by_one() {
    let lab = Lab::with(EcsScript::default(), |settings| {
        settings.task_definition = Some("webordinary-edit".to_owned());
        settings.subnets = vec!["subnet-0a1b2c3d4e5f60002".to_owned()];
        settings.container_name = Some("edit".to_owned());
    });
    lab.started("box", 1).await;
    let run = lab.ecs.calls("RunTask").remove(0);
    assert_eq!(run["taskDefinition"], "webordinary-edit");
    let network = &run["networkConfiguration"]["awsvpcConfiguration"];
    assert_eq!(
        network["subnets"],
        serde_json::json!(["subnet-0a1b2c3d4e5f60002"])
    );
    assert_eq!(
        network["securityGroups"],
        serde_json::json!(["sg-0a1b2c3d4e5f60001"])
    );
}

#[tokio::test]
async fn without_an_edit_service_the_settings_must_say_it_all() {
    let lab = Lab::start();
    lab.ecs.no_service();
    let Err(LaunchError::Rejected(why)) = lab.fleet.start(launch("box", 1)).await else {
        panic!("there is nothing to start");
    };
    assert!(
        why.contains("webordinary-edit-service") && why.contains("ECS_TASK_DEFINITION"),
        "{why}"
    );
    let told = lab.replica_with(|settings| {
        settings.task_definition = Some("webordinary-edit".to_owned());
    });
    let Err(LaunchError::Rejected(why)) = told.start(launch("box", 1)).await else {
        panic!("there is nowhere to start it");
    };
    assert!(why.contains("ECS_SUBNETS"), "{why}");
    let told = lab.replica_with(|settings| {
        settings.task_definition = Some("webordinary-edit".to_owned());
        settings.subnets = vec!["subnet-0a1b2c3d4e5f60001".to_owned()];
    });
    told.start(launch("box", 1)).await.unwrap();
}

#[tokio::test]
async fn what_was_mended_after_a_refusal_is_seen_at_once() {
    let lab = Lab::start();
    let text = "TaskDefinition is inactive";
    lab.ecs
        .next("RunTask", Answer::Error(400, "ClientException", text));
    lab.fleet.start(launch("box", 1)).await.unwrap_err();
    lab.started("box", 2).await;
    assert_eq!(lab.ecs.calls("DescribeServices").len(), 2);
}

#[tokio::test]
async fn a_container_that_the_task_definition_has_not_is_told() {
    let lab = Lab::with(EcsScript::default(), |settings| {
        settings.container_name = Some("worker".to_owned());
    });
    let Err(LaunchError::Rejected(why)) = lab.fleet.start(launch("box", 1)).await else {
        panic!("there is no such container");
    };
    assert!(why.contains("ECS_CONTAINER_NAME"), "{why}");
}
