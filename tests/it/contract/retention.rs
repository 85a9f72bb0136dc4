//! Deletes what is older than the cutoffs, and nothing else.

use std::time::Duration;

use bytes::Bytes;
use hermes::domain::session::{Session, SessionStatus};
use hermes::domain::time::Timestamp;
use hermes::ports::ledger::Write;
use hermes::ports::queues::{MAX_RECEIVES, QueueName, VISIBILITY};
use hermes::ports::retention::Cutoffs;

use crate::support::World;
use crate::support::records::*;

// what a service deletes by itself when its `ttl` is over it deletes some days late, and counts for nobody
contract![
    nothing_to_delete_is_zero,
    s2_a_session_with_an_open_command_stays,
    other_messages_stay;
    embedded:
    claims_go_when_they_have_expired,
    notes_go_when_they_have_expired,
    events_go_by_their_time_and_numbers_go_on,
    sessions_go_by_their_ttl,
    mails_go_by_their_time,
    dead_letters_go_by_the_time_they_were_sent,
    many_rows_go_in_bounded_passes,
];

/// Cutoffs before which there is nothing.
const NOTHING: Cutoffs = Cutoffs {
    now: Timestamp::EPOCH,
    mail: Timestamp::EPOCH,
    events: Timestamp::EPOCH,
    dead_letters: Timestamp::EPOCH,
    sessions: Timestamp::EPOCH,
};

const MOMENT: Duration = Duration::from_millis(1);

async fn purge(world: &World, cutoffs: Cutoffs) -> u64 {
    world.retention.purge(cutoffs).await.unwrap()
}

fn everything_before(at: Timestamp) -> Cutoffs {
    Cutoffs {
        now: at,
        mail: at,
        events: at,
        dead_letters: at,
        sessions: at,
    }
}

async fn nothing_to_delete_is_zero(world: &World) {
    assert_eq!(purge(world, everything_before(world.now())).await, 0);
}

async fn claims_go_when_they_have_expired(world: &World) {
    let claim = a_claim("k", "v");
    world.write([Write::Claim(claim.clone())]).await;
    let until = |now| Cutoffs { now, ..NOTHING };
    assert_eq!(purge(world, until(claim.expires_at - MOMENT)).await, 0);
    assert_eq!(purge(world, until(claim.expires_at)).await, 1);
    let read = world.claims.get(&claim.key, claim.claimed_at).await;
    assert_eq!(read.unwrap(), None);
}

async fn notes_go_when_they_have_expired(world: &World) {
    let note = a_note(1);
    world.write([Write::Note(note.clone())]).await;
    let until = |now| Cutoffs { now, ..NOTHING };
    assert_eq!(purge(world, until(note.expires_at - MOMENT)).await, 0);
    assert_eq!(purge(world, until(note.expires_at)).await, 1);
    assert_eq!(world.notes.get(&note.key).await.unwrap(), None);
}

async fn events_go_by_their_time_and_numbers_go_on(world: &World) {
    let before = |events| Cutoffs { events, ..NOTHING };
    let writes = [an_event(1, 1), an_event(1, 2)].map(Write::Event);
    world.write(writes).await;
    assert_eq!(purge(world, before(world.now())).await, 0);
    assert_eq!(purge(world, before(world.now() + MOMENT)).await, 2);
    world.write([Write::Event(an_event(1, 3))]).await;
    let events = world.events.page(&id("ses-1"), 0, 10).await.unwrap();
    let numbers: Vec<_> = events.iter().map(|event| event.sequence).collect();
    assert_eq!(numbers, [3]);
}

async fn sessions_go_by_their_ttl(world: &World) {
    let marked = Session {
        status: SessionStatus::Expired,
        ..a_session(1)
    };
    let unmarked = a_session(2);
    let ttl = marked.ttl;
    world.write([marked, unmarked].map(Write::Session)).await;
    let before = |sessions| Cutoffs {
        sessions,
        ..NOTHING
    };
    assert_eq!(purge(world, before(ttl)).await, 0);
    assert_eq!(purge(world, before(ttl + MOMENT)).await, 2);
    for n in ["ses-1", "ses-2"] {
        assert_eq!(world.sessions.get(&id(n)).await.unwrap(), None);
    }
    world.write([Write::Session(a_session(1))]).await;
}

async fn s2_a_session_with_an_open_command_stays(world: &World) {
    let busy = Session {
        open_commands: 1,
        ..a_session(1)
    };
    let sessions = busy.ttl + Duration::from_hours(48);
    world.write([Write::Session(busy)]).await;
    let gone = purge(
        world,
        Cutoffs {
            sessions,
            ..NOTHING
        },
    )
    .await;
    assert_eq!(gone, 0);
    assert!(world.sessions.get(&id("ses-1")).await.unwrap().is_some());
}

async fn mails_go_by_their_time(world: &World) {
    let small = Bytes::from_static(b"From: a@example.com\r\n\r\nhi");
    let large = Bytes::from(vec![7; 300_000]);
    let kept = Bytes::from_static(b"later");
    let mail = world.now() + MOMENT;
    let small = world.archive.put(small, world.now()).await.unwrap();
    let large = world.archive.put(large, world.now()).await.unwrap();
    let kept = world.archive.put(kept, mail).await.unwrap();
    assert_eq!(purge(world, Cutoffs { mail, ..NOTHING }).await, 2);
    assert_eq!(world.archive.get(&small).await.unwrap(), None);
    assert_eq!(world.archive.get(&large).await.unwrap(), None);
    assert!(world.archive.get(&kept).await.unwrap().is_some());
}

/// Sends a message and receives it until it is a dead letter.
async fn make_dead_letter(world: &World) {
    let queue = QueueName::input(the_box());
    world
        .queues
        .send(&queue, "poison".to_owned())
        .await
        .unwrap();
    for _ in 0..MAX_RECEIVES {
        let got = world.queues.receive(&queue, 1, Duration::ZERO).await;
        assert_eq!(got.unwrap().len(), 1);
        world.advance(VISIBILITY);
    }
    let got = world.queues.receive(&queue, 1, Duration::ZERO).await;
    assert!(got.unwrap().is_empty());
}

async fn dead_letters_go_by_the_time_they_were_sent(world: &World) {
    let sent = world.now();
    make_dead_letter(world).await;
    let before = |dead_letters| Cutoffs {
        dead_letters,
        ..NOTHING
    };
    assert_eq!(purge(world, before(sent)).await, 0);
    assert_eq!(purge(world, before(sent + MOMENT)).await, 1);
    let dead = QueueName::dead(the_box());
    let got = world.queues.receive(&dead, 1, Duration::ZERO).await;
    assert!(got.unwrap().is_empty());
}

async fn other_messages_stay(world: &World) {
    for queue in [QueueName::input(the_box()), QueueName::output(the_box())] {
        world.queues.send(&queue, "work".to_owned()).await.unwrap();
        world.advance(Duration::from_hours(24 * 365));
        let gone = purge(world, everything_before(world.now())).await;
        assert_eq!(gone, 0);
        let got = world.queues.receive(&queue, 1, Duration::ZERO).await;
        assert_eq!(got.unwrap().len(), 1);
    }
}

async fn many_rows_go_in_bounded_passes(world: &World) {
    for from in (0..500).step_by(50) {
        let writes = (from..from + 50).map(|n| Write::Event(an_event(n % 7, n)));
        world.write(writes).await;
    }
    let events = world.now() + MOMENT;
    let mut passes = Vec::new();
    while let gone @ 1.. = purge(world, Cutoffs { events, ..NOTHING }).await {
        passes.push(gone);
    }
    assert_eq!(passes.iter().sum::<u64>(), 500);
    assert!(passes.len() > 1, "{passes:?}");
}
