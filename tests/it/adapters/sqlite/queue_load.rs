//! Many workers at one queue.

use std::collections::HashMap;
use std::time::Duration;

use hermes::adapters::sqlite::SqliteStore;
use hermes::ports::queues::{Delivery, Depth, Direction, QueueName, Queues};
use tokio::task::JoinSet;

use crate::support::open_store;
use crate::support::records::*;

const MESSAGES: usize = 3_000;
const WORKERS: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_workers_get_each_of_three_thousand_messages_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_store(folder.path());
    let queue = QueueName::input(the_box());
    let mut tasks = JoinSet::new();
    for worker in 0..WORKERS {
        // Half of the messages are there before the workers, half come while they receive.
        let (store, queue) = (store.clone(), queue.clone());
        tasks.spawn(async move { work(&store, &queue, worker).await });
    }
    let sends = (0..MESSAGES).map(|n| store.send(&queue, n.to_string()));
    for sent in futures_util::future::join_all(sends).await {
        sent.unwrap();
    }
    for _ in 0..WORKERS {
        store.send(&queue, "stop".to_owned()).await.unwrap();
    }
    let mut seen: HashMap<String, usize> = HashMap::new();
    for body in tasks.join_all().await.into_iter().flatten() {
        *seen.entry(body).or_default() += 1;
    }
    assert_eq!(seen.len(), MESSAGES);
    let more_than_once: Vec<_> = seen.iter().filter(|(_, times)| **times != 1).collect();
    assert!(more_than_once.is_empty(), "{more_than_once:?}");
    let left = store.depth(Direction::Input, &[]).await.unwrap();
    assert_eq!(left, Depth::default());
}

/// Receives and deletes until it is told to stop; even workers take one at a time, odd ones up to ten.
async fn work(store: &SqliteStore, queue: &QueueName, worker: usize) -> Vec<String> {
    let max = if worker.is_multiple_of(2) { 1 } else { 10 };
    let mut bodies = Vec::new();
    loop {
        let got = store.receive(queue, max, Duration::from_secs(20)).await;
        let (stops, work): (Vec<Delivery>, Vec<Delivery>) =
            got.unwrap().into_iter().partition(|d| d.body == "stop");
        for delivery in work {
            assert_eq!(delivery.receives, 1);
            assert!(store.delete(queue, &delivery.receipt).await.unwrap());
            bodies.push(delivery.body);
        }
        let mut stops = stops.into_iter();
        let mine = stops.next();
        for other in stops {
            let zero = Duration::ZERO;
            let handed = store.set_visibility(queue, &other.receipt, zero).await;
            assert!(handed.unwrap());
        }
        if let Some(mine) = mine {
            assert!(store.delete(queue, &mine.receipt).await.unwrap());
            return bodies;
        }
    }
}
