//! How many calls an operation takes.

use std::time::Duration;

use hermes::ports::claim_store::ClaimStore;
use hermes::ports::command_store::CommandStore;
use hermes::ports::container_store::ContainerStore;
use hermes::ports::event_store::EventStore;
use hermes::ports::journal_store::JournalStore;
use hermes::ports::ledger::Write;
use hermes::ports::reply_store::ReplyStore;
use hermes::ports::session_store::SessionStore;
use hermes::ports::thread_store::ThreadStore;

use super::lab::{Lab, write};
use crate::support::records::*;

trials![
    a_point_read_is_one_call,
    one_write_is_one_call_and_several_are_one_transaction,
    the_last_number_of_a_sessions_events_is_read_once,
    a_keepalive_is_one_read_and_one_write,
    a_pass_over_what_sleeps_is_a_handful_of_queries,
    a_list_is_one_query_until_it_is_long,
];

async fn a_point_read_is_one_call() {
    let lab = Lab::new().await;
    let first = lab.store();
    write(
        &first,
        [
            Write::Session(a_session(1)),
            Write::Thread(a_thread(1)),
            Write::Container(a_container(1)),
            Write::Command(Box::new(a_command(1))),
            Write::Reply(Box::new(a_reply(1))),
            Write::Journal(Box::new(a_journal_row(1))),
        ],
    )
    .await;
    lab.calls.take();
    let store = lab.store();
    SessionStore::get(&store, &id("ses-1"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(lab.calls.take(), "1 Query", "its user is not known yet");
    SessionStore::get(&store, &id("ses-1"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(lab.calls.take(), "1 GetItem");
    ThreadStore::get(&store, &id("thread1"))
        .await
        .unwrap()
        .unwrap();
    ContainerStore::get(&store, &the_box())
        .await
        .unwrap()
        .unwrap();
    CommandStore::get(&store, &id("cmd-1"))
        .await
        .unwrap()
        .unwrap();
    ReplyStore::get(&store, &id("cmd-1"))
        .await
        .unwrap()
        .unwrap();
    JournalStore::get(&store, &id("msg-1"))
        .await
        .unwrap()
        .unwrap();
    let key = a_claim("k", "").key;
    assert_eq!(
        ClaimStore::get(&store, &key, lab.now()).await.unwrap(),
        None
    );
    assert_eq!(lab.calls.take(), "6 GetItem");
    store.page(&id("ses-1"), 0, 100).await.unwrap();
    assert_eq!(lab.calls.take(), "1 Query");
}

async fn one_write_is_one_call_and_several_are_one_transaction() {
    let lab = Lab::new().await;
    let store = lab.store();
    write(&store, [Write::Session(a_session(1))]).await;
    assert_eq!(lab.calls.take(), "1 UpdateItem");
    write(&store, [Write::Pointer(a_pointer(1, 1))]).await;
    assert_eq!(lab.calls.take(), "1 UpdateItem");
    write(&store, [Write::Journal(Box::new(a_journal_row(1)))]).await;
    assert_eq!(lab.calls.take(), "1 PutItem");
    write(&store, []).await;
    assert_eq!(lab.calls.take(), "");
    let mut session = SessionStore::get(&store, &id("ses-1"))
        .await
        .unwrap()
        .unwrap();
    session.activation = 2;
    lab.calls.take();
    write(
        &store,
        [Write::Session(session), Write::Thread(a_thread(1))],
    )
    .await;
    assert_eq!(lab.calls.take(), "1 TransactWriteItems");
}

async fn the_last_number_of_a_sessions_events_is_read_once() {
    let lab = Lab::new().await;
    let store = lab.store();
    write(&store, [Write::Event(an_event(1, 1))]).await;
    assert_eq!(lab.calls.take(), "1 GetItem, 1 TransactWriteItems");
    write(
        &store,
        [Write::Event(an_event(1, 2)), Write::Event(an_event(1, 3))],
    )
    .await;
    assert_eq!(lab.calls.take(), "1 TransactWriteItems");
    let of_a_new_thread = [Write::Thread(a_thread(2)), Write::Event(an_event(2, 1))];
    write(&store, of_a_new_thread).await;
    assert_eq!(lab.calls.take(), "1 TransactWriteItems", "it has none yet");
}

async fn a_keepalive_is_one_read_and_one_write() {
    let lab = Lab::new().await;
    write(&lab.store(), [Write::Session(a_session(1))]).await;
    lab.calls.take();
    let store = lab.store();
    let mut session = SessionStore::get(&store, &id("ses-1"))
        .await
        .unwrap()
        .unwrap();
    session.ttl = session.ttl + Duration::from_mins(5);
    write(&store, [Write::Session(session)]).await;
    assert_eq!(lab.calls.take(), "1 Query, 1 UpdateItem");
}

async fn a_pass_over_what_sleeps_is_a_handful_of_queries() {
    let lab = Lab::new().await;
    let store = lab.store();
    let now = lab.now();
    assert!(store.awake().await.unwrap().is_empty());
    assert_eq!(lab.calls.take(), "1 Query");
    assert!(store.waiting(now, 10).await.unwrap().is_empty());
    assert!(store.due(now, 64).await.unwrap().is_empty());
    assert!(store.overdue(now, 200).await.unwrap().is_empty());
    assert_eq!(lab.calls.take(), "24 Query");
}

async fn a_list_is_one_query_until_it_is_long() {
    let lab = Lab::new().await;
    let store = lab.store();
    write(&store, (1..=30).map(|n| Write::Session(a_session(n)))).await;
    lab.calls.take();
    let page = store
        .list_by_client(&id("acme"), lab.now(), 20, None)
        .await
        .unwrap();
    assert_eq!((page.items.len(), page.next.is_some()), (20, true));
    assert_eq!(lab.calls.take(), "1 Query");
    let keys = [2, 1].map(|n| a_pointer(n, 1).key);
    write(
        &store,
        [Write::Thread(a_thread(1)), Write::Pointer(a_pointer(1, 1))],
    )
    .await;
    lab.calls.take();
    store.resolve(&keys).await.unwrap().unwrap();
    assert_eq!(lab.calls.take(), "1 BatchGetItem, 1 GetItem");
}
