//! C13: tasks that no record wants.

use std::sync::Arc;
use std::time::Duration;

use hermes::domain::container::{Container, ContainerState, TaskRef};
use hermes::ports::fleet::{Fleet as _, OwnTask};
use hermes::ports::ledger::Write;
use hermes::services::metrics::Metrics;
use hermes::services::orphans::Orphans;

use super::lab::{Lab, launch};
use crate::support::World;
use crate::support::records::a_container;

async fn names(lab: &Lab) -> Vec<(String, u64)> {
    let own = lab.fleet.own().await.unwrap();
    let mut names: Vec<_> = own
        .into_iter()
        .map(|task| (task.container_id.to_string(), task.generation))
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn c13_all_our_tasks_are_listed_page_by_page() {
    let lab = Lab::start();
    assert!(lab.fleet.own().await.unwrap().is_empty());
    assert!(
        lab.ecs.calls("DescribeTasks").is_empty(),
        "never with an empty list"
    );
    lab.ecs.page(2);
    for n in 1..=5 {
        lab.started(&format!("box-{n}"), n).await;
    }
    let expected: Vec<_> = (1..=5).map(|n| (format!("box-{n}"), n)).collect();
    assert_eq!(names(&lab).await, expected);
    assert_eq!(lab.ecs.calls("ListTasks").len(), 1 + 3);
}

#[tokio::test]
async fn c13_tasks_that_end_and_those_of_others_are_not_ours() {
    let lab = Lab::start();
    let ending = lab.started("box-1", 1).await;
    lab.fleet.stop(&ending, Duration::ZERO).await.unwrap();
    lab.started("box-2", 1).await;
    let other = lab.replica_with(|settings| settings.name_prefix = "staging-".to_owned());
    other.start(launch("box-3", 1)).await.unwrap();
    assert_eq!(names(&lab).await, [("box-2".to_owned(), 1)]);
    let theirs = other.own().await.unwrap();
    assert_eq!(theirs.len(), 1);
    assert!(matches!(&theirs[0], OwnTask { container_id, .. } if container_id.as_str() == "box-3"));
}

fn orphans(lab: &Lab, world: &World) -> Orphans {
    let metrics = Arc::new(Metrics::new("1", "aws"));
    Orphans::new(
        Arc::new(lab.replica()),
        Arc::clone(&world.containers),
        metrics,
    )
}

#[tokio::test]
async fn c13_what_no_record_wants_is_stopped_and_nothing_else() {
    let (lab, world) = (Lab::start(), World::embedded());
    let since = world.now();
    let wanted = lab.started("box-1", 2).await;
    let older = lab.started("box-1", 1).await;
    let starting = lab.started("box-2", 1).await;
    let asleep = lab.started("box-3", 1).await;
    let without_record = lab.started("box-4", 1).await;
    let record = |n: u32, generation: u64, state: ContainerState| {
        Write::Container(Container {
            generation,
            state,
            ..a_container(n)
        })
    };
    let task = Some(TaskRef(wanted.0.clone()));
    world
        .write([
            record(1, 2, ContainerState::Starting { since, task }),
            record(2, 1, ContainerState::Starting { since, task: None }),
            record(3, 1, ContainerState::Stopped),
        ])
        .await;
    orphans(&lab, &world).tick().await.unwrap();
    let is_to_stop = |task: &TaskRef| lab.ecs.task(&task.0).is_to_stop;
    assert!(!is_to_stop(&wanted) && !is_to_stop(&starting));
    assert!(is_to_stop(&older) && is_to_stop(&asleep) && is_to_stop(&without_record));
}
