//! Reads the events of a session.

use hermes::ports::ledger::Write;

use crate::support::World;
use crate::support::records::*;

contract![
    absence_is_no_error,
    a_page_starts_after_a_number_and_is_in_order,
    events_of_another_session_are_not_in_it,
    an_event_is_read_as_it_was_written,
];

async fn sequences(world: &World, after: u64, limit: usize) -> Vec<u64> {
    let events = world.events.page(&id("ses-1"), after, limit).await;
    events.unwrap().iter().map(|e| e.sequence).collect()
}

async fn absence_is_no_error(world: &World) {
    assert!(sequences(world, 0, 10).await.is_empty());
}

async fn a_page_starts_after_a_number_and_is_in_order(world: &World) {
    for n in 1..=5 {
        world.write([Write::Event(an_event(1, n))]).await;
    }
    assert_eq!(sequences(world, 0, 10).await, [1, 2, 3, 4, 5]);
    assert_eq!(sequences(world, 0, 2).await, [1, 2]);
    assert_eq!(sequences(world, 2, 2).await, [3, 4]);
    assert_eq!(sequences(world, 4, 10).await, [5]);
    assert!(sequences(world, 5, 10).await.is_empty());
    assert!(sequences(world, u64::MAX, 10).await.is_empty());
    assert!(sequences(world, 0, 0).await.is_empty());
}

async fn events_of_another_session_are_not_in_it(world: &World) {
    world
        .write([Write::Event(an_event(1, 1)), Write::Event(an_event(11, 2))])
        .await;
    assert_eq!(sequences(world, 0, 10).await, [1]);
}

async fn an_event_is_read_as_it_was_written(world: &World) {
    let draft = an_event(1, 1);
    world.write([Write::Event(draft.clone())]).await;
    let events = world.events.page(&id("ses-1"), 0, 10).await.unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].draft, draft);
}
