//! At-least-once queues with the semantics of SQS.

use std::time::Duration;

use hermes::ports::queues::{
    Delivery, Depth, Direction, MAX_RECEIVES, QueueName, Receipt, VISIBILITY,
};

use crate::support::World;
use crate::support::records::*;

contract![
    a_queue_exists_from_its_first_use,
    what_was_sent_is_received_with_its_count,
    queues_do_not_mix,
    a_received_message_is_hidden_for_its_visibility,
    a_redelivery_has_another_receipt_and_a_higher_count,
    at_most_max_are_taken,
    order_is_by_time_of_sending,
    a_deleted_message_never_comes_back,
    a_receipt_is_void_after_the_next_receive,
    a_receipt_that_nobody_gave_is_void,
    a_receipt_is_good_for_its_own_queue_only,
    visibility_can_be_extended,
    visibility_zero_hands_back_at_once,
    c22_what_was_received_too_often_becomes_a_dead_letter,
    a_dead_letter_can_be_received_and_deleted,
    c22_a_dead_letter_never_dies_again,
    many_are_deleted_and_hidden_at_once,
    depth_counts_what_is_visible_and_what_is_hidden,
    queues_can_be_reached,
];

const MOMENT: Duration = Duration::from_millis(1);

fn input() -> QueueName {
    QueueName::input(the_box())
}

async fn send(world: &World, queue: &QueueName, body: &str) {
    world.queues.send(queue, body.to_owned()).await.unwrap();
}

async fn receive(world: &World, queue: &QueueName, max: usize) -> Vec<Delivery> {
    let got = world.queues.receive(queue, max, Duration::ZERO).await;
    got.unwrap()
}

async fn receive_one(world: &World, queue: &QueueName) -> Delivery {
    let mut got = receive(world, queue, 1).await;
    assert_eq!(got.len(), 1, "one message is there");
    got.remove(0)
}

async fn delete(world: &World, queue: &QueueName, receipt: &Receipt) -> bool {
    world.queues.delete(queue, receipt).await.unwrap()
}

async fn hide(world: &World, queue: &QueueName, receipt: &Receipt, time: Duration) -> bool {
    let hidden = world.queues.set_visibility(queue, receipt, time).await;
    hidden.unwrap()
}

async fn is_empty(world: &World, queue: &QueueName) -> bool {
    receive(world, queue, 10).await.is_empty()
}

async fn a_queue_exists_from_its_first_use(world: &World) {
    assert!(is_empty(world, &input()).await);
    send(world, &QueueName::output(id("new")), "x").await;
    let got = receive_one(world, &QueueName::output(id("new"))).await;
    assert_eq!(got.body, "x");
}

async fn what_was_sent_is_received_with_its_count(world: &World) {
    let body = "{\"type\":\"work\",\"instruction\":\"Grüße 👋\\n\"}";
    send(world, &input(), body).await;
    let got = receive_one(world, &input()).await;
    assert_eq!((got.body.as_str(), got.receives), (body, 1));
}

async fn queues_do_not_mix(world: &World) {
    send(world, &input(), "here").await;
    for other in [
        QueueName::output(the_box()),
        QueueName::dead(the_box()),
        QueueName::input(id("box-2")),
    ] {
        assert!(is_empty(world, &other).await, "{other}");
    }
    assert_eq!(receive_one(world, &input()).await.body, "here");
}

async fn a_received_message_is_hidden_for_its_visibility(world: &World) {
    send(world, &input(), "x").await;
    receive_one(world, &input()).await;
    assert!(is_empty(world, &input()).await);
    world.advance(VISIBILITY.saturating_sub(MOMENT));
    assert!(is_empty(world, &input()).await);
    world.advance(MOMENT);
    assert_eq!(receive_one(world, &input()).await.body, "x");
}

async fn a_redelivery_has_another_receipt_and_a_higher_count(world: &World) {
    send(world, &input(), "x").await;
    let first = receive_one(world, &input()).await;
    world.advance(VISIBILITY);
    let second = receive_one(world, &input()).await;
    assert_ne!(first.receipt, second.receipt);
    assert_eq!((first.receives, second.receives), (1, 2));
}

async fn at_most_max_are_taken(world: &World) {
    for n in 0..5 {
        send(world, &input(), &n.to_string()).await;
    }
    assert!(receive(world, &input(), 0).await.is_empty());
    assert_eq!(receive(world, &input(), 3).await.len(), 3);
    assert_eq!(receive(world, &input(), 3).await.len(), 2);
}

async fn order_is_by_time_of_sending(world: &World) {
    let sent = ["a", "b", "c", "d", "e"];
    for body in sent {
        send(world, &input(), body).await;
        world.advance(MOMENT);
    }
    let got = receive(world, &input(), 10).await;
    let bodies: Vec<_> = got.iter().map(|d| d.body.as_str()).collect();
    assert_eq!(bodies, sent);
}

async fn a_deleted_message_never_comes_back(world: &World) {
    send(world, &input(), "x").await;
    let got = receive_one(world, &input()).await;
    assert!(delete(world, &input(), &got.receipt).await);
    assert!(!delete(world, &input(), &got.receipt).await);
    world.advance(VISIBILITY);
    assert!(is_empty(world, &input()).await);
}

async fn a_receipt_is_void_after_the_next_receive(world: &World) {
    send(world, &input(), "x").await;
    let old = receive_one(world, &input()).await.receipt;
    world.advance(VISIBILITY);
    let new = receive_one(world, &input()).await.receipt;
    assert!(!delete(world, &input(), &old).await);
    assert!(!hide(world, &input(), &old, Duration::ZERO).await);
    assert!(is_empty(world, &input()).await);
    assert!(delete(world, &input(), &new).await);
}

async fn a_receipt_that_nobody_gave_is_void(world: &World) {
    send(world, &input(), "x").await;
    receive_one(world, &input()).await;
    for made_up in ["", "1", "999.1", "-1.1", "1.1.1", "💥", "' OR 1=1 --"] {
        let receipt = Receipt(made_up.to_owned());
        assert!(!delete(world, &input(), &receipt).await, "{made_up:?}");
        assert!(!hide(world, &input(), &receipt, VISIBILITY).await);
    }
}

async fn a_receipt_is_good_for_its_own_queue_only(world: &World) {
    send(world, &input(), "x").await;
    let receipt = receive_one(world, &input()).await.receipt;
    for other in [QueueName::output(the_box()), QueueName::input(id("box-2"))] {
        assert!(!delete(world, &other, &receipt).await, "{other}");
        assert!(!hide(world, &other, &receipt, Duration::ZERO).await);
    }
    assert!(delete(world, &input(), &receipt).await);
}

async fn visibility_can_be_extended(world: &World) {
    send(world, &input(), "x").await;
    let receipt = receive_one(world, &input()).await.receipt;
    world.advance(VISIBILITY.saturating_sub(MOMENT));
    assert!(hide(world, &input(), &receipt, VISIBILITY).await);
    world.advance(VISIBILITY.saturating_sub(MOMENT));
    assert!(is_empty(world, &input()).await);
    assert!(delete(world, &input(), &receipt).await);
}

async fn visibility_zero_hands_back_at_once(world: &World) {
    send(world, &input(), "x").await;
    let receipt = receive_one(world, &input()).await.receipt;
    assert!(hide(world, &input(), &receipt, Duration::ZERO).await);
    assert_eq!(receive_one(world, &input()).await.receives, 2);
}

/// Receives the only message of a queue as often as it may be, and lets it come back each time.
async fn receive_too_often(world: &World, queue: &QueueName) {
    for time in 1..=MAX_RECEIVES {
        assert_eq!(receive_one(world, queue).await.receives, time);
        world.advance(VISIBILITY);
    }
}

async fn c22_what_was_received_too_often_becomes_a_dead_letter(world: &World) {
    for queue in [input(), QueueName::output(the_box())] {
        send(world, &queue, "poison").await;
        receive_too_often(world, &queue).await;
        send(world, &queue, "healthy").await;
        let got = receive(world, &queue, 10).await;
        assert_eq!(got.len(), 1);
        assert_eq!(got[0].body, "healthy");
        let dead = receive_one(world, &QueueName::dead(the_box())).await;
        assert_eq!(dead.body, "poison");
    }
}

async fn a_dead_letter_can_be_received_and_deleted(world: &World) {
    send(world, &input(), "poison").await;
    receive_too_often(world, &input()).await;
    assert!(is_empty(world, &input()).await);
    let dead = QueueName::dead(the_box());
    let got = receive_one(world, &dead).await;
    assert!(delete(world, &dead, &got.receipt).await);
    world.advance(VISIBILITY);
    assert!(is_empty(world, &dead).await);
}

async fn c22_a_dead_letter_never_dies_again(world: &World) {
    let dead = QueueName::dead(the_box());
    send(world, &dead, "poison").await;
    for _ in 0..MAX_RECEIVES + 2 {
        assert_eq!(receive_one(world, &dead).await.body, "poison");
        world.advance(VISIBILITY);
    }
}

async fn many_are_deleted_and_hidden_at_once(world: &World) {
    for n in 0..12 {
        send(world, &input(), &n.to_string()).await;
    }
    let mut got = receive(world, &input(), 10).await;
    got.extend(receive(world, &input(), 10).await);
    let mut receipts: Vec<Receipt> = got.into_iter().map(|one| one.receipt).collect();
    assert_eq!(receipts.len(), 12);
    let input = input();
    let hidden = world
        .queues
        .set_visibility_all(&input, &receipts, VISIBILITY);
    assert_eq!(hidden.await.unwrap(), [true; 12]);
    receipts.insert(3, Receipt(String::new()));
    receipts.insert(7, Receipt("made-up".to_owned()));
    let deleted = world.queues.delete_all(&input, &receipts).await.unwrap();
    let void: Vec<usize> = (0..14).filter(|at| !deleted[*at]).collect();
    assert_eq!(void, [3, 7]);
    let none = world.queues.delete_all(&input, &[]).await.unwrap();
    assert_eq!(none, [] as [bool; 0]);
    world.advance(VISIBILITY);
    assert!(is_empty(world, &input).await);
}

async fn queues_can_be_reached(world: &World) {
    world.queues.probe().await.unwrap();
}

async fn depth_counts_what_is_visible_and_what_is_hidden(world: &World) {
    let depth = async || {
        world
            .queues
            .depth(Direction::Input, &[the_box(), id("box-2")])
            .await
            .unwrap()
    };
    assert_eq!(depth().await, Depth::default());
    for queue in [input(), input(), QueueName::input(id("box-2"))] {
        send(world, &queue, "x").await;
    }
    send(world, &QueueName::output(the_box()), "y").await;
    let got = receive_one(world, &input()).await;
    let of = |visible, in_flight| Depth { visible, in_flight };
    assert_eq!(depth().await, of(2, 1));
    assert!(delete(world, &input(), &got.receipt).await);
    assert_eq!(depth().await, of(2, 0));
    let output = world
        .queues
        .depth(Direction::Output, &[the_box(), id("box-2")])
        .await
        .unwrap();
    assert_eq!(output, of(1, 0));
}
