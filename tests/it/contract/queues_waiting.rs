//! Long polls: they wait, they wake, they do not miss.

use std::time::{Duration, Instant};

use hermes::ports::queues::{Delivery, MAX_RECEIVES, QueueName, VISIBILITY};

use crate::support::World;
use crate::support::records::*;

contract![
    a_receive_waits_for_the_first_message,
    a_receive_on_an_empty_queue_ends_when_its_time_is_over,
    a_waiting_receive_hears_of_a_message_that_was_handed_back,
    a_waiting_receive_hears_of_a_dead_letter,
    a_message_wakes_one_of_many,
    every_one_of_many_gets_its_message,
    a_receive_that_was_given_up_loses_nothing,
];

/// Longer than any test may take: who waits that long was not woken.
const LONG: Duration = Duration::from_secs(20);

fn input() -> QueueName {
    QueueName::input(the_box())
}

async fn wait_for(world: &World, queue: &QueueName) -> Vec<Delivery> {
    world.queues.receive(queue, 10, LONG).await.unwrap()
}

async fn send(world: &World, body: &str) {
    let queue = input();
    world.queues.send(&queue, body.to_owned()).await.unwrap();
}

/// What `waiting` gets when `then` happens once it waits.
async fn woken_by<T>(waiting: impl Future<Output = T>, then: impl Future<Output = ()>) -> T {
    let started = Instant::now();
    // The first poll of the join is of `waiting`: it looks, finds nothing and waits before `then` begins.
    let (got, ()) = tokio::join!(biased; waiting, then);
    assert!(started.elapsed() < LONG, "was woken, not timed out");
    got
}

async fn a_receive_waits_for_the_first_message(world: &World) {
    let got = woken_by(wait_for(world, &input()), send(world, "x")).await;
    assert_eq!(got.len(), 1);
}

async fn a_receive_on_an_empty_queue_ends_when_its_time_is_over(world: &World) {
    let wait = Duration::from_millis(50);
    let started = Instant::now();
    let got = world.queues.receive(&input(), 10, wait).await.unwrap();
    assert!(got.is_empty());
    assert!(started.elapsed() >= wait);
}

async fn a_waiting_receive_hears_of_a_message_that_was_handed_back(world: &World) {
    send(world, "x").await;
    let [taken] = <[Delivery; 1]>::try_from(wait_for(world, &input()).await).unwrap();
    let queue = input();
    let hand_back = async {
        let zero = Duration::ZERO;
        let done = world.queues.set_visibility(&queue, &taken.receipt, zero);
        assert!(done.await.unwrap());
    };
    let got = woken_by(wait_for(world, &input()), hand_back).await;
    assert_eq!(got[0].receives, 2);
}

async fn a_waiting_receive_hears_of_a_dead_letter(world: &World) {
    send(world, "poison").await;
    for _ in 0..MAX_RECEIVES {
        wait_for(world, &input()).await;
        world.advance(VISIBILITY);
    }
    let bury = async {
        let nothing = world.queues.receive(&input(), 1, Duration::ZERO).await;
        assert!(nothing.unwrap().is_empty());
    };
    let dead = QueueName::dead(the_box());
    let got = woken_by(wait_for(world, &dead), bury).await;
    assert_eq!(got[0].body, "poison");
}

async fn a_message_wakes_one_of_many(world: &World) {
    let wait = Duration::from_millis(200);
    let queue = input();
    let polls = (0..5).map(|_| world.queues.receive(&queue, 10, wait));
    let all = futures_util::future::join_all(polls);
    let (got, ()) = tokio::join!(biased; all, send(world, "x"));
    let messages: usize = got.into_iter().map(|got| got.unwrap().len()).sum();
    assert_eq!(messages, 1);
}

async fn every_one_of_many_gets_its_message(world: &World) {
    let queue = input();
    let polls = (0..5).map(|_| world.queues.receive(&queue, 1, LONG));
    let all = futures_util::future::join_all(polls);
    let sends = async {
        for n in 0..5 {
            send(world, &n.to_string()).await;
        }
    };
    let got = woken_by(all, sends).await;
    let mut bodies: Vec<_> = got
        .into_iter()
        .map(|got| got.unwrap().remove(0).body)
        .collect();
    bodies.sort_unstable();
    assert_eq!(bodies, ["0", "1", "2", "3", "4"]);
}

async fn a_receive_that_was_given_up_loses_nothing(world: &World) {
    let queue = input();
    {
        let given_up = world.queues.receive(&queue, 1, LONG);
        tokio::select! {
            biased;
            _ = given_up => panic!("nothing was sent"),
            () = std::future::ready(()) => {}
        }
    }
    send(world, "x").await;
    assert_eq!(wait_for(world, &queue).await.len(), 1);
}
