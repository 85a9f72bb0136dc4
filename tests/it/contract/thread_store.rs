//! Reads threads, and finds them by pointers.

use hermes::domain::thread::{Pointer, PointerKey};
use hermes::ports::ledger::Write;

use crate::support::World;
use crate::support::records::*;

contract![
    absence_is_no_error,
    a_thread_is_read_as_last_committed,
    t13_the_first_key_that_points_anywhere_wins,
    every_kind_of_pointer_leads_to_its_thread,
];

async fn absence_is_no_error(world: &World) {
    assert_eq!(world.threads.get(&id("thread1")).await.unwrap(), None);
    assert_eq!(world.threads.resolve(&[]).await.unwrap(), None);
    let nowhere = a_pointer(1, 1).key;
    assert_eq!(world.threads.resolve(&[nowhere]).await.unwrap(), None);
}

async fn a_thread_is_read_as_last_committed(world: &World) {
    let mut thread = a_thread(1);
    world.write([Write::Thread(thread.clone())]).await;
    thread.version = 1;
    let read = world.threads.get(&thread.thread_id).await.unwrap();
    assert_eq!(read.as_ref(), Some(&thread));
    thread.subject = None;
    world.write([Write::Thread(thread.clone())]).await;
    thread.version = 2;
    let read = world.threads.get(&thread.thread_id).await.unwrap();
    assert_eq!(read, Some(thread));
}

async fn t13_the_first_key_that_points_anywhere_wins(world: &World) {
    world
        .write([
            Write::Thread(a_thread(1)),
            Write::Thread(a_thread(2)),
            Write::Pointer(a_pointer(10, 1)),
            Write::Pointer(a_pointer(20, 2)),
        ])
        .await;
    let key = |n| a_pointer(n, 0).key;
    for (keys, expected) in [
        ([99, 20, 10], "thread2"),
        ([10, 20, 99], "thread1"),
        ([98, 99, 10], "thread1"),
    ] {
        let found = world.threads.resolve(&keys.map(key)).await.unwrap();
        let (by, thread) = found.unwrap();
        assert_eq!(thread.thread_id, id(expected), "{keys:?}");
        assert!([key(10), key(20)].contains(&by), "{by}");
    }
}

async fn every_kind_of_pointer_leads_to_its_thread(world: &World) {
    let keys = [
        PointerKey::session(&id("ses-1")),
        PointerKey::token(&a_token(1)),
        PointerKey::mark(&id("site"), "(hermes-0123456789ab)"),
        PointerKey::message(&id("site"), "m1@example.com"),
    ];
    let pointers = keys.clone().map(|key| {
        Write::Pointer(Pointer {
            key,
            thread_id: id("thread1"),
        })
    });
    world.write([Write::Thread(a_thread(1))]).await;
    world.write(pointers).await;
    for key in keys {
        let found = world.threads.resolve(std::slice::from_ref(&key)).await;
        let (by, thread) = found.unwrap().unwrap();
        assert_eq!((by, thread.thread_id), (key, id("thread1")));
    }
}
