//! Reads containers: one, the awake ones, and those that wait for their start in fair order.

use std::time::Duration;

use hermes::domain::container::Container;
use hermes::ports::ledger::Write;

use crate::support::World;
use crate::support::records::*;

contract![
    absence_is_no_error,
    a_container_is_read_as_last_committed_in_every_state,
    awake_is_starting_running_or_draining,
    waiting_is_asleep_with_due_work,
    what_is_due_later_does_not_wait_yet,
    a_container_that_was_started_waits_no_more,
    waiting_is_in_fair_order,
    a_client_with_much_work_does_not_crowd_out_others,
];

fn names(containers: &[Container]) -> Vec<&str> {
    containers.iter().map(|c| c.container_id.as_str()).collect()
}

async fn waiting(world: &World, limit: usize) -> Vec<String> {
    let containers = world.containers.waiting(world.now(), limit).await.unwrap();
    names(&containers).into_iter().map(str::to_owned).collect()
}

async fn absence_is_no_error(world: &World) {
    assert_eq!(world.containers.get(&the_box()).await.unwrap(), None);
    assert!(world.containers.awake().await.unwrap().is_empty());
    assert!(waiting(world, 10).await.is_empty());
}

async fn a_container_is_read_as_last_committed_in_every_state(world: &World) {
    let mut container = a_container(1);
    for (state, version) in container_states().into_iter().zip(1..) {
        container.state = state;
        container.generation = u64::MAX >> 1;
        let said = "EssentialContainerExited: exit 137".to_owned();
        container.last_stop_detail = (version % 2 == 1).then_some(said);
        world.write([Write::Container(container.clone())]).await;
        container.version = version;
        let read = world.containers.get(&the_box()).await.unwrap();
        assert_eq!(read.as_ref(), Some(&container));
    }
}

async fn awake_is_starting_running_or_draining(world: &World) {
    let all = (1..).zip(container_states()).map(|(n, state)| Container {
        state,
        ..a_container(n)
    });
    world.write(all.map(Write::Container)).await;
    let mut awake = world.containers.awake().await.unwrap();
    assert!(awake.iter().all(Container::is_awake));
    awake.sort_by_key(|c| c.container_id.clone());
    assert_eq!(names(&awake), ["box-2", "box-3", "box-4"]);
}

async fn waiting_is_asleep_with_due_work(world: &World) {
    let with_work = (1..).zip(container_states()).map(|(n, state)| Container {
        state,
        ..a_waiting_container(n, "acme", 0)
    });
    world.write(with_work.map(Write::Container)).await;
    let without_work = Container {
        open_commands: 0,
        ..a_waiting_container(6, "acme", 0)
    };
    let never_due = Container {
        due_at: None,
        ..a_waiting_container(7, "acme", 0)
    };
    world
        .write([without_work, never_due].map(Write::Container))
        .await;
    assert_eq!(waiting(world, 10).await, ["box-1", "box-5"]);
}

async fn what_is_due_later_does_not_wait_yet(world: &World) {
    world
        .write([Write::Container(a_waiting_container(1, "acme", 5))])
        .await;
    world.advance(Duration::from_mins(5) - Duration::from_millis(1));
    assert!(waiting(world, 10).await.is_empty());
    world.advance(Duration::from_millis(1));
    assert_eq!(waiting(world, 10).await, ["box-1"]);
}

async fn a_container_that_was_started_waits_no_more(world: &World) {
    world
        .write([Write::Container(a_waiting_container(1, "acme", 0))])
        .await;
    let mut container = world.containers.get(&the_box()).await.unwrap().unwrap();
    container.starting(world.now());
    world.write([Write::Container(container)]).await;
    assert!(waiting(world, 10).await.is_empty());
    assert_eq!(names(&world.containers.awake().await.unwrap()), ["box-1"]);
}

async fn waiting_is_in_fair_order(world: &World) {
    // Client a waits since minutes 0, 1, 2; client b since 3, 4; client c since 5.
    let boxes = [
        a_waiting_container(1, "a", 0),
        a_waiting_container(2, "a", 1),
        a_waiting_container(3, "a", 2),
        a_waiting_container(4, "b", 3),
        a_waiting_container(5, "b", 4),
        a_waiting_container(6, "c", 5),
    ];
    world.write(boxes.map(Write::Container)).await;
    world.advance(Duration::from_mins(10));
    let fair = ["box-1", "box-4", "box-6", "box-2", "box-5", "box-3"];
    assert_eq!(waiting(world, 10).await, fair);
    for limit in 0..6 {
        assert_eq!(waiting(world, limit).await, fair[..limit]);
    }
}

async fn a_client_with_much_work_does_not_crowd_out_others(world: &World) {
    let many = (1..=90).map(|n| a_waiting_container(n, "busy", 0));
    world.write(many.map(Write::Container)).await;
    world
        .write([Write::Container(a_waiting_container(100, "small", 1))])
        .await;
    world.advance(Duration::from_mins(1));
    assert!(waiting(world, 2).await.contains(&"box-100".to_owned()));
}
