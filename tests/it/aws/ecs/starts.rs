//! Starts: what is asked for, once a generation, and what becomes of it when it is refused.

use std::collections::BTreeMap;

use hermes::config::{AwsSettings, Pattern};
use hermes::domain::ids::{ClientId, ContainerId};
use hermes::domain::project::ProjectRepo;
use hermes::ports::fault::FaultKind;
use hermes::ports::fleet::{Fleet as _, LaunchError};
use serde_json::{Value, json};

use super::lab::{Lab, launch};
use crate::support::scripted::ecs::{Answer, EcsScript};

fn environment(run: &Value) -> BTreeMap<String, String> {
    let variables = run["overrides"]["containerOverrides"][0]["environment"]
        .as_array()
        .unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    variables
        .iter()
        .map(|one| (text(&one["name"]), text(&one["value"])))
        .collect()
}

fn by_client(text: &str) -> Pattern {
    Pattern::by_client(text).unwrap()
}

/// What a start that must fail says.
async fn refused(lab: &Lab, container: &str) -> LaunchError {
    let started = lab.fleet.start(launch(container, 1)).await;
    started.expect_err("is refused")
}

#[tokio::test]
async fn a_task_is_told_who_it_is_and_runs_where_the_edit_service_would() {
    let lab = Lab::with(EcsScript::default(), |settings| {
        settings.task_role = Some(by_client(
            "arn:aws:iam::123456789012:role/edit-{clientHash}",
        ));
        settings.git_secret = Some(by_client("git/{clientId}"));
        let store = "s3://previews/{clientHash}/{projectId}/{sessionId}/";
        settings.preview_store = Some(Pattern::of_store(store).unwrap());
    });
    let task = lab.started("box", 3).await;
    assert_eq!(task.0, lab.ecs.tasks()[0].arn);
    let run = lab.ecs.calls("RunTask").remove(0);
    let told = environment(&run);
    let hash = "acme".parse::<ClientId>().unwrap().hash8();
    let url = "https://sqs.us-west-2.amazonaws.com/123456789012/webordinary";
    for (name, value) in [
        ("CONTAINER_ID", "box"),
        ("CLIENT_ID", "acme"),
        ("PROJECT_ID", "site"),
        ("USER_ID", "ann@example.com"),
        ("INPUT_QUEUE_URL", &format!("{url}-input-box")),
        ("OUTPUT_QUEUE_URL", &format!("{url}-output-box")),
        ("DLQ_URL", &format!("{url}-dlq-box")),
        ("REPO_URL", "https://git.example.com/acme/site.git"),
        ("WORKSPACE_PATH", "/workspace/box"),
        ("AWS_REGION", "us-west-2"),
        ("AWS_ENDPOINT_URL", lab.ecs.endpoint()),
        ("HERMES_GENERATION", "3"),
        ("HERMES_GIT_SECRET", "git/acme"),
        (
            "HERMES_PREVIEW_STORE",
            &format!("s3://previews/{hash}/site/{{sessionId}}/"),
        ),
    ] {
        assert_eq!(told[name], value, "{name}");
    }
    let project: Value = serde_json::from_str(&told["HERMES_PROJECT"]).unwrap();
    assert_eq!(project["build"], json!(["npm", "run", "build"]));
    assert_eq!(run["cluster"], "webordinary-edit-cluster");
    assert_eq!(run["startedBy"], "hermes");
    assert_eq!(run["launchType"], "FARGATE");
    assert_eq!(run["count"], 1);
    let role = format!("arn:aws:iam::123456789012:role/edit-{hash}");
    assert_eq!(run["overrides"]["taskRoleArn"], role);
    let network = &run["networkConfiguration"]["awsvpcConfiguration"];
    assert_eq!(network["assignPublicIp"], "ENABLED");
    assert_eq!(network["subnets"].as_array().unwrap().len(), 2);
    let tags = run["tags"].as_array().unwrap().iter();
    let tags: BTreeMap<&str, &str> = tags
        .map(|tag| (tag["key"].as_str().unwrap(), tag["value"].as_str().unwrap()))
        .collect();
    assert_eq!(
        (tags["hermes:container"], tags["hermes:generation"]),
        ("box", "3")
    );
    assert_eq!(
        (tags["hermes:client"], tags["hermes:project"]),
        ("acme", "site")
    );
}

#[tokio::test]
async fn c3_one_generation_is_one_task_however_often_it_is_started() {
    let lab = Lab::start();
    let first = lab.started("box", 1).await;
    assert_eq!(lab.started("box", 1).await, first);
    let of_another = lab.replica().start(launch("box", 1)).await.unwrap();
    assert_eq!(of_another, first);
    let tokens: Vec<String> = lab.ecs.runs().into_iter().map(|run| run.token).collect();
    assert!(tokens.iter().all(|token| *token == tokens[0]), "{tokens:?}");
    let (hash, generation) = tokens[0]
        .strip_prefix("h-")
        .unwrap()
        .split_once("-g")
        .unwrap();
    assert_eq!((hash.len(), generation), (16, "1"));
    assert_ne!(lab.started("box", 2).await, first);
    assert_ne!(lab.started("another", 1).await, first);
    assert_eq!(lab.ecs.tasks().len(), 3);
    let answered: Vec<String> = lab.ecs.runs().into_iter().map(|run| run.task).collect();
    assert_eq!(answered[..3], [first.0.clone(), first.0.clone(), first.0]);
    assert!(lab.ecs.started_twice().is_empty());
}

#[tokio::test]
async fn c3_a_task_that_was_started_with_other_parameters_is_adopted() {
    let lab = Lab::start();
    let first = lab.started("box", 1).await;
    let deployed = lab.replica_with(|settings| {
        settings.task_definition = Some("webordinary-edit:7".to_owned());
    });
    assert_eq!(deployed.start(launch("box", 1)).await.unwrap(), first);
    assert_eq!(lab.ecs.tasks().len(), 1);
}

#[tokio::test]
async fn c3_a_start_whose_answer_is_lost_is_found_by_the_next_attempt() {
    let lab = Lab::start();
    for _ in 0..3 {
        lab.ecs.next("RunTask", Answer::Lost); // as often as the SDK tries
    }
    let LaunchError::Backend(fault) = refused(&lab, "box").await else {
        panic!("the server failed");
    };
    assert!(fault.is_transient());
    let task = lab.started("box", 1).await;
    assert_eq!(lab.ecs.tasks().len(), 1);
    assert_eq!(lab.ecs.tasks()[0].arn, task.0);
}

#[tokio::test]
async fn two_installations_in_one_cluster_share_no_token() {
    let lab = Lab::start();
    let ours = lab.started("box", 1).await;
    let other = lab.replica_with(|settings| settings.name_prefix = "staging-".to_owned());
    assert_ne!(other.start(launch("box", 1)).await.unwrap(), ours);
}

#[tokio::test]
async fn c7_an_answer_without_a_task_is_a_lack_of_capacity() {
    let lab = Lab::start();
    for reason in [
        "RESOURCE:MEMORY",
        "RESOURCE:ENI",
        "AGENT",
        "Capacity is unavailable at this time. Please try again later or in a different availability zone",
    ] {
        lab.ecs.next("RunTask", Answer::Failures(vec![reason]));
        let LaunchError::Capacity(why) = refused(&lab, "box").await else {
            panic!("{reason}");
        };
        assert!(why.contains(reason), "{why}");
    }
    lab.ecs.next("RunTask", Answer::Failures(vec!["ATTRIBUTE"]));
    assert!(matches!(
        refused(&lab, "box").await,
        LaunchError::Rejected(_)
    ));
    lab.ecs.next("RunTask", Answer::Failures(vec![]));
    assert!(matches!(
        refused(&lab, "box").await,
        LaunchError::Capacity(_)
    ));
    lab.started("box", 1).await;
}

#[tokio::test]
async fn c7_without_spot_capacity_the_task_runs_on_demand() {
    let lab = Lab::start();
    lab.ecs.providers(&["FARGATE_SPOT"]);
    lab.ecs.no_spot(true);
    let task = lab.started("box", 1).await;
    let runs = lab.ecs.calls("RunTask");
    let provider = |run: &Value| run["capacityProviderStrategy"][0]["capacityProvider"].clone();
    assert_eq!(
        runs.iter().map(provider).collect::<Vec<_>>(),
        ["FARGATE_SPOT", "FARGATE"]
    );
    assert_eq!(runs[0]["clientToken"], runs[1]["clientToken"]);
    // Spot is there again, and another replica that has not heard of the answer asks for it: it is the same task
    lab.ecs.no_spot(false);
    assert_eq!(lab.replica().start(launch("box", 1)).await.unwrap(), task);
    assert_eq!(lab.ecs.tasks().len(), 1);
}

#[tokio::test]
async fn c7_a_token_that_a_failure_has_used_up_starts_nothing_and_the_next_generation_is_free() {
    let lab = Lab::start();
    lab.ecs.providers(&["FARGATE_SPOT"]);
    lab.ecs.no_spot(true);
    lab.ecs.failures_bind();
    assert!(matches!(
        refused(&lab, "box").await,
        LaunchError::Capacity(_)
    ));
    lab.ecs.no_spot(false);
    lab.started("box", 2).await;
    assert_eq!(lab.ecs.tasks().len(), 1);
}

#[tokio::test]
async fn errors_are_sorted_by_what_helps() {
    let lab = Lab::start();
    let text = "You've reached the limit on the number of vCPUs you can run concurrently";
    lab.ecs
        .next("RunTask", Answer::Error(400, "ClientException", text));
    assert!(matches!(
        refused(&lab, "box").await,
        LaunchError::Capacity(_)
    ));
    let text = "No Container Instances were found in your cluster.";
    lab.ecs.next(
        "RunTask",
        Answer::Error(400, "InvalidParameterException", text),
    );
    assert!(matches!(
        refused(&lab, "box").await,
        LaunchError::Capacity(_)
    ));
    let text = "TaskDefinition is inactive";
    lab.ecs
        .next("RunTask", Answer::Error(400, "ClientException", text));
    let LaunchError::Rejected(why) = refused(&lab, "box").await else {
        panic!("an operator must look at it");
    };
    assert_eq!(why, text);
    lab.ecs.next("RunTask", Answer::denied());
    let LaunchError::Backend(fault) = refused(&lab, "box").await else {
        panic!("an operator must look at it");
    };
    assert_eq!(fault.kind, FaultKind::Denied);
    assert!(lab.ecs.tasks().is_empty());
}

#[tokio::test]
async fn c12_throttles_are_tried_again_and_then_told_as_such() {
    let lab = Lab::start();
    lab.ecs.next("RunTask", Answer::throttled());
    lab.started("box", 1).await;
    for _ in 0..3 {
        lab.ecs.next("RunTask", Answer::throttled());
    }
    let LaunchError::Backend(fault) = refused(&lab, "another").await else {
        panic!("it passes by itself");
    };
    assert_eq!(fault.kind, FaultKind::Throttled);
}

#[tokio::test]
async fn what_does_not_fit_into_the_overrides_is_refused_with_what_to_do() {
    let lab = Lab::start();
    let mut long = launch("box", 1);
    long.project.build = Some(vec!["x".repeat(8000)]);
    let started = lab.fleet.start(long).await;
    let Err(LaunchError::Rejected(why)) = started else {
        panic!("{started:?}");
    };
    assert!(
        why.contains("8192") && why.contains("project site"),
        "{why}"
    );
    assert!(lab.ecs.calls("RunTask").is_empty());
}

/// Everyone who may look at tasks can read their environment.
#[tokio::test]
async fn a_repository_that_no_task_can_reach_or_that_gives_a_secret_away_is_refused() {
    let lab = Lab::start();
    let secret = "https://x:hunter2@git.example.com/site.git".to_owned();
    for repo in [ProjectRepo::Demo, ProjectRepo::Url(secret)] {
        let mut launch = launch("box", 1);
        launch.project.repo = repo;
        let Err(LaunchError::Rejected(why)) = lab.fleet.start(launch).await else {
            panic!("must be refused");
        };
        assert!(!why.contains("hunter2"), "{why}");
    }
    assert!(lab.ecs.calls("RunTask").is_empty());
}

#[tokio::test]
async fn the_longest_names_are_taken() {
    let lab = Lab::with(EcsScript::default(), |settings: &mut AwsSettings| {
        settings.name_prefix = "webordinary-".to_owned();
    });
    let long = "a.b_c:d@e+f-".repeat(11);
    let id = |text: &str| text.get(..128).unwrap().to_owned();
    let mut launch = launch("box", u64::MAX);
    launch.client_id = id(&long).parse().unwrap();
    launch.project_id = id(&long).parse().unwrap();
    launch.user_id = id(&long).parse().unwrap();
    launch.container_id =
        ContainerId::derive(&launch.client_id, &launch.project_id, &launch.user_id);
    lab.fleet.start(launch).await.unwrap();
}
