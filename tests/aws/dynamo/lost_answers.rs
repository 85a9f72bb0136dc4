//! Writes that were made although nobody heard of it.

use std::sync::Arc;

use hermes::adapters::aws::dynamo::{DynamoStore, schema};
use hermes::adapters::aws::names::Names;
use hermes::ports::event_store::EventStore;
use hermes::ports::fault::FaultKind;
use hermes::ports::ledger::{CommitError, Ledger, Write};
use hermes::ports::session_store::SessionStore;

use super::lab::write;
use crate::support::proxy::{Proxy, Trouble};
use crate::support::records::*;
use crate::support::{ManualClock, emulator};

trials![
    a_transaction_whose_answer_is_lost_is_not_made_twice,
    a_single_write_whose_answer_is_lost_looks_like_a_conflict,
    a_throttled_transaction_is_throttled_and_not_lost,
    numbers_are_read_again_after_a_failure,
];

/// A store behind a proxy that makes trouble.
async fn behind_a_proxy() -> (Proxy, DynamoStore) {
    let mut account = emulator().account();
    let names = Names::new(&account.settings);
    let made = schema::create_missing(&account.clients().dynamodb, &names).await;
    made.expect("makes the tables");
    let proxy = Proxy::start(emulator().endpoint());
    account.settings.endpoint_url = Some(proxy.endpoint().to_owned());
    let clock = Arc::new(ManualClock::default());
    let store = DynamoStore::new(account.clients().dynamodb, &names, clock);
    (proxy, store)
}

async fn a_transaction_whose_answer_is_lost_is_not_made_twice() {
    let (proxy, store) = behind_a_proxy().await;
    proxy.next("DynamoDB.TransactWriteItems", [Trouble::Abort]);
    // the second try must not find the session that the first one made
    let writes = [Write::Session(a_session(1)), Write::Event(an_event(1, 1))];
    write(&store, writes).await;
    assert_eq!(proxy.counts()["DynamoDB.TransactWriteItems"], 2);
    let session = SessionStore::get(&store, &id("ses-1")).await.unwrap();
    assert_eq!(session.map(|session| session.version), Some(1));
    assert_eq!(store.page(&id("ses-1"), 0, 10).await.unwrap().len(), 1);
}

async fn a_single_write_whose_answer_is_lost_looks_like_a_conflict() {
    let (proxy, store) = behind_a_proxy().await;
    proxy.next("DynamoDB.UpdateItem", [Trouble::Abort]);
    let result = store.commit(vec![Write::Session(a_session(1))]).await;
    assert!(matches!(result, Err(CommitError::Conflict)), "{result:?}");
    // whoever reads again finds what it wrote
    let session = SessionStore::get(&store, &id("ses-1")).await.unwrap();
    assert_eq!(session.map(|session| session.version), Some(1));
}

async fn a_throttled_transaction_is_throttled_and_not_lost() {
    let (proxy, store) = behind_a_proxy().await;
    let writes = || vec![Write::Session(a_session(1)), Write::Thread(a_thread(1))];
    proxy.next("DynamoDB.TransactWriteItems", [Trouble::Throttle; 3]);
    let result = store.commit(writes()).await;
    let Err(CommitError::Backend(fault)) = result else {
        panic!("must fail: {result:?}")
    };
    assert_eq!(fault.kind, FaultKind::Throttled);
    store.commit(writes()).await.expect("nothing was written");
}

async fn numbers_are_read_again_after_a_failure() {
    let (proxy, store) = behind_a_proxy().await;
    write(&store, [Write::Event(an_event(1, 1))]).await;
    proxy.next("DynamoDB.TransactWriteItems", [Trouble::Status(500); 3]);
    let result = store.commit(vec![Write::Event(an_event(1, 2))]).await;
    assert!(result.unwrap_err().is_transient());
    proxy.counts();
    write(&store, [Write::Event(an_event(1, 3))]).await;
    let counts = proxy.counts();
    assert_eq!(counts["DynamoDB.GetItem"], 1, "{counts:?}");
    let events = store.page(&id("ses-1"), 0, 10).await.unwrap();
    let numbers: Vec<_> = events.iter().map(|event| event.sequence).collect();
    assert_eq!(numbers, [1, 2]);
}
