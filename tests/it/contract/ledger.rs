//! Commits writes: together, conditional, durable.

use std::time::Duration;

use hermes::ports::fault::FaultKind;
use hermes::ports::ledger::{CommitError, Write};

use crate::support::World;
use crate::support::records::*;

contract![
    all_writes_of_a_call_take_effect_together,
    one_condition_that_does_not_hold_undoes_the_whole_call,
    a_stale_write_conflicts,
    a_record_that_exists_cannot_be_made_again,
    a_record_that_does_not_exist_cannot_be_changed,
    records_are_stored_with_the_next_version,
    a_pointer_that_exists_stays_as_it_is,
    a_claim_is_taken_once_until_it_expires,
    events_are_numbered_without_gaps,
    a_failed_call_uses_up_no_number,
    of_racing_writers_one_wins,
    at_most_a_hundred_writes,
    the_first_event_of_a_session_counts_twice,
    at_most_one_write_per_record,
    no_writes_are_no_change,
];

/// One new record of each kind.
fn one_of_each() -> Vec<Write> {
    vec![
        Write::Session(a_session(1)),
        Write::Thread(a_thread(1)),
        Write::Container(a_container(1)),
        Write::Command(Box::new(a_command(1))),
        Write::Reply(Box::new(a_reply(1))),
        Write::Journal(Box::new(a_journal_row(1))),
        Write::Pointer(a_pointer(1, 1)),
        Write::Claim(a_claim("k", "first")),
        Write::Note(a_note(1)),
        Write::Event(an_event(1, 1)),
    ]
}

/// Whether the records of [`one_of_each`] are there, in the same order.
async fn which_exist(world: &World) -> Vec<bool> {
    let key = a_claim("k", "").key;
    vec![
        world.sessions.get(&id("ses-1")).await.unwrap().is_some(),
        world.threads.get(&id("thread1")).await.unwrap().is_some(),
        world.containers.get(&the_box()).await.unwrap().is_some(),
        world.commands.get(&id("cmd-1")).await.unwrap().is_some(),
        world.replies.get(&id("cmd-1")).await.unwrap().is_some(),
        world.journal.get(&id("msg-1")).await.unwrap().is_some(),
        world
            .threads
            .resolve(&[a_pointer(1, 1).key])
            .await
            .unwrap()
            .is_some(),
        world.claims.get(&key, world.now()).await.unwrap().is_some(),
        world.notes.get(&a_note(1).key).await.unwrap().is_some(),
        !world
            .events
            .page(&id("ses-1"), 0, 10)
            .await
            .unwrap()
            .is_empty(),
    ]
}

async fn all_writes_of_a_call_take_effect_together(world: &World) {
    world.write(one_of_each()).await;
    assert_eq!(which_exist(world).await, [true; 10]);
}

async fn one_condition_that_does_not_hold_undoes_the_whole_call(world: &World) {
    world.write([Write::Session(a_session(2))]).await;
    let mut writes = one_of_each();
    writes.push(Write::Session(a_session(2)));
    world.conflict(writes).await;
    assert_eq!(which_exist(world).await, [false; 10]);
}

async fn a_stale_write_conflicts(world: &World) {
    world.write(one_of_each()).await;
    let mut session = world.sessions.get(&id("ses-1")).await.unwrap().unwrap();
    let stale = session.clone();
    session.activation = 2;
    world.write([Write::Session(session)]).await;
    world.conflict([Write::Session(stale)]).await;
    let stored = world.sessions.get(&id("ses-1")).await.unwrap().unwrap();
    assert_eq!((stored.activation, stored.version), (2, 2));

    for write in rewritten(world).await {
        world.write([write.clone()]).await;
        world.conflict([write]).await;
    }
}

/// The versioned records as they are stored: each may be written once more.
async fn rewritten(world: &World) -> [Write; 7] {
    let session = world.sessions.get(&id("ses-1")).await.unwrap().unwrap();
    let thread = world.threads.get(&id("thread1")).await.unwrap().unwrap();
    let container = world.containers.get(&the_box()).await.unwrap().unwrap();
    let command = world.commands.get(&id("cmd-1")).await.unwrap().unwrap();
    let reply = world.replies.get(&id("cmd-1")).await.unwrap().unwrap();
    let row = world.journal.get(&id("msg-1")).await.unwrap().unwrap();
    let note = world.notes.get(&a_note(1).key).await.unwrap().unwrap();
    [
        Write::Session(session),
        Write::Thread(thread),
        Write::Container(container),
        Write::Command(Box::new(command)),
        Write::Reply(Box::new(reply)),
        Write::Journal(Box::new(row)),
        Write::Note(note),
    ]
}

async fn a_record_that_exists_cannot_be_made_again(world: &World) {
    world.write(one_of_each()).await;
    for write in one_of_each() {
        if matches!(write, Write::Event(_) | Write::Pointer(_)) {
            world.write([write]).await; // an event is another one; a pointer stays as it is
        } else {
            world.conflict([write]).await;
        }
    }
}

async fn a_record_that_does_not_exist_cannot_be_changed(world: &World) {
    let mut container = a_container(1);
    container.version = 1;
    world.conflict([Write::Container(container)]).await;
    assert!(world.containers.get(&the_box()).await.unwrap().is_none());
}

async fn records_are_stored_with_the_next_version(world: &World) {
    world.write(one_of_each()).await;
    for expected in [2, 3] {
        world.write(rewritten(world).await).await;
        let versions = rewritten(world).await.map(|write| match write {
            Write::Session(record) => record.version,
            Write::Thread(record) => record.version,
            Write::Container(record) => record.version,
            Write::Command(record) => record.version,
            Write::Reply(record) => record.version,
            Write::Journal(record) => record.version,
            Write::Note(record) => record.version,
            Write::Pointer(_) | Write::Claim(_) | Write::Event(_) => 0,
        });
        assert_eq!(versions, [expected; 7]);
    }
}

async fn a_pointer_that_exists_stays_as_it_is(world: &World) {
    world
        .write([
            Write::Thread(a_thread(1)),
            Write::Thread(a_thread(2)),
            Write::Pointer(a_pointer(1, 1)),
        ])
        .await;
    world
        .write([
            Write::Pointer(a_pointer(1, 2)),
            Write::Pointer(a_pointer(2, 2)),
        ])
        .await;
    let found = world.threads.resolve(&[a_pointer(1, 1).key]).await.unwrap();
    assert_eq!(found.unwrap().1.thread_id, id("thread1"));
    let found = world.threads.resolve(&[a_pointer(2, 1).key]).await.unwrap();
    assert_eq!(found.unwrap().1.thread_id, id("thread2"));
}

async fn a_claim_is_taken_once_until_it_expires(world: &World) {
    let first = a_claim("k", "first");
    world.write([Write::Claim(first.clone())]).await;

    let mut second = a_claim("k", "second");
    second.claimed_at = first.expires_at - Duration::from_millis(1);
    second.expires_at = first.expires_at + Duration::from_hours(1);
    world.conflict([Write::Claim(second.clone())]).await;

    second.claimed_at = first.expires_at;
    world.write([Write::Claim(second.clone())]).await;
    let stored = world
        .claims
        .get(&second.key, second.claimed_at)
        .await
        .unwrap();
    assert_eq!(stored, Some(second));
}

async fn events_are_numbered_without_gaps(world: &World) {
    world.write([Write::Event(an_event(1, 1))]).await;
    world
        .write([
            Write::Event(an_event(1, 2)),
            Write::Event(an_event(2, 10)),
            Write::Event(an_event(1, 3)),
        ])
        .await;
    let one = world.events.page(&id("ses-1"), 0, 10).await.unwrap();
    let numbers: Vec<_> = one.iter().map(|event| event.sequence).collect();
    assert_eq!(numbers, [1, 2, 3]);
    let drafts: Vec<_> = one.into_iter().map(|event| event.draft).collect();
    assert_eq!(drafts, [1, 2, 3].map(|n| an_event(1, n)));
    let two = world.events.page(&id("ses-2"), 0, 10).await.unwrap();
    assert_eq!(two.len(), 1);
    assert_eq!(two[0].sequence, 1);
}

async fn a_failed_call_uses_up_no_number(world: &World) {
    world
        .write([Write::Session(a_session(1)), Write::Event(an_event(1, 1))])
        .await;
    world
        .conflict([Write::Event(an_event(1, 2)), Write::Session(a_session(1))])
        .await;
    world.write([Write::Event(an_event(1, 3))]).await;
    let events = world.events.page(&id("ses-1"), 0, 10).await.unwrap();
    let numbers: Vec<_> = events.iter().map(|event| event.sequence).collect();
    assert_eq!(numbers, [1, 2]);
}

async fn of_racing_writers_one_wins(world: &World) {
    world.write([Write::Session(a_session(1))]).await;
    let read = world.sessions.get(&id("ses-1")).await.unwrap().unwrap();
    let tries = (0..16).map(|n| {
        let mut session = read.clone();
        session.reason = Some(format!("writer {n}"));
        world.try_write([Write::Session(session)])
    });
    let results = futures_util::future::join_all(tries).await;
    let winners: Vec<_> = (0..).zip(&results).filter(|(_, r)| r.is_ok()).collect();
    assert_eq!(winners.len(), 1, "{results:?}");
    let losers = results
        .iter()
        .filter(|r| matches!(r, Err(CommitError::Conflict)));
    assert_eq!(losers.count(), 15, "{results:?}");
    let stored = world.sessions.get(&id("ses-1")).await.unwrap().unwrap();
    assert_eq!(stored.reason, Some(format!("writer {}", winners[0].0)));
}

async fn at_most_a_hundred_writes(world: &World) {
    let sessions = |n| (1..=n).map(|n| Write::Session(a_session(n)));
    let result = world.try_write(sessions(101)).await;
    let Err(CommitError::Backend(fault)) = result else {
        panic!("must be refused: {result:?}")
    };
    assert_eq!(fault.kind, FaultKind::Broken);
    assert!(world.sessions.get(&id("ses-1")).await.unwrap().is_none());
    world.write(sessions(100)).await;
    assert!(world.sessions.get(&id("ses-100")).await.unwrap().is_some());
}

async fn the_first_event_of_a_session_counts_twice(world: &World) {
    let events = |n| (1..=n).map(|n| Write::Event(an_event(n, n)));
    world.write(events(50)).await;
    let result = world.try_write(events(51)).await;
    let Err(CommitError::Backend(fault)) = result else {
        panic!("must be refused: {result:?}")
    };
    assert_eq!(fault.kind, FaultKind::Broken);
    let events = (1..=99).map(|n| Write::Event(an_event(1, n)));
    world.write(events).await;
    let stored = world.events.page(&id("ses-1"), 0, 200).await.unwrap();
    assert_eq!(stored.len(), 100);
}

async fn at_most_one_write_per_record(world: &World) {
    let result = world
        .try_write([Write::Thread(a_thread(1)), Write::Thread(a_thread(1))])
        .await;
    let Err(CommitError::Backend(fault)) = result else {
        panic!("must be refused: {result:?}")
    };
    assert_eq!(fault.kind, FaultKind::Broken);
    assert!(world.threads.get(&id("thread1")).await.unwrap().is_none());
}

async fn no_writes_are_no_change(world: &World) {
    world.write([]).await;
    assert_eq!(which_exist(world).await, [false; 10]);
}
