//! Two replicas over the same tables.

use futures_util::future::join_all;
use hermes::adapters::aws::dynamo::DynamoStore;
use hermes::domain::command::{Command, CommandState};
use hermes::domain::container::Container;
use hermes::domain::session::{Session, SessionStatus};
use hermes::ports::command_store::CommandStore;
use hermes::ports::container_store::ContainerStore;
use hermes::ports::event_store::EventStore;
use hermes::ports::ledger::{CommitError, Ledger, Write};
use hermes::ports::reply_store::ReplyStore;
use hermes::ports::session_store::SessionStore;

use super::lab::{Lab, conflict, write};
use crate::support::records::*;

trials![
    events_of_two_replicas_are_numbered_without_gaps,
    replicas_that_accept_at_once_take_turns_on_the_container,
    c3_of_two_replicas_that_decide_the_same_at_once_one_wins,
    s2_a_session_whose_row_was_deleted_is_written_again_by_a_woken_thread,
    s9_a_command_is_among_the_open_ones_from_its_commit_to_its_end,
    commands_of_a_container_that_has_no_record_make_none,
    what_was_written_a_moment_ago_is_found_before_its_index_has_it,
    another_replica_finds_it_in_the_index,
];

async fn events_of_two_replicas_are_numbered_without_gaps() {
    let lab = Lab::new().await;
    let (one, two) = (lab.store(), lab.store());
    // in turns: each knows a number that is no longer the last one
    for n in 1..=6 {
        let store = if n % 2 == 0 { &one } else { &two };
        write(store, [Write::Event(an_event(1, n))]).await;
    }
    let at_once = (7..=14).map(|n| {
        let store = if n % 2 == 0 { &one } else { &two };
        until_made(store, move || vec![Write::Event(an_event(1, n))])
    });
    join_all(at_once).await;
    let events = one.page(&id("ses-1"), 0, 100).await.unwrap();
    let numbers: Vec<_> = events.iter().map(|event| event.sequence).collect();
    assert_eq!(numbers, (1..=14).collect::<Vec<_>>());
    let mut drafts: Vec<_> = events
        .into_iter()
        .map(|event| format!("{:?}", event.draft))
        .collect();
    drafts.sort();
    drafts.dedup();
    assert_eq!(drafts.len(), 14, "none twice");
}

async fn until_made(store: &DynamoStore, writes: impl Fn() -> Vec<Write>) {
    for _ in 0..100 {
        match store.commit(writes()).await {
            Ok(()) => return,
            Err(CommitError::Conflict) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
    panic!("a hundred conflicts");
}

/// Accepts a command as the acceptor does: conditional on the container that was read.
async fn accept(store: &DynamoStore, n: u32) {
    loop {
        let found = ContainerStore::get(store, &the_box()).await.unwrap();
        let mut container = found.unwrap_or_else(|| a_container(1));
        let now = a_container(1)
            .due_at
            .unwrap_or(crate::support::ManualClock::START);
        let sequence = container.command_accepted(now);
        let command = Command {
            sequence,
            ..a_command(n)
        };
        let writes = vec![
            Write::Command(Box::new(command)),
            Write::Container(container),
            Write::Event(an_event(1, n)),
        ];
        match store.commit(writes).await {
            Ok(()) => return,
            Err(CommitError::Conflict) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
}

async fn replicas_that_accept_at_once_take_turns_on_the_container() {
    let lab = Lab::new().await;
    let (one, two) = (lab.store(), lab.store());
    let both = (1..=10).map(|n| accept(if n % 2 == 0 { &one } else { &two }, n));
    join_all(both).await;
    let container = ContainerStore::get(&one, &the_box())
        .await
        .unwrap()
        .unwrap();
    assert_eq!((container.open_commands, container.next_sequence), (10, 11));
    let open = two.open_in(&the_box()).await.unwrap();
    let sequences: Vec<_> = open.iter().map(|command| command.sequence).collect();
    assert_eq!(sequences, (1..=10).collect::<Vec<_>>());
    assert_eq!(one.page(&id("ses-1"), 0, 100).await.unwrap().len(), 10);
}

async fn c3_of_two_replicas_that_decide_the_same_at_once_one_wins() {
    let lab = Lab::new().await;
    write(
        &lab.store(),
        [Write::Container(a_waiting_container(1, "acme", 0))],
    )
    .await;
    let read = ContainerStore::get(&lab.store(), &the_box()).await.unwrap();
    let mut container: Container = read.unwrap();
    container.starting(lab.now());
    // the same content to the last byte: an idempotency token made from it would let both win
    let writes = || {
        vec![
            Write::Container(container.clone()),
            Write::Event(an_event(1, 1)),
        ]
    };
    let stores = [lab.store(), lab.store(), lab.store()];
    let results = join_all(stores.iter().map(|store| store.commit(writes()))).await;
    let winners = results.iter().filter(|result| result.is_ok()).count();
    assert_eq!(winners, 1, "{results:?}");
    let again = lab.store().commit(writes()).await;
    assert!(matches!(again, Err(CommitError::Conflict)), "{again:?}");
    assert_eq!(
        lab.store().page(&id("ses-1"), 0, 10).await.unwrap().len(),
        1
    );
}

async fn s2_a_session_whose_row_was_deleted_is_written_again_by_a_woken_thread() {
    let lab = Lab::new().await;
    let store = lab.store();
    for _ in 0..3 {
        let read = SessionStore::get(&store, &id("ses-1")).await.unwrap();
        write(
            &store,
            [Write::Session(read.unwrap_or_else(|| a_session(1)))],
        )
        .await;
    }
    let stale = SessionStore::get(&store, &id("ses-1"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(stale.version, 3);
    lab.delete_session("ses-1", "amelia@example.com").await;

    conflict(&store, [Write::Session(stale)]).await;
    assert_eq!(SessionStore::get(&store, &id("ses-1")).await.unwrap(), None);
    let woken = Session {
        status: SessionStatus::Initializing,
        ..a_session(1)
    };
    write(&store, [Write::Session(woken.clone())]).await;
    let read = SessionStore::get(&store, &id("ses-1"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        read,
        Session {
            version: 1,
            ..woken
        }
    );
}

async fn s9_a_command_is_among_the_open_ones_from_its_commit_to_its_end() {
    let lab = Lab::new().await;
    let store = lab.store();
    for n in [1, 2] {
        accept(&store, n).await;
    }
    let names = |commands: Vec<Command>| -> Vec<String> {
        commands.iter().map(|c| c.command_id.to_string()).collect()
    };
    assert_eq!(
        names(lab.store().open_in(&the_box()).await.unwrap()),
        ["cmd-1", "cmd-2"]
    );

    let command = CommandStore::get(&store, &id("cmd-1"))
        .await
        .unwrap()
        .unwrap();
    let ended = Command {
        state: CommandState::Succeeded,
        ..command
    };
    write(&store, [Write::Command(Box::new(ended))]).await;
    assert_eq!(
        names(lab.store().open_in(&the_box()).await.unwrap()),
        ["cmd-2"]
    );
    let table = lab.names.table_containers();
    let item = lab.item(&table, &[("containerId", "box-1")]).await.unwrap();
    let open: Vec<_> = item
        .keys()
        .filter(|name| name.starts_with("open#"))
        .collect();
    assert_eq!(open, ["open#cmd-2"]);
    let container = ContainerStore::get(&store, &the_box())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        container.version, 2,
        "only the container's own writes count"
    );
}

async fn commands_of_a_container_that_has_no_record_make_none() {
    let lab = Lab::new().await;
    let store = lab.store();
    write(&store, [Write::Command(Box::new(a_command(1)))]).await;
    assert_eq!(ContainerStore::get(&store, &the_box()).await.unwrap(), None);
    write(&store, [Write::Container(a_container(1))]).await;
    assert_eq!(store.open_in(&the_box()).await.unwrap().len(), 1);
}

/// One container that waits, one that is awake, a reply that is due, a live session with a command.
async fn write_what_is_to_be_done(store: &DynamoStore) {
    let mut awake = a_container(2);
    awake.starting(crate::support::ManualClock::START);
    let writes = [
        Write::Container(a_waiting_container(1, "acme", 0)),
        Write::Container(awake),
        Write::Reply(Box::new(a_reply(1))),
        Write::Session(a_session(1)),
        Write::Command(Box::new(a_command(1))),
    ];
    write(store, writes).await;
}

/// What a store finds of that, in the same order.
async fn found(lab: &Lab, store: &DynamoStore) -> [usize; 5] {
    let now = lab.now();
    [
        store.waiting(now, 10).await.unwrap().len(),
        store.awake().await.unwrap().len(),
        store.due(now, 10).await.unwrap().len(),
        store.live_in(&the_box(), now).await.unwrap().len(),
        store.by_session(&id("ses-1"), 10).await.unwrap().len(),
    ]
}

async fn what_was_written_a_moment_ago_is_found_before_its_index_has_it() {
    let lab = Lab::new().await;
    let store = lab.store();
    write_what_is_to_be_done(&store).await;
    // the emulator's indexes know at once: what is taken out of them here is as if they did not
    let sessions = lab.names.table_sessions().to_owned();
    let user = ("userId", "amelia@example.com");
    for (table, key, attribute) in [
        (
            lab.names.table_containers(),
            vec![("containerId", "box-1")],
            "dueShard",
        ),
        (
            lab.names.table_containers(),
            vec![("containerId", "box-2")],
            "awake",
        ),
        (
            lab.names.table_replies(),
            vec![("replyId", "cmd-1")],
            "dueShard",
        ),
        (sessions, vec![("sessionId", "ses-1"), user], "liveIn"),
    ] {
        lab.remove(&table, &key, attribute).await;
    }
    assert_eq!(found(&lab, &store).await, [1, 1, 1, 1, 1]);
    assert_eq!(found(&lab, &lab.store()).await, [0, 0, 0, 0, 1]);

    let mut container = ContainerStore::get(&store, &the_box())
        .await
        .unwrap()
        .unwrap();
    container.starting(lab.now());
    write(&lab.store(), [Write::Container(container)]).await;
    let waiting = store.waiting(lab.now(), 10).await.unwrap();
    assert!(waiting.is_empty(), "the record is the truth: {waiting:?}");
}

async fn another_replica_finds_it_in_the_index() {
    let lab = Lab::new().await;
    write_what_is_to_be_done(&lab.store()).await;
    assert_eq!(found(&lab, &lab.store()).await, [1, 1, 1, 1, 1]);
}
