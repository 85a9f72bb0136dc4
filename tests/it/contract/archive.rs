//! Keeps bytes by what they contain.

use std::time::Duration;

use bytes::Bytes;
use hermes::domain::blob::BlobId;
use hermes::domain::time::Timestamp;
use hermes::ports::retention::Cutoffs;

use crate::support::World;

// a bucket deletes by itself, by the time of the last put
contract![
    what_was_put_is_read_again,
    what_was_never_put_is_absent,
    the_same_bytes_are_the_same_blob,
    many_can_put_the_same_at_once,
    a_file_of_a_client_has_one_reference;
    embedded:
    the_same_bytes_are_kept_once,
    what_was_put_again_is_kept_as_long_as_the_later_one,
    putting_again_with_an_earlier_time_shortens_nothing,
    what_was_purged_can_be_put_again,
    a_file_is_kept_as_a_blob_is,
];

/// Empty, small, all byte values, and two that are too large for a row.
fn contents() -> Vec<Bytes> {
    let of = |size: usize| -> Bytes { (0..=u8::MAX).cycle().take(size).collect() };
    [0, 1, 256, 256 * 1024, 256 * 1024 + 1, 3_000_000]
        .map(of)
        .to_vec()
}

async fn purge_mail(world: &World, before: Timestamp) -> u64 {
    let cutoffs = Cutoffs {
        now: Timestamp::EPOCH,
        mail: before,
        events: Timestamp::EPOCH,
        dead_letters: Timestamp::EPOCH,
        sessions: Timestamp::EPOCH,
    };
    world.retention.purge(cutoffs).await.unwrap()
}

async fn what_was_put_is_read_again(world: &World) {
    for content in contents() {
        let id = world.archive.put(content.clone(), world.now()).await;
        let id = id.unwrap();
        assert_eq!(id, BlobId::of(&content));
        let read = world.archive.get(&id).await.unwrap();
        assert_eq!(read, Some(content));
    }
}

async fn what_was_never_put_is_absent(world: &World) {
    let id = BlobId::of(b"never");
    assert_eq!(world.archive.get(&id).await.unwrap(), None);
}

async fn the_same_bytes_are_the_same_blob(world: &World) {
    for content in contents() {
        let first = world.archive.put(content.clone(), world.now()).await;
        let again = world.archive.put(content.clone(), world.now() + HOUR).await;
        let first = first.unwrap();
        assert_eq!(first, again.unwrap());
        let read = world.archive.get(&first).await.unwrap();
        assert_eq!(read, Some(content));
    }
}

async fn the_same_bytes_are_kept_once(world: &World) {
    for content in contents() {
        for _ in 0..2 {
            let put = world.archive.put(content.clone(), world.now()).await;
            put.unwrap();
        }
    }
    let blobs = contents().len() as u64;
    assert_eq!(purge_mail(world, world.now() + HOUR).await, blobs);
}

const HOUR: Duration = Duration::from_hours(1);

async fn what_was_put_again_is_kept_as_long_as_the_later_one(world: &World) {
    let start = world.now();
    for content in contents() {
        let id = world.archive.put(content.clone(), start).await.unwrap();
        let again = world.archive.put(content.clone(), start + HOUR).await;
        assert_eq!(again.unwrap(), id);
        assert_eq!(purge_mail(world, start + HOUR).await, 0);
        assert_eq!(world.archive.get(&id).await.unwrap(), Some(content));
    }
}

async fn putting_again_with_an_earlier_time_shortens_nothing(world: &World) {
    let start = world.now();
    for content in contents() {
        let id = world.archive.put(content.clone(), start + HOUR).await;
        world.archive.put(content, start).await.unwrap();
        assert_eq!(purge_mail(world, start + HOUR).await, 0);
        assert!(world.archive.get(&id.unwrap()).await.unwrap().is_some());
    }
}

async fn what_was_purged_can_be_put_again(world: &World) {
    let start = world.now();
    for content in contents() {
        let id = world.archive.put(content.clone(), start).await.unwrap();
        assert_eq!(purge_mail(world, start + HOUR).await, 1);
        assert_eq!(world.archive.get(&id).await.unwrap(), None);
        world.archive.put(content.clone(), start).await.unwrap();
        assert_eq!(world.archive.get(&id).await.unwrap(), Some(content));
        assert_eq!(purge_mail(world, start + HOUR).await, 1);
    }
}

async fn many_can_put_the_same_at_once(world: &World) {
    let content = contents().pop().unwrap();
    let puts = (0..8).map(|_| world.archive.put(content.clone(), world.now()));
    for put in futures_util::future::join_all(puts).await {
        let read = world.archive.get(&put.unwrap()).await.unwrap();
        assert_eq!(read.as_ref(), Some(&content));
    }
}

async fn a_file_of_a_client_has_one_reference(world: &World) {
    let (acme, other) = ("acme".parse().unwrap(), "other".parse().unwrap());
    let mut references = std::collections::HashSet::new();
    for content in contents() {
        let first = world.archive.put_file(&acme, content.clone(), world.now());
        let first = first.await.unwrap();
        let again = world
            .archive
            .put_file(&acme, content.clone(), world.now() + HOUR);
        assert_eq!(again.await.unwrap(), first);
        let others = world.archive.put_file(&other, content, world.now());
        assert!(!others.await.unwrap().is_empty());
        references.insert(first);
    }
    assert_eq!(references.len(), contents().len());
}

async fn a_file_is_kept_as_a_blob_is(world: &World) {
    let client = "acme".parse().unwrap();
    for content in contents() {
        let put = world
            .archive
            .put_file(&client, content.clone(), world.now());
        put.await.unwrap();
        let id = BlobId::of(&content);
        assert_eq!(world.archive.get(&id).await.unwrap(), Some(content));
        assert_eq!(purge_mail(world, world.now() + HOUR).await, 1);
        assert_eq!(world.archive.get(&id).await.unwrap(), None);
    }
}
