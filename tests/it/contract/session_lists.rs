//! Lists the live sessions of a client, page by page (S10).

use std::time::Duration;

use hermes::domain::session::{Session, SessionStatus};
use hermes::ports::ledger::Write;
use hermes::ports::session_store::Page;

use crate::support::World;
use crate::support::records::*;

contract![
    an_unknown_client_has_no_sessions,
    only_live_sessions_of_the_client_are_listed,
    the_last_active_comes_first,
    pages_cover_everything_once,
    equal_activity_is_no_reason_to_lose_one,
    a_full_last_page_has_no_next,
    a_cursor_that_is_no_cursor_starts_at_the_beginning,
    long_lists_work_too,
];

async fn list(world: &World, limit: usize, cursor: Option<&str>) -> Page<Session> {
    world
        .sessions
        .list_by_client(&id("acme"), world.now(), limit, cursor)
        .await
        .unwrap()
}

/// All pages of `limit` rows, as numbers of sessions.
async fn numbers(world: &World, limit: usize) -> Vec<u32> {
    let mut all = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let page = list(world, limit, cursor.as_deref()).await;
        assert!(page.items.len() <= limit);
        let names = page.items.iter().map(|s| s.session_id.as_str());
        all.extend(names.map(|name| name[4..].parse::<u32>().unwrap()));
        cursor = page.next;
        if cursor.is_none() {
            return all;
        }
    }
}

/// Session `n`, last active `n` seconds after the start.
fn active_at(n: u32) -> Session {
    let start = a_session(n).last_activity;
    Session {
        last_activity: start + Duration::from_secs(n.into()),
        ..a_session(n)
    }
}

async fn an_unknown_client_has_no_sessions(world: &World) {
    let page = list(world, 10, None).await;
    assert!(page.items.is_empty() && page.next.is_none());
}

async fn only_live_sessions_of_the_client_are_listed(world: &World) {
    let sessions = [
        a_session(1),
        Session {
            status: SessionStatus::Expired,
            ..a_session(2)
        },
        Session {
            ttl: world.now(),
            ..a_session(3)
        },
        Session {
            ttl: world.now(),
            open_commands: 1,
            ..a_session(4)
        },
        Session {
            client_id: id("acme2"),
            ..a_session(5)
        },
    ];
    world.write(sessions.map(Write::Session)).await;
    let mut listed = numbers(world, 10).await;
    listed.sort_unstable();
    assert_eq!(listed, [1, 4]);
}

async fn the_last_active_comes_first(world: &World) {
    world
        .write([2, 3, 1].map(active_at).map(Write::Session))
        .await;
    assert_eq!(numbers(world, 10).await, [3, 2, 1]);
    let mut session = world.sessions.get(&id("ses-1")).await.unwrap().unwrap();
    session.last_activity = session.last_activity + Duration::from_mins(1);
    world.write([Write::Session(session)]).await;
    assert_eq!(numbers(world, 10).await, [1, 3, 2]);
}

async fn pages_cover_everything_once(world: &World) {
    world
        .write((1..=7).map(active_at).map(Write::Session))
        .await;
    for limit in 1..=8 {
        assert_eq!(numbers(world, limit).await, [7, 6, 5, 4, 3, 2, 1]);
    }
}

async fn equal_activity_is_no_reason_to_lose_one(world: &World) {
    world
        .write((1..=7).map(a_session).map(Write::Session))
        .await;
    let mut listed = numbers(world, 2).await;
    listed.sort_unstable();
    assert_eq!(listed, [1, 2, 3, 4, 5, 6, 7]);
}

async fn a_full_last_page_has_no_next(world: &World) {
    world
        .write((1..=4).map(active_at).map(Write::Session))
        .await;
    let first = list(world, 2, None).await;
    let second = list(world, 2, first.next.as_deref()).await;
    assert_eq!(second.items.len(), 2);
    assert_eq!(second.next, None);
}

async fn a_cursor_that_is_no_cursor_starts_at_the_beginning(world: &World) {
    world
        .write((1..=3).map(active_at).map(Write::Session))
        .await;
    let longest = "f".repeat(100_000);
    for garbage in [
        "",
        "x",
        "00",
        "💥",
        "7b7d",
        "'; DROP TABLE sessions; --",
        &longest,
    ] {
        let page = list(world, 10, Some(garbage)).await;
        assert_eq!(page.items.len(), 3, "{garbage:.20?}");
    }
}

async fn long_lists_work_too(world: &World) {
    for from in [0, 100] {
        let sessions = (from + 1..=from + 100).map(active_at);
        world.write(sessions.map(Write::Session)).await;
    }
    let expected: Vec<u32> = (1..=200).rev().collect();
    assert_eq!(numbers(world, 150).await, expected);
    assert_eq!(numbers(world, 100).await, expected);
}
