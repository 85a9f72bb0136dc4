//! Reads replies: one, and those that are due.

use std::time::Duration;

use hermes::domain::reply::{Reply, ReplyState};
use hermes::ports::ledger::Write;

use crate::support::World;
use crate::support::records::*;

contract![
    absence_is_no_error,
    a_reply_is_read_as_last_committed_in_every_state,
    due_replies_come_oldest_due_first,
    what_is_due_later_is_not_due,
    what_was_sent_or_given_up_is_never_due,
];

fn write(reply: Reply) -> Write {
    Write::Reply(Box::new(reply))
}

async fn due(world: &World, limit: usize) -> Vec<String> {
    let replies = world.replies.due(world.now(), limit).await.unwrap();
    let names = replies.iter().map(|r| r.reply_id.to_string());
    names.collect()
}

async fn absence_is_no_error(world: &World) {
    assert_eq!(world.replies.get(&id("cmd-1")).await.unwrap(), None);
    assert!(due(world, 10).await.is_empty());
}

async fn a_reply_is_read_as_last_committed_in_every_state(world: &World) {
    let now = world.now();
    let states = [
        ReplyState::Pending,
        ReplyState::Sending { since: now },
        ReplyState::Sent {
            id: "250 ok".to_owned(),
            at: now,
        },
        ReplyState::Failed {
            why: "no such mailbox".to_owned(),
        },
    ];
    let mut reply = a_reply(1);
    for (state, version) in states.into_iter().zip(1..) {
        reply.state = state;
        reply.attempts += 1;
        world.write([write(reply.clone())]).await;
        reply.version = version;
        let read = world.replies.get(&reply.reply_id).await.unwrap();
        assert_eq!(read.as_ref(), Some(&reply));
    }
}

async fn due_replies_come_oldest_due_first(world: &World) {
    let at = |n: u32, minutes| Reply {
        due_at: Some(world.now() + Duration::from_mins(minutes)),
        ..a_reply(n)
    };
    world.write([at(1, 2), at(2, 1), at(3, 3)].map(write)).await;
    world.advance(Duration::from_mins(3));
    assert_eq!(due(world, 10).await, ["cmd-2", "cmd-1", "cmd-3"]);
    assert_eq!(due(world, 2).await, ["cmd-2", "cmd-1"]);
}

async fn what_is_due_later_is_not_due(world: &World) {
    world.write([write(a_reply(1))]).await;
    assert_eq!(due(world, 10).await, ["cmd-1"]);
    let mut reply = world.replies.get(&id("cmd-1")).await.unwrap().unwrap();
    reply.due_at = Some(world.now() + Duration::from_millis(1));
    world.write([write(reply)]).await;
    assert!(due(world, 10).await.is_empty());
    world.advance(Duration::from_millis(1));
    assert_eq!(due(world, 10).await, ["cmd-1"]);
}

async fn what_was_sent_or_given_up_is_never_due(world: &World) {
    let sent = ReplyState::Sent {
        id: "x".to_owned(),
        at: world.now(),
    };
    let failed = ReplyState::Failed {
        why: "x".to_owned(),
    };
    let sending = ReplyState::Sending { since: world.now() };
    // With the due time of their last try still on them.
    let replies = [(1, sent), (2, failed), (3, sending)].map(|(n, state)| Reply {
        state,
        ..a_reply(n)
    });
    world.write(replies.map(write)).await;
    let never = Reply {
        due_at: None,
        ..a_reply(4)
    };
    world.write([write(never)]).await;
    world.advance(Duration::from_hours(48));
    assert_eq!(due(world, 10).await, ["cmd-3"]);
}
