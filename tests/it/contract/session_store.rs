//! Reads sessions one by one, in a container, overdue, and counted.

use std::time::Duration;

use hermes::domain::session::{Session, SessionStatus};
use hermes::ports::ledger::Write;
use hermes::ports::session_store::SessionCounts;

use crate::support::World;
use crate::support::records::*;

contract![
    absence_is_no_error,
    a_session_is_read_as_last_committed,
    s1_what_has_expired_stays_readable,
    live_sessions_of_a_container,
    overdue_sessions_come_oldest_first,
    a_session_marked_expired_is_no_longer_overdue,
    counts_are_of_live_sessions,
];

/// Sessions 1 to 6: live; live by its open command; over by its ttl; over and marked so; draining; elsewhere.
fn a_mixed_crowd(world: &World) -> [Session; 6] {
    let over = world.now() - Duration::from_secs(1);
    [
        a_session(1),
        Session {
            ttl: over,
            open_commands: 1,
            ..a_session(2)
        },
        Session {
            ttl: world.now(),
            ..a_session(3)
        },
        Session {
            status: SessionStatus::Expired,
            ..a_session(4)
        },
        Session {
            status: SessionStatus::Draining,
            ..a_session(5)
        },
        Session {
            status: SessionStatus::Initializing,
            container_id: id("box-2"),
            ..a_session(6)
        },
    ]
}

fn names(sessions: &[Session]) -> Vec<&str> {
    sessions.iter().map(|s| s.session_id.as_str()).collect()
}

async fn absence_is_no_error(world: &World) {
    let now = world.now();
    assert_eq!(world.sessions.get(&id("ses-1")).await.unwrap(), None);
    let live = world.sessions.live_in(&the_box(), now).await.unwrap();
    assert!(live.is_empty());
    assert!(world.sessions.overdue(now, 10).await.unwrap().is_empty());
    let counts = world.sessions.counts(now).await.unwrap();
    assert_eq!(counts, SessionCounts::default());
}

async fn a_session_is_read_as_last_committed(world: &World) {
    let mut session = Session {
        last_command: Some(id("cmd-1")),
        reason: Some("„idle“".to_owned()),
        ..a_session(1)
    };
    world.write([Write::Session(session.clone())]).await;
    session.version = 1;
    let read = world.sessions.get(&session.session_id).await.unwrap();
    assert_eq!(read.as_ref(), Some(&session));
    session.preview_url.push_str("elsewhere/");
    world.write([Write::Session(session.clone())]).await;
    session.version = 2;
    let read = world.sessions.get(&session.session_id).await.unwrap();
    assert_eq!(read, Some(session));
}

async fn s1_what_has_expired_stays_readable(world: &World) {
    world.write([Write::Session(a_session(1))]).await;
    world.advance(Duration::from_hours(24));
    let read = world.sessions.get(&id("ses-1")).await.unwrap().unwrap();
    assert_eq!(read.status_at(world.now()), SessionStatus::Expired);
}

async fn live_sessions_of_a_container(world: &World) {
    world.write(a_mixed_crowd(world).map(Write::Session)).await;
    let mut live = world
        .sessions
        .live_in(&the_box(), world.now())
        .await
        .unwrap();
    live.sort_by_key(|s| s.session_id.clone());
    assert_eq!(names(&live), ["ses-1", "ses-2", "ses-5"]);
    assert!(live.iter().all(|s| !s.is_expired(world.now())));
}

async fn overdue_sessions_come_oldest_first(world: &World) {
    let now = world.now();
    let over = |n: u32, seconds| Session {
        ttl: now - Duration::from_secs(seconds),
        ..a_session(n)
    };
    let sessions = [over(1, 0), over(2, 60), over(3, 30), a_session(4)];
    world.write(sessions.map(Write::Session)).await;
    let overdue = world.sessions.overdue(now, 10).await.unwrap();
    assert_eq!(names(&overdue), ["ses-2", "ses-3", "ses-1"]);
    let first = world.sessions.overdue(now, 2).await.unwrap();
    assert_eq!(names(&first), ["ses-2", "ses-3"]);
}

async fn a_session_marked_expired_is_no_longer_overdue(world: &World) {
    world.write([Write::Session(a_session(1))]).await;
    world.advance(Duration::from_mins(30));
    let overdue = world.sessions.overdue(world.now(), 10).await.unwrap();
    let [mut session] = <[Session; 1]>::try_from(overdue).unwrap();
    session.end(world.now(), "idle");
    world.write([Write::Session(session)]).await;
    let overdue = world.sessions.overdue(world.now(), 10).await.unwrap();
    assert!(overdue.is_empty());
}

async fn counts_are_of_live_sessions(world: &World) {
    world.write(a_mixed_crowd(world).map(Write::Session)).await;
    let counts = world.sessions.counts(world.now()).await.unwrap();
    let expected = SessionCounts {
        initializing: 1,
        active: 2,
        draining: 1,
    };
    assert_eq!(counts, expected);
}
