//! Many callers share one transaction, and none spoils it for another.

use futures_util::future::join_all;
use hermes::ports::event_store::EventStore;
use hermes::ports::ledger::{CommitError, Ledger, Write};
use hermes::ports::session_store::SessionStore;

use crate::support::open_store;
use crate::support::records::*;

#[tokio::test]
async fn one_conflict_among_many_undoes_only_itself() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_store(folder.path());
    let taken = vec![Write::Session(a_session(500))];
    store.commit(taken.clone()).await.unwrap();

    // Every tenth call writes two things and fails at the second one.
    let calls = (0..300).map(|n| {
        let mut writes = vec![Write::Session(a_session(n)), Write::Event(an_event(7, n))];
        if n % 10 == 0 {
            writes.extend(taken.clone());
        }
        store.commit(writes)
    });
    let results = join_all(calls).await;
    for (n, result) in (0..).zip(results) {
        let stored = SessionStore::get(&store, &id(&format!("ses-{n}"))).await;
        let stored = stored.unwrap().is_some();
        if n % 10 == 0 {
            assert!(matches!(result, Err(CommitError::Conflict)), "{n}");
            assert!(!stored, "{n}");
        } else {
            result.unwrap();
            assert!(stored, "{n}");
        }
    }
    let events = store.page(&id("ses-7"), 0, 1000).await.unwrap();
    let numbers: Vec<u64> = events.iter().map(|event| event.sequence).collect();
    let expected: Vec<u64> = (1..=270).collect();
    assert_eq!(numbers, expected, "failed calls leave no gaps");
}

#[tokio::test]
async fn a_caller_that_goes_away_disturbs_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_store(folder.path());
    for n in 0..20 {
        let commit = store.commit(vec![Write::Session(a_session(n))]);
        tokio::select! {
            biased;
            _ = commit => {}
            () = std::future::ready(()) => {} // drops the call as soon as it is queued
        }
    }
    store
        .commit(vec![Write::Session(a_session(100))])
        .await
        .unwrap();
    // Commits are in order: what was queued before is there.
    for n in [0, 19, 100] {
        let stored = SessionStore::get(&store, &id(&format!("ses-{n}"))).await;
        assert!(stored.unwrap().is_some(), "{n}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn readers_and_writers_do_not_stop_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_store(folder.path());
    let sessions = (0..8).map(|n| Write::Session(a_session(n)));
    store.commit(sessions.collect()).await.unwrap();
    let writers = (0..8).map(|n| {
        let store = store.clone();
        async move {
            for version in 1..=50 {
                let mut session = a_session(n);
                session.version = version;
                store.commit(vec![Write::Session(session)]).await.unwrap();
            }
        }
    });
    let readers = (0..8).map(|n| {
        let store = store.clone();
        async move {
            let mut last = 0;
            while last <= 50 {
                let read = SessionStore::get(&store, &id(&format!("ses-{n}"))).await;
                let version = read.unwrap().unwrap().version;
                assert!(version >= last, "time goes forward only");
                last = version;
                let now = a_session(n).created_at;
                let live = store.live_in(&the_box(), now).await.unwrap();
                assert_eq!(live.len(), 8);
            }
        }
    });
    tokio::join!(
        join_on_threads(writers.collect()),
        join_on_threads(readers.collect())
    );
}

/// Runs futures side by side on the runtime's threads.
async fn join_on_threads<F>(futures: Vec<F>)
where
    F: Future<Output = ()> + Send + 'static,
{
    let mut tasks = tokio::task::JoinSet::new();
    for future in futures {
        tasks.spawn(future);
    }
    tasks.join_all().await;
}
